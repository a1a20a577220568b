import type { GitHubEvent } from "./event.ts";
import type { Execution, RunningRun, SeenEvent } from "./execution.ts";
import { isTrue } from "./expression.ts";
import type { JsonObject } from "./json.ts";
import { pullRequestRoot, scopeOf } from "./scope.ts";
import type { Step, Workflow } from "./workflow.ts";

const keptSeen = 20;

/** `pull_request.closed` is heard by a wait for `pull_request.closed` and by one for `pull_request`. */
function hears(events: readonly string[], name: string): boolean {
  return events.includes(name) || events.includes(name.split(".", 1)[0] ?? name);
}

/** Whether the wait is for this event and its `match` holds; a match that can't be evaluated does not hold. */
export function satisfies(
  execution: Execution,
  step: Step,
  event: { readonly name: string; readonly payload: JsonObject; readonly at: number },
): boolean {
  if (step.kind.kind !== "wait_for" || !hears(step.kind.events, event.name)) return false;
  if (!step.kind.match) return true;
  const verdict = step.kind.match.evaluate(scopeOf(execution, event.at, { event: event.payload }));
  return "value" in verdict && isTrue(verdict.value);
}

/** The oldest seen event, not older than `since` (ms), that satisfies the wait. */
export function lookBack(execution: Execution, step: Step, since: number): SeenEvent | null {
  return execution.seen.find((event) => event.at >= since && satisfies(execution, step, event)) ?? null;
}

/** Kept for waits that begin soon, if the workflow has one that could hear it. */
export function remember(workflow: Workflow, execution: Execution, event: GitHubEvent & { at: number }) {
  const wanted = workflow.steps.steps.some(
    ({ kind }) => kind.kind === "wait_for" && hears(kind.events, event.name),
  );
  if (!wanted) return execution.seen;
  const { id, name, at, payload } = event;
  return [...execution.seen, { id, name, at, payload }].slice(-keptSeen);
}

const bringsPullRequest = new Set([
  "pull_request.opened",
  "pull_request.reopened",
  "pull_request.ready_for_review",
  "pull_request.synchronize",
  "pull_request.edited",
]);

/** Whether the event is what a person who was asked for a pull request has done: opened it, or pushed to it. */
export function answersWithPullRequest(run: RunningRun, event: GitHubEvent): boolean {
  if (run.waiting?.for !== "person" || run.waiting.produces !== "pull_request") return false;
  return event.pullRequest?.state === "open" && bringsPullRequest.has(event.name);
}

/** The output of a step that produces a pull request. */
export function pullRequestOutput(event: GitHubEvent): JsonObject {
  const pull = event.pullRequest ? pullRequestRoot(event.pullRequest) : null;
  const about = event.payload["pull_request"];
  const title = about && typeof about === "object" && "title" in about ? about["title"] : null;
  return { pull_request: pull, summary: typeof title === "string" ? title : null };
}
