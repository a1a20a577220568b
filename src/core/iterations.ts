import { type Draft, putRun, workAt } from "./draft.ts";
import type { Entry, Run, RunningRun } from "./execution.ts";
import { isTrue } from "./expression.ts";
import { entryOf } from "./items.ts";
import type { Located } from "./locate.ts";
import { scopeAt } from "./scope.ts";
import { expressionFailure, fail, skip, succeed } from "./settle.ts";

/** An iteration has ended: the repeat is over, or the next one begins, at once or after `every`. */
export function iterationEnded(draft: Draft, scope: string, ended: Run): readonly Entry[] {
  const around = workAt(draft, scope);
  const repeat = around?.at.step.repeat;
  if (!around || !repeat || around.run.waiting?.for !== "repeat") return [];
  const { at, run } = around;
  if (ended.state === "failed") fail(draft, at, run, ended.error, ended.output);
  if (ended.state === "skipped") skip(draft, scope, run, ended.reason);
  if (ended.state !== "completed") return [];

  const iteration = around.run.waiting.iteration + 1;
  const { until, max, everyMs } = repeat;
  const verdict = until?.evaluate(scopeAt(draft, iterationPath(scope), { self: ended.output }));
  if (verdict && "problem" in verdict) {
    fail(draft, at, run, expressionFailure(verdict.problem.message), ended.output);
    return [];
  }
  const done = verdict ? isTrue(verdict.value) : iteration >= max;
  if (done) succeed(draft, at, run, ended.output);
  else if (iteration >= max) {
    const message = `${until?.source} did not hold after ${max} iterations`;
    fail(draft, at, run, { code: "repeat_exhausted", message, class: "error" }, ended.output);
  } else if (everyMs > 0) {
    putRun(draft, scope, { ...run, waiting: { for: "repeat", iteration, until: draft.at + everyMs } });
  } else {
    return [beginIteration(draft, at, run, iteration)];
  }
  return [];
}

export function beginIteration(draft: Draft, at: Located, run: RunningRun, iteration: number): Entry {
  const begun: RunningRun = { ...run, waiting: { for: "repeat", iteration, until: null } };
  putRun(draft, at.path, begun);
  return entryOf(iterationPath(at.path), { at, run: begun });
}

function iterationPath(path: string): string {
  return `${path}[]`;
}
