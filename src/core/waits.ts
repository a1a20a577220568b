import type { Draft } from "./draft.ts";
import type { GitHubEvent } from "./event.ts";
import type { Execution, Run, RunningRun } from "./execution.ts";
import { isTrue } from "./expression.ts";
import { isObject, type JsonObject } from "./json.ts";
import { allSteps, type Located } from "./locate.ts";
import { pullRequestRoot, scopeAt } from "./scope.ts";
import { succeed } from "./settle.ts";
import type { Workflow } from "./workflow.ts";

const keptSeen = 20;

/** An event with the time (ms) it came at. */
export type Happened = Pick<GitHubEvent, "id" | "name" | "payload"> & { readonly at: number };

/** `pull_request.closed` is heard by a wait for `pull_request.closed` and by one for `pull_request`. */
function hears(events: readonly string[], name: string): boolean {
  return events.includes(name) || events.includes(name.split(".", 1)[0] ?? name);
}

/**
 * Whether the wait is for this event, the event is about what the step is about, and its `match` holds; a match that
 * can't be evaluated does not hold.
 */
export function satisfies(draft: Draft, { path, step }: Located, run: Run, event: Happened): boolean {
  if (step.kind.kind !== "wait_for" || !hears(step.kind.events, event.name)) return false;
  if (!isAbout(draft.execution, run, event.payload)) return false;
  if (!step.kind.match) return true;
  const verdict = step.kind.match.evaluate(scopeAt(draft, path, { event: event.payload }));
  return "value" in verdict && isTrue(verdict.value);
}

/** An event on what another step is about is none of this one's; one about no issue or pull request is everybody's. */
function isAbout({ subject, linked }: Execution, run: Run, payload: JsonObject): boolean {
  const about = payload["pull_request"] ?? payload["issue"];
  const number = isObject(about) ? about["number"] : undefined;
  if (typeof number !== "number") return true;
  if (run.subject !== undefined) return run.subject === number;
  return subject === null || subject.number === number || linked.some((pull) => pull.number === number);
}

/** The oldest seen event, not older than `since` (ms), that satisfies the wait ends it. */
export function takeSeen(draft: Draft, at: Located, run: RunningRun, since: number): void {
  const seen = draft.execution.seen.find((event) => event.at >= since && satisfies(draft, at, run, event));
  if (!seen) return;
  draft.execution.seen = draft.execution.seen.filter((event) => event.id !== seen.id);
  succeed(draft, at, run, seen.payload);
}

/** Kept for waits that begin soon, if the workflow has one that could hear it. */
export function remember(workflow: Workflow, execution: Execution, event: Happened) {
  if (!isWanted(workflow, event.name)) return execution.seen;
  const { id, name, at, payload } = event;
  return [...execution.seen, { id, name, at, payload }].slice(-keptSeen);
}

function isWanted(workflow: Workflow, name: string): boolean {
  for (const { step } of allSteps(workflow).values()) {
    const { kind } = step;
    if (kind.kind === "wait_for" && hears(kind.events, name)) return true;
    if (kind.kind === "action" && kind.action === "actions.run" && isEndOfRun(name)) return true;
  }
  return false;
}

function isEndOfRun(name: string): boolean {
  return name === "workflow_run.completed";
}

/** Whether the event says that what a parked run waits for has moved, so that it is worth a look. */
export function moves(run: RunningRun, { name, payload }: Pick<Happened, "name" | "payload">): boolean {
  const { waiting } = run;
  if (waiting?.for === "run") {
    const about = payload["workflow_run"];
    return isEndOfRun(name) && isObject(about) && about["id"] === waiting.runId;
  }
  return /^(?:check_run|check_suite|status|pull_request\.synchronize)(?:\.|$)/.test(name);
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
