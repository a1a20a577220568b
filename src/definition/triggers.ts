import { didYouMean } from "../core/nearest.ts";
import { type Role, roles, type Trigger } from "../core/workflow.ts";
import { webhookEvents } from "./catalogue.generated.ts";
import type { Expressions } from "./expressions.ts";
import { short } from "./limits.ts";
import type { Problems } from "./problems.ts";
import type { Place } from "./source.ts";
import { booleanOf, child, itemsOf, mapOf, type Tree, textOf, textsOf } from "./tree.ts";
import { readWords } from "./words.ts";

/** Activity types that start a workflow where it names none, as in GitHub Actions; an event not here: all. */
const defaultTypes: ReadonlyMap<string, readonly string[]> = new Map([
  ["check_suite", ["completed"]],
  ["merge_group", ["checks_requested"]],
  ["pull_request", ["opened", "synchronize", "reopened"]],
  ["registry_package", ["published", "updated"]],
  ["watch", ["started"]],
]);

/** Triggers that no webhook is. */
const ownTriggers = ["slash_command", "dispatch"];

const meant: ReadonlyMap<string, string> = new Map([
  ["pull_request_target", "Write pull_request: definitions always come from the default branch here."],
  ["workflow_call", "Start it by command or API; without on nothing else starts it."],
  ["command", "Write slash_command: {name: …}."],
]);

/** `on: issues`, `on: [issues, pull_request]` or `on: {issues: {types: [labeled]}}`. */
export function readTriggers(
  tree: Tree | undefined,
  expressions: Expressions,
  problems: Problems,
): readonly Trigger[] {
  const map = mapOf(tree);
  if (map) {
    return [...map.entries].flatMap(([event, { key, value }]) => {
      return isKnownEvent(event, key, problems)
        ? [readTrigger(event, key, value, expressions, problems)]
        : [];
    });
  }
  return itemsOf(tree).flatMap((item) => {
    const event = textOf(item);
    if (event === undefined || !isKnownEvent(event, item, problems)) return [];
    return [readTrigger(event, item, undefined, expressions, problems)];
  });
}

function readTrigger(
  event: string,
  place: Place,
  tree: Tree | undefined,
  expressions: Expressions,
  problems: Problems,
): Trigger {
  const labels = textsOf(child(tree, "labels"));
  const named = itemsOf(child(tree, "types"));
  for (const item of named) checkType(event, item, problems);
  const types = named.length > 0 ? named.flatMap((item) => textOf(item) ?? []) : undefined;
  const command = textOf(child(tree, "name")) ?? null;
  if (event === "slash_command" && command === null) {
    problems.add("missingKey", place, 'the key "name" of slash_command is missing', {
      hint: "Write slash_command: {name: my-command}.",
    });
  }
  if (event !== "slash_command" && command !== null) {
    problems.add("contradiction", child(tree, "name") ?? place, "only slash_command has a name");
  }
  const labelled = labels.length > 0 && (event === "issues" || event === "pull_request");
  return {
    event,
    types: types ?? (labelled ? ["labeled"] : (defaultTypes.get(event) ?? [])),
    labels,
    branches: textsOf(child(tree, "branches")),
    paths: textsOf(child(tree, "paths")),
    role: leastRole(child(tree, "roles"), problems),
    condition: expressions.condition(child(tree, "condition"), "trigger"),
    own: booleanOf(child(tree, "own")) ?? false,
    outsiders: "hold",
    command: command === null ? null : { name: command, args: [], on: ["issue", "pull_request"] },
    schedule: null,
  };
}

/** Several roles ask for the least of them: each is "at least". */
function leastRole(tree: Tree | undefined, problems: Problems): Role | null {
  const named = readWords(tree, roles.slice(1), "a repository role", problems);
  return roles.find((role) => named.includes(role)) ?? null;
}

/** Tells an event that GitHub doesn't have. `issues.opened` is one where actions are taken, as in wait_for. */
function isKnownEvent(event: string, place: Place, problems: Problems): boolean {
  if (webhookEvents.has(event) || ownTriggers.includes(event)) return true;
  if (event === "schedule") {
    problems.add("notYet", place, '"schedule" is not supported yet in this version');
    return false;
  }
  const [name = "", action] = event.split(".");
  const hint =
    meant.get(event) ??
    (action !== undefined && webhookEvents.has(name)
      ? `Write ${name}: {types: [${action}]}.`
      : didYouMean(event, [...webhookEvents.keys(), ...ownTriggers, "schedule"]));
  problems.add("unknownEvent", place, `unknown event "${short(event)}"`, { hint });
  return false;
}

function checkType(event: string, item: Tree, problems: Problems): void {
  const type = textOf(item);
  if (type === undefined) return;
  // The sender of a repository_dispatch names its actions.
  if (event === "repository_dispatch") return;
  const known = webhookEvents.get(event) ?? [];
  if (known.includes(type)) return;
  const hint =
    known.length === 0
      ? `${event} has no activity types.`
      : (didYouMean(type, known) ?? `It has ${known.join(", ")}.`);
  problems.add("unknownType", item, `${event} has no activity type "${short(type)}"`, { hint });
}

/** Tells unless the text is an event or an event's action, as `pull_request.closed`. */
export function checkEventName(text: string, place: Place, problems: Problems): void {
  const [event = "", ...rest] = text.split(".");
  const action = rest.join(".");
  const known = webhookEvents.get(event);
  if (known === undefined) {
    problems.add("unknownEvent", place, `unknown event "${short(event)}"`, {
      hint: didYouMean(event, webhookEvents.keys()),
    });
  } else if (rest.length > 0 && event !== "repository_dispatch" && !known.includes(action)) {
    problems.add("unknownType", place, `${event} has no activity type "${short(action)}"`, {
      hint:
        known.length === 0 ? `Write ${event}.` : (didYouMean(action, known) ?? `It has ${known.join(", ")}.`),
    });
  }
}
