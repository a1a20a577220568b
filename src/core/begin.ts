import { type Draft, putRun, scopedRun } from "./draft.ts";
import type { Entry, Execution, RunningRun, Waiting } from "./execution.ts";
import { type Evaluation, isTrue, type Scope } from "./expression.ts";
import { enterAnew, setSince } from "./inside.ts";
import { entryOf, goOnWithItems, itemPath, mostItems } from "./items.ts";
import { beginIteration } from "./iterations.ts";
import type { Json } from "./json.ts";
import { innerList, inScope, type Located } from "./locate.ts";
import { presentPullRequest } from "./pull-request.ts";
import { errorRoot, newestPullRequest, pullRequestRoot, scopeAt } from "./scope.ts";
import { expressionFailure, fail, isLoop, skip, succeed } from "./settle.ts";
import { waitingOf } from "./waiting.ts";
import { takeSeen } from "./waits.ts";
import type { Step } from "./workflow.ts";

/**
 * Begins a visit: its condition, its inputs, then its work, its wait, or what is inside it: the entries. `resume`: a
 * retry, which leaves alone what is complete inside.
 */
export function begin(
  draft: Draft,
  at: Located,
  run: RunningRun,
  resume?: readonly string[],
): readonly Entry[] {
  const { step, part } = at;
  const scope = scopeAt(draft, at.path, { error: errorRoot(run.from?.error ?? null) });
  if (part === "whole" && step.forEach) return beginItems(draft, at, run, scope, resume);
  if (part !== "iteration") {
    const condition: Evaluation = step.condition?.evaluate(scope) ?? { value: true };
    if ("problem" in condition) return broken(draft, at, run, condition.problem.message);
    if (!isTrue(condition.value)) {
      skip(draft, at.path, run, "condition");
      return [];
    }
  }
  if (isLoop(at)) {
    if (!resume) enterAnew(draft, at.path);
    const entry = beginIteration(draft, at, run, 0);
    return [resume ? { ...entry, resume } : entry];
  }
  const given = givenTo(step, scope, draft);
  if ("problem" in given) return broken(draft, at, run, given.problem);
  return beginWork(draft, at, { ...run, ...given }, scope, resume);
}

function broken(draft: Draft, at: Located, run: RunningRun, message: string): readonly Entry[] {
  fail(draft, at, run, expressionFailure(message));
  return [];
}

/** The work itself: also of a further attempt, whose inputs stay. */
export function beginWork(
  draft: Draft,
  at: Located,
  run: RunningRun,
  scope: Scope,
  resume?: readonly string[],
): readonly Entry[] {
  const list = innerList(at.step);
  if (list) {
    const begun: RunningRun = { ...run, waiting: { for: "steps", next: 0 } };
    putRun(draft, at.path, begun);
    const inside = resume ? left(draft, at, resume) : [];
    if (inside.length > 0) return inside.map((path) => entryOf(path, { at, run: begun }, resume));
    enterAnew(draft, at.path);
    const first = list.order === "parallel" ? list.steps : list.steps.slice(0, 1);
    return first.map(({ id }) => entryOf(inScope(at.path, id), { at, run: begun }));
  }
  const waiting = waitingOf(draft, at.step, run, scope);
  if (waiting && "problem" in waiting) return broken(draft, at, run, waiting.problem);
  const waits: RunningRun = { ...run, waiting };
  putRun(draft, at.path, waits);
  if (waiting?.for === "event") takeSeen(draft, at, waits, waiting.since);
  if (waiting?.for === "pull_request") {
    const pull = presentPullRequest(draft.execution);
    if (pull && (pull.state === "merged" || pull.state === waiting.state)) {
      succeed(draft, at, waits, pullRequestRoot(pull));
    }
  }
  return [];
}

/** The steps inside a group that a retry begins again: the one it names, else what did not complete. */
function left(draft: Draft, at: Located, resume: readonly string[]): readonly string[] {
  const list = innerList(at.step);
  const paths = list?.steps.map(({ id }) => inScope(at.path, id)) ?? [];
  const named = paths.filter((path) => resume.some((each) => each === path || isAround(path, each)));
  const open = paths.filter((path) => !isDone(draft.execution, path));
  if (list?.order === "parallel") return [...new Set([...named, ...open])];
  if (named.length > 0) return named;
  return open.filter((path) => scopedRun(draft.execution, path) !== undefined).slice(-1);
}

function isAround(outer: string, path: string): boolean {
  return path.startsWith(outer) && "/[".includes(path.charAt(outer.length));
}

/** Completed, or left out for a reason of its own. */
function isDone(execution: Execution, path: string): boolean {
  const run = scopedRun(execution, path);
  return run?.state === "completed" || (run?.state === "skipped" && run.reason !== "cancelled");
}

function beginItems(
  draft: Draft,
  at: Located,
  run: RunningRun,
  scope: Scope,
  resume?: readonly string[],
): readonly Entry[] {
  const before = resume ? scopedRun(draft.execution, at.path)?.input : null;
  const kept = Array.isArray(before) ? (before as readonly Json[]) : null;
  const evaluated: Evaluation = kept
    ? { value: kept }
    : (at.step.forEach?.in.evaluate(scope) ?? { value: [] });
  if ("problem" in evaluated) return broken(draft, at, run, evaluated.problem.message);
  const items = evaluated.value;
  if (!Array.isArray(items))
    return broken(draft, at, run, `for_each needs a list, not ${JSON.stringify(items)}`);
  if (items.length > mostItems) {
    return broken(draft, at, run, `for_each takes at most ${mostItems} items, not ${items.length}`);
  }
  const waiting: Waiting = { for: "steps", next: 0, ...(kept && resume ? { resume } : {}) };
  const begun: RunningRun = { ...run, input: items as readonly Json[], waiting };
  putRun(draft, at.path, begun);
  if (!kept || !resume) enterAnew(draft, at.path);
  else {
    for (const [index] of kept.entries()) {
      const path = itemPath(at.path, index);
      const named = resume.some((each) => each === path || isAround(path, each));
      if (named || !isDone(draft.execution, path)) setSince(draft, path);
    }
  }
  return goOnWithItems(draft, { at, run: begun });
}

/** What the visit is given: inputs, the subject it is about, the key of what it makes. */
function givenTo(
  step: Step,
  scope: Scope,
  draft: Draft,
): Pick<RunningRun, "input" | "subject" | "unique"> | { readonly problem: string } {
  const input: Evaluation = step.inputs?.evaluate(scope) ?? { value: null };
  if ("problem" in input) return { problem: input.problem.message };
  const subject = step.subject?.evaluate(scope);
  if (subject && "problem" in subject) return { problem: subject.problem.message };
  const unique = step.unique?.evaluate(scope);
  if (unique && "problem" in unique) return { problem: unique.problem.message };
  const number = subject && issueNumber(subject.value);
  if (subject && number === null) {
    return {
      problem: `subject must be the number of an issue or pull request, not ${JSON.stringify(subject.value)}`,
    };
  }
  const key = unique && keyText(unique.value);
  if (unique && key === null)
    return { problem: `unique must be a text or a number, not ${JSON.stringify(unique.value)}` };
  return {
    input: input.value,
    ...(number != null && number !== draft.execution.subject?.number ? { subject: number } : {}),
    ...(key != null ? { unique: key } : {}),
  };
}

function issueNumber(value: Json): number | null {
  const number =
    typeof value === "string" && /^#?\d{1,12}$/.test(value) ? Number(value.replace("#", "")) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 ? number : null;
}

function keyText(value: Json): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

/** A step that asks for a pull request on its first visit is answered by one that is linked and open already. */
export function linkedAlready({ execution }: Draft, run: RunningRun) {
  const pull = newestPullRequest(execution);
  if (run.visit > 1 || pull?.state !== "open") return null;
  return { pull_request: pullRequestRoot(pull), summary: null };
}
