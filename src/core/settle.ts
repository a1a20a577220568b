import { retryDelayMs } from "./backoff.ts";
import { type Draft, putRun } from "./draft.ts";
import type { EffectRecord, Run, RunningRun, SkipReason, StepError } from "./execution.ts";
import { isTrue } from "./expression.ts";
import type { Json } from "./json.ts";
import { errorRoot, scopeOf } from "./scope.ts";
import type { Step } from "./workflow.ts";

/** What a run keeps when its state changes. */
function facts(run: Run) {
  const { round, visit, attempt, enteredAt, from, input, effects } = run;
  return { round, visit, attempt, enteredAt, from, input, effects };
}

type Failure = Omit<StepError, "step">;

/** The run has its output; `fail_if` may still decide that it failed. */
export function succeed(
  draft: Draft,
  step: Step,
  run: RunningRun,
  output: Json,
  boundTo?: Extract<Run, { state: "completed" }>["boundTo"],
): void {
  if (step.failIf) {
    const extra = { self: output, error: errorRoot(run.from?.error ?? null) };
    const verdict = step.failIf.evaluate(scopeOf(draft.execution, draft.at, extra));
    if ("problem" in verdict)
      return fail(draft, step, run, expressionFailure(verdict.problem.message), output);
    if (isTrue(verdict.value)) {
      const message = `the condition of fail_if holds: ${step.failIf.source}`;
      return fail(draft, step, run, { code: "fail_if", message, class: "error" }, output);
    }
  }
  putRun(draft, step.id, {
    ...facts(run),
    state: "completed",
    endedAt: draft.at,
    output,
    ...(boundTo ? { boundTo } : {}),
  });
}

/** The attempt failed: another one is scheduled where the retry policy has one left, else the run has failed. */
export function fail(
  draft: Draft,
  step: Step,
  run: RunningRun,
  failure: Failure,
  output: Json = null,
  notBefore = 0,
): void {
  const error: StepError = { step: step.id, ...failure };
  if (mayRetry(step, run, failure)) {
    const seed = `${draft.execution.id}/${step.id}/${run.visit}/${run.attempt}`;
    const until = Math.max(draft.at + retryDelayMs(step.retry, run.attempt, seed), notBefore);
    const waiting = { for: "retry", until, error } as const;
    putRun(draft, step.id, { ...run, waiting, deadline: null, remind: null });
    return;
  }
  putRun(draft, step.id, { ...facts(run), state: "failed", endedAt: draft.at, output, error });
}

/** Only work is tried again: a person's "no" or an event that says failure is an answer. */
function mayRetry(step: Step, run: Run, failure: Failure): boolean {
  const works = step.kind.kind === "agent" || step.kind.kind === "action";
  const open = failure.code !== "outcome_unknown" && failure.code !== "expression";
  return works && open && run.attempt < step.retry.maxAttempts && step.retry.on.includes(failure.class);
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
