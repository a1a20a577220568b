import { currentRun, type Draft, putRun } from "./draft.ts";
import { goOn } from "./enter.ts";
import type { GitHubEvent } from "./event.ts";
import type { LinkedPullRequest, Subject } from "./execution.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { headSha } from "./scope.ts";
import { succeed } from "./settle.ts";
import { answersWithPullRequest, pullRequestOutput, remember, satisfies } from "./waits.ts";

/** A GitHub event: what it tells of the subject is taken in, then the first wait that it satisfies has it. */
export function takeGitHubEvent(draft: Draft, event: GitHubEvent): void {
  const { execution, workflow, at } = draft;
  updateSubject(draft, event.payload);
  if (event.pullRequest) link(draft, event.pullRequest);
  for (const step of workflow.steps.steps) {
    const run = currentRun(execution, step.id);
    if (run?.state !== "running" || !run.waiting) continue;
    const output = satisfies(execution, step, { ...event, at })
      ? event.payload
      : answersWithPullRequest(run, event)
        ? pullRequestOutput(event)
        : null;
    if (!output) continue;
    succeed(draft, step, run, output);
    return goOn(draft, step);
  }
  execution.seen = remember(workflow, execution, { ...event, at });
}

/** The newest word on a pull request; a new head voids the decisions that were made for the old one. */
function link(draft: Draft, pull: LinkedPullRequest): void {
  const { execution } = draft;
  const before = headSha(execution);
  const known = execution.linked.find(({ number }) => number === pull.number);
  if (known && isSame(known, pull)) return;
  execution.linked = known
    ? execution.linked.map((linked) => (linked.number === pull.number ? pull : linked))
    : [...execution.linked, pull];
  if (headSha(execution) !== before) askAgain(draft);
}

function askAgain(draft: Draft): void {
  const sha = headSha(draft.execution);
  for (const { id } of draft.workflow.steps.steps) {
    const run = currentRun(draft.execution, id);
    if (run?.state !== "running" || run.waiting?.for !== "approval" || run.waiting.headSha === sha) continue;
    const waiting = { ...run.waiting, asking: run.waiting.asking + 1, headSha: sha, approvals: [] };
    putRun(draft, id, { ...run, waiting });
  }
}

/** Title, labels and head of the subject, where the event tells them. */
function updateSubject(draft: Draft, payload: JsonObject): void {
  const { subject } = draft.execution;
  const about = payload[subject?.type === "pull_request" ? "pull_request" : "issue"];
  if (!subject || !isObject(about) || about["number"] !== subject.number) return;
  const { title, labels, head } = about;
  const before = headSha(draft.execution);
  const told: Subject = {
    ...subject,
    title: typeof title === "string" ? title : subject.title,
    labels: Array.isArray(labels) ? labelNames(labels) : subject.labels,
    head_sha: isObject(head) && typeof head["sha"] === "string" ? head["sha"] : subject.head_sha,
  };
  // What tells nothing new is no change, and costs no write.
  if (isSame(told, subject)) return;
  draft.execution.subject = told;
  if (headSha(draft.execution) !== before) askAgain(draft);
}

function isSame<T extends object>(a: T, b: T): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function labelNames(labels: readonly Json[]): readonly string[] {
  return labels.flatMap((label) =>
    isObject(label) && typeof label["name"] === "string" ? [label["name"]] : [],
  );
}
