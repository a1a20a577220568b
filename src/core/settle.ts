import { retryDelayMs } from "./backoff.ts";
import { type Draft, putRun } from "./draft.ts";
import type { EffectRecord, Run, RunningRun, SkipReason, StepError } from "./execution.ts";
import { isTrue } from "./expression.ts";
import type { Json } from "./json.ts";
import type { Located } from "./locate.ts";
import { errorRoot, scopeAt } from "./scope.ts";
import type { Step, StepKind } from "./workflow.ts";

/** What a run keeps when its state changes. */
function facts(run: Run) {
  const { round, visit, attempt, enteredAt, from, input, effects, looks, subject, unique } = run;
  return {
    round,
    visit,
    attempt,
    enteredAt,
    from,
    input,
    effects,
    ...(looks === undefined ? {} : { looks }),
    ...(subject === undefined ? {} : { subject }),
    ...(unique === undefined ? {} : { unique }),
  };
}

/** `step`: the path it broke at, where that is inside the step. */
export type Failure = Omit<StepError, "step"> & { readonly step?: string };

/** The run has its output; `fail_if` may still decide that it failed. */
export function succeed(
  draft: Draft,
  at: Located,
  run: RunningRun,
  output: Json,
  boundTo?: Extract<Run, { state: "completed" }>["boundTo"],
): void {
  const { failIf } = at.step;
  if (failIf && !isLoop(at)) {
    const extra = { self: output, error: errorRoot(run.from?.error ?? null) };
    const verdict = failIf.evaluate(scopeAt(draft, at.path, extra));
    if ("problem" in verdict) return fail(draft, at, run, expressionFailure(verdict.problem.message), output);
    if (isTrue(verdict.value)) {
      const message = `the condition of fail_if holds: ${failIf.source}`;
      return fail(draft, at, run, { code: "fail_if", message, class: "error" }, output);
    }
  }
  putRun(draft, at.path, {
    ...facts(run),
    state: "completed",
    endedAt: draft.at,
    output,
    ...(boundTo ? { boundTo } : {}),
  });
}

/** A for_each or repeat as a whole: what the step says of its work is said of each item or iteration. */
export function isLoop({ step, part }: Located): boolean {
  return part === "whole" && (step.forEach !== null || step.repeat !== null);
}

/** The attempt failed: another one is scheduled where the retry policy has one left, else the run has failed. */
export function fail(
  draft: Draft,
  at: Located,
  run: RunningRun,
  failure: Failure,
  output: Json = null,
  notBefore = 0,
): void {
  const error: StepError = { step: at.path, ...failure };
  if (mayRetry(at, run, failure)) {
    const seed = `${draft.execution.id}/${at.path}/${run.visit}/${run.attempt}`;
    const until = Math.max(draft.at + retryDelayMs(at.step.retry, tries(run), seed), notBefore);
    const waiting = { for: "retry", until, error } as const;
    putRun(draft, at.path, { ...run, waiting, deadline: null, remind: null });
    return;
  }
  putRun(draft, at.path, { ...facts(run), state: "failed", endedAt: draft.at, output, error });
}

/** There was no room for the attempt: it is made again at that time, whatever the retry policy says, and counts as none. */
export function postpone(draft: Draft, at: Located, run: RunningRun, failure: Failure, notBefore = 0): void {
  const error: StepError = { step: at.path, ...failure };
  const waiting = { for: "retry", until: Math.max(draft.at + 1, notBefore), error } as const;
  putRun(draft, at.path, { ...run, looks: (run.looks ?? 0) + 1, waiting, deadline: null, remind: null });
}

/** Of these another attempt knows nothing new, or may do harm; `declined` is a person's own word. */
const final: ReadonlySet<string> = new Set(["outcome_unknown", "expression", "declined"]);

/** A person's "no" or an event that says failure is an answer, and is not asked for again. */
const retried: ReadonlySet<StepKind["kind"]> = new Set(["agent", "action", "workflow", "parallel", "steps"]);

function mayRetry(at: Located, run: Run, failure: Failure): boolean {
  const { retry, kind }: Step = at.step;
  const works = retried.has(kind.kind) && !isLoop(at);
  return (
    works && !final.has(failure.code) && tries(run) < retry.maxAttempts && retry.on.includes(failure.class)
  );
}

/** Attempts at the work itself: a look at something parked is none, nor one that was postponed. */
export function tries(run: Run): number {
  return run.attempt - (run.looks ?? 0);
}

export function skip(draft: Draft, path: string, run: Run, reason: SkipReason): void {
  putRun(draft, path, { ...facts(run), state: "skipped", endedAt: draft.at, reason });
}

export function withEffects(run: RunningRun, effects: readonly EffectRecord[]): RunningRun {
  const known = new Set(run.effects.map((effect) => effect.key));
  const added = effects.filter((effect) => !known.has(effect.key));
  return added.length === 0 ? run : { ...run, effects: [...run.effects, ...added] };
}

export function expressionFailure(message: string): Failure {
  return { code: "expression", message, class: "error" };
}
