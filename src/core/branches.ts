import { type Draft, scopedRun, workAt } from "./draft.ts";
import type { Run } from "./execution.ts";
import { cancelInside, outputsOf } from "./inside.ts";
import { inScope } from "./locate.ts";
import { fail, succeed } from "./settle.ts";
import type { StepList } from "./workflow.ts";

/** A branch has ended: the parallel succeeds once enough have, and fails as soon as too few can. Losers are cancelled. */
export function branchEnded(draft: Draft, scope: string, list: StepList): void {
  const around = workAt(draft, scope);
  if (around?.at.step.kind.kind !== "parallel") return;
  const { at, run } = around;
  const { join } = around.at.step.kind;
  const runs = list.steps.map(({ id }) => scopedRun(draft.execution, inScope(scope, id)));
  const completed = runs.filter((each) => each?.state === "completed").length;
  const failed = runs.filter(isFailed);
  const open = runs.filter((each) => each === undefined || each.state === "running").length;
  const needed = join === "any" ? 1 : join;
  const won = needed === "all" ? failed.length === 0 && open === 0 : completed >= needed;
  const lost = needed === "all" ? failed.length > 0 : completed + open < needed;
  if (!won && !lost) return;
  cancelInside(draft, scope);
  const output = outputsOf(draft.execution, list, scope);
  if (won) return succeed(draft, at, run, output);
  const [first] = failed;
  const message = `${completed} of ${runs.length} branches completed, and ${needed} are needed`;
  fail(draft, at, run, first?.error ?? { code: "too_few", message, class: "error" }, output);
}

function isFailed(run: Run | undefined): run is Extract<Run, { state: "failed" }> {
  return run?.state === "failed";
}
