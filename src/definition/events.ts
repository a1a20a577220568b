import { webhookEvents } from "./catalogue.generated.ts";
import { short } from "./limits.ts";
import type { Problems } from "./problems.ts";
import type { Place } from "./source.ts";
import { type Tree, textOf } from "./tree.ts";

/** Triggers that no webhook is. */
export const ownTriggers = ["slash_command", "schedule", "dispatch"] as const;

const meant: ReadonlyMap<string, string> = new Map([
  ["pull_request_target", "Write pull_request: definitions always come from the default branch here."],
  ["workflow_call", "Another workflow runs this one by workflow: ./FILE.yml; no trigger is needed."],
  ["command", "Write slash_command: {name: …}."],
  ["cron", "Write schedule: [{cron: …}]."],
  ["manual", "Write dispatch; commands and the API can start every workflow."],
  ["api", "Write dispatch; commands and the API can start every workflow."],
]);

/** Tells an event that GitHub doesn't have. `issues.opened` is one where actions are taken, as in wait_for. */
export function isKnownEvent(event: string, place: Place, problems: Problems): boolean {
  if (webhookEvents.has(event) || ownTriggers.some((each) => each === event)) return true;
  const [name = "", action] = event.split(".");
  const hint =
    meant.get(event) ??
    (action !== undefined && webhookEvents.has(name)
      ? `Write ${name}: {types: [${action}]}.`
      : problems.didYouMean(event, [...webhookEvents.keys(), ...ownTriggers]));
  problems.add("unknownEvent", place, `unknown event "${short(event)}"`, { hint });
  return false;
}

/** Tells an activity type that GitHub never sends the event with. */
export function checkType(event: string, item: Tree, problems: Problems): void {
  const type = textOf(item);
  if (type === undefined) return;
  // The sender of a repository_dispatch names its actions.
  if (event === "repository_dispatch") return;
  const known = webhookEvents.get(event) ?? [];
  if (known.includes(type)) return;
  const hint =
    known.length === 0
      ? `${event} has no activity types.`
      : (problems.didYouMean(type, known) ?? `It has ${known.join(", ")}.`);
  problems.add("unknownType", item, `${event} has no activity type "${short(type)}"`, { hint });
}

const notEvents: ReadonlyMap<string, string> = new Map([
  ["checks", "Write wait_for: {checks: required}."],
  ["merged", "Write wait_for: {pull_request: merged}."],
  ["approval", "Write approval instead of wait_for."],
  ["schedule", "Write delay: 1d, or start another workflow by on: {schedule: …}."],
]);

/** Tells unless the text is an event or an event's action, as `pull_request.closed`. */
export function checkEventName(text: string, place: Place, problems: Problems): void {
  const [event = "", ...rest] = text.split(".");
  const action = rest.join(".");
  const known = webhookEvents.get(event);
  if (known === undefined) {
    problems.add("unknownEvent", place, `unknown event "${short(event)}"`, {
      hint: notEvents.get(text) ?? problems.didYouMean(event, webhookEvents.keys()),
    });
  } else if (rest.length > 0 && event !== "repository_dispatch" && !known.includes(action)) {
    const merged = text === "pull_request.merged" ? "Write wait_for: {pull_request: merged}." : undefined;
    problems.add("unknownType", place, `${event} has no activity type "${short(action)}"`, {
      hint:
        merged ??
        (known.length === 0
          ? `Write ${event}.`
          : (problems.didYouMean(action, known) ?? `It has ${known.join(", ")}.`)),
    });
  }
}
