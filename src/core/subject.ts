import { atWork, type Draft, putRun } from "./draft.ts";
import type { GitHubEvent } from "./event.ts";
import type { LinkedPullRequest, Subject } from "./execution.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import { headSha } from "./scope.ts";

/** The newest word on a pull request; a new head voids the decisions that were made for the old one. */
export function link(draft: Draft, pull: LinkedPullRequest): void {
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
  for (const { at, run } of atWork(draft)) {
    if (run.waiting?.for !== "approval" || run.waiting.headSha === sha) continue;
    const waiting = { ...run.waiting, asking: run.waiting.asking + 1, headSha: sha, approvals: [] };
    putRun(draft, at.path, { ...run, waiting });
  }
}

/** What the payload says of the subject, or null where it speaks of another one. */
export function aboutSubject({ subject }: Draft["execution"], payload: JsonObject): JsonObject | null {
  const about = payload[subject?.type === "pull_request" ? "pull_request" : "issue"];
  return subject && isObject(about) && about["number"] === subject.number ? about : null;
}

/** Title, labels, head, state and files of the subject, where the event tells them. */
export function updateSubject(
  draft: Draft,
  { payload, files }: Pick<GitHubEvent, "payload" | "files">,
): void {
  const { subject } = draft.execution;
  const about = aboutSubject(draft.execution, payload);
  if (!subject || !about) return;
  const { title, labels, head, state } = about;
  const before = headSha(draft.execution);
  const merged = about["merged"] === true || typeof about["merged_at"] === "string";
  const told: Subject = {
    ...subject,
    title: typeof title === "string" ? title : subject.title,
    labels: Array.isArray(labels) ? labelNames(labels) : subject.labels,
    head_sha: isObject(head) && typeof head["sha"] === "string" ? head["sha"] : subject.head_sha,
    state: merged ? "merged" : state === "open" || state === "closed" ? state : subject.state,
    ...(files && { files }),
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
