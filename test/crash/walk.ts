import type { Execution, Run } from "../../src/core/execution.ts";
import { executionTable, runTable } from "../../src/core/tables.ts";
import type { Step, Workflow } from "../../src/core/workflow.ts";

/** What is not legal in an execution's way from save to save, in words; nothing where all of it is. */
export function illegalMoves(workflow: Workflow, saved: readonly Execution[]): readonly string[] {
  return saved.flatMap((after, index) => {
    const before = saved[index - 1] ?? null;
    const at = `revision ${after.revision}`;
    return [
      ...movesOfExecution(before, after),
      ...Object.keys(after.steps).flatMap((path) => movesOfStep(workflow, before, after, path)),
    ].map((what) => `${at}: ${what}`);
  });
}

function movesOfExecution(before: Execution | null, after: Execution): readonly string[] {
  const wrong: string[] = [];
  const expected = (before?.revision ?? 0) + 1;
  if (after.revision !== expected) wrong.push(`follows revision ${expected - 1}`);
  if (before && before.id !== after.id) wrong.push("is another execution");
  if (before && before.state !== after.state) {
    const reached: readonly string[] = Object.values(executionTable[before.state]);
    if (!reached.includes(after.state)) wrong.push(`${before.state} -> ${after.state}`);
  }
  return wrong;
}

function movesOfStep(
  workflow: Workflow,
  before: Execution | null,
  after: Execution,
  path: string,
): readonly string[] {
  const step = workflow.steps.byId.get(path);
  if (!step) return [`there is no step ${path}`];
  const known = before?.steps[path]?.runs ?? [];
  const now = after.steps[path]?.runs ?? [];
  const wrong: string[] = [];
  for (const run of now) {
    const last = known.find(({ round, visit }) => round === run.round && visit === run.visit);
    if (last === undefined) {
      // Visits count from 1 in each round.
      const newest = known.findLast(({ round }) => round === run.round)?.visit ?? 0;
      if (run.visit !== newest + 1) wrong.push(`${path} is visited ${run.visit} after ${newest}`);
      wrong.push(...wrongArrival(workflow, after, step, run));
    } else if (last.state !== run.state) {
      const reached: readonly string[] = Object.values(runTable[last.state]);
      if (!reached.includes(run.state)) wrong.push(`${path}#${run.visit} ${last.state} -> ${run.state}`);
    } else if (run.state !== "running" && JSON.stringify(last) !== JSON.stringify(run)) {
      wrong.push(`${path}#${run.visit} changed after its end`);
    }
  }
  return wrong;
}

/** A step is entered by a route that its file names, from a run that ended so. */
function wrongArrival(
  { steps }: Workflow,
  execution: Execution,
  step: Step,
  { visit, from }: Run,
): readonly string[] {
  const here = `${step.id}#${visit}`;
  if (from === null) return step === steps.steps[0] && visit === 1 ? [] : [`${here} came from nowhere`];
  if (from.via === "retry") {
    const own = from.step === step.id && from.visit === 0 && visit === 1;
    return own && execution.round > 1 ? [] : [`${here} came by a retry from ${from.step}#${from.visit}`];
  }
  const source = steps.byId.get(from.step);
  const came = execution.steps[from.step]?.runs.findLast((run) => run.visit === from.visit);
  if (!source || !came) return [`${here} came from ${from.step}#${from.visit}, which was not there`];
  const { on_success, on_failure, on_timeout, on_skip } = source.routes;
  const ways: Readonly<Record<string, readonly [string | null, Run["state"]]>> = {
    success: [on_success, "completed"],
    failure: [on_failure, "failed"],
    timeout: [on_timeout ?? on_failure, "failed"],
    skip: [on_skip, "skipped"],
  };
  const [target, state] = ways[from.via] ?? [null, null];
  return target === step.id && came.state === state
    ? []
    : [
        `${here} came from ${from.step}#${from.visit} (${came.state}) by ${from.via}, which leads to ${target}`,
      ];
}
