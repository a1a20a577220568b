import type { Draft } from "./draft.ts";
import { currentRun } from "./draft.ts";
import type { GitHubEvent } from "./event.ts";
import { isObject, type JsonObject } from "./json.ts";
import { stepAt } from "./locate.ts";
import { aboutSubject } from "./subject.ts";
import type { CancelCause } from "./workflow.ts";

/** Why this event cancels the execution: as `cancel_on` says, and unless the execution did it itself. */
export function cancelCause(draft: Draft, event: GitHubEvent): CancelCause | null {
  const { execution, workflow } = draft;
  // The end of a parent comes down to its children.
  if (execution.parent !== null || execution.ending !== null) return null;
  const about = aboutSubject(execution, event.payload);
  const cause = about && causeOf(draft, event, about);
  if (!cause || !workflow.cancelOn.includes(cause) || event.cause === "merge") return null;
  return event.cause === "us" && didIt(draft) ? null : cause;
}

function causeOf({ execution }: Draft, event: GitHubEvent, about: JsonObject): CancelCause | null {
  const [, action] = event.name.split(".");
  if (action === "closed") return about["merged"] === true ? "merged" : "closed";
  if (action !== "unlabeled" || execution.event["action"] !== "labeled") return null;
  const label = labelIn(event.payload);
  return label !== null && label === labelIn(execution.event) ? "unlabeled" : null;
}

function labelIn(payload: JsonObject): string | null {
  const label = payload["label"];
  return isObject(label) && typeof label["name"] === "string" ? label["name"] : null;
}

/** Methods that close a subject or take a label off it. */
const closing: ReadonlySet<string> = new Set([
  "issues.update",
  "issues.removeLabel",
  "issues.removeAllLabels",
  "issues.setLabels",
  "pulls.update",
  "pulls.merge",
]);

/** Whether a step of this execution does or did such a thing: the event then is its echo. */
function didIt({ workflow, execution }: Draft): boolean {
  return Object.entries(execution.steps).some(([path, { runs }]) => {
    if (runs.some(({ effects }) => effects.some(({ method }) => closing.has(method)))) return true;
    const kind = stepAt(workflow, path)?.step.kind;
    const run = currentRun(execution, path);
    return run?.state === "running" && kind?.kind === "action" && closing.has(kind.action);
  });
}
