import { currentRun, type Draft, putRecord, recordOf, scopedRun } from "./draft.ts";
import type { Execution, Run } from "./execution.ts";
import type { Json } from "./json.ts";
import { idOf, inScope } from "./locate.ts";
import { skip } from "./settle.ts";
import type { StepList } from "./workflow.ts";

/** Whether the path is of something inside the group, branch, item or iteration at `scope`. */
export function isInside(path: string, scope: string): boolean {
  const next = path.charAt(scope.length);
  return (next === "/" || next === "[") && path.startsWith(scope);
}

/** Cancels all that is under way inside; what was to be entered there is not, since what is around it has ended. */
export function cancelInside(draft: Draft, scope: string): void {
  const { execution } = draft;
  for (const path of Object.keys(execution.steps)) {
    if (!isInside(path, scope)) continue;
    const run = currentRun(execution, path);
    if (run?.state === "running") skip(draft, path, run, "cancelled");
  }
}

/** From here on the runs inside belong to an earlier visit of the group; they stay as its history. */
export function enterAnew(draft: Draft, scope: string): void {
  const { execution } = draft;
  for (const path of Object.keys(execution.steps)) if (isInside(path, scope)) setSince(draft, path);
}

/** From here on the step has no run in its group. */
export function setSince(draft: Draft, path: string): void {
  const record = recordOf(draft.execution, path);
  if (!record) return;
  const { round } = draft.execution;
  const visit = record.runs.at(-1)?.round === round ? record.visits : 0;
  putRecord(draft, path, { ...record, visits: visit, since: { round, visit } });
}

/** The steps of a list by id, each with its output: null for what did not run or complete. */
export function outputsOf(execution: Execution, list: StepList, scope: string): Json {
  return Object.fromEntries(
    list.steps.map(({ id }) => [id, completedOutput(scopedRun(execution, inScope(scope, id)))]),
  );
}

export function completedOutput(run: Run | undefined): Json {
  return run?.state === "completed" ? run.output : null;
}

/** The path's first step in the workflow's own list: `checks/each[3]/build` -> `checks`. */
export function topOf(path: string): string {
  const slash = path.indexOf("/");
  return idOf(slash < 0 ? path : path.slice(0, slash));
}
