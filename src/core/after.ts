import { currentRun, type Draft, note } from "./draft.ts";
import type { Ending, Entry, Run, StepError, Via } from "./execution.ts";
import { unreachable } from "./problem.ts";
import { scopeOf } from "./scope.ts";
import { skip } from "./settle.ts";
import { nextExecutionState } from "./tables.ts";
import type { Step, StepList } from "./workflow.ts";

/** What follows a run that has ended: the steps to enter, none where its path, or the execution, ends. */
export function after(draft: Draft, step: Step): readonly Entry[] {
  const run = currentRun(draft.execution, step.id);
  if (!run || run.state === "running") return [];
  const list = draft.workflow.steps;
  const inherited = run.from?.error ?? null;
  if (run.state === "completed" && step.conclude) {
    end(draft, { state: step.conclude, error: step.conclude === "failed" ? inherited : null });
    return [];
  }
  const route = routeOf(list, step, run);
  if (route.next) {
    const failure = run.state === "failed" ? run.error : null;
    return [{ path: route.next, from: arrival(list, step.id, run.visit, route, failure ?? inherited) }];
  }
  if (run.state === "failed") end(draft, { state: "failed", error: run.error });
  else endPath(draft, step, inherited);
  return [];
}

/** The entry over max_visits is not made: `on_exhausted` is followed, else the execution fails. */
export function exhausted(draft: Draft, step: Step): readonly Entry[] {
  const visits = step.maxVisits ?? 0;
  const message = `step ${step.id} was entered ${visits} times, which is its max_visits`;
  const error: StepError = { step: step.id, code: "max_visits", message, class: "error" };
  const next = step.routes.on_exhausted;
  if (next) {
    return [
      { path: next, from: arrival(draft.workflow.steps, step.id, visits, { next, via: "exhausted" }, error) },
    ];
  }
  end(draft, { state: "failed", error });
  return [];
}

interface Route {
  readonly next: string | null;
  readonly via: Via;
}

function routeOf(list: StepList, step: Step, run: Exclude<Run, { state: "running" }>): Route {
  const { routes } = step;
  switch (run.state) {
    case "completed":
      return { next: routes.on_success ?? following(list, step), via: "success" };
    case "skipped":
      return { next: routes.on_skip ?? following(list, step), via: "skip" };
    case "failed":
      return run.error.class === "timeout" && routes.on_timeout
        ? { next: routes.on_timeout, via: "timeout" }
        : { next: routes.on_failure, via: "failure" };
    default:
      return unreachable(run);
  }
}

/** In a list each step is followed by the next one; in a graph only by the step it names. */
function following(list: StepList, step: Step): string | null {
  if (list.order === "graph") return null;
  return list.steps[list.steps.indexOf(step) + 1]?.id ?? null;
}

/** The error goes with the path while it is one of failure: into a handler, and along its steps. */
function arrival(
  list: StepList,
  step: string,
  visit: number,
  { next, via }: Route,
  error: StepError | null,
): Entry["from"] {
  const byFailure = via === "failure" || via === "timeout" || via === "exhausted";
  return { step, visit, via, error: byFailure || (next && list.handlers.has(next)) ? error : null };
}

function endPath(draft: Draft, step: Step, inherited: StepError | null): void {
  const { execution } = draft;
  const goesOn = Object.keys(execution.steps).some(
    (path) => currentRun(execution, path)?.state === "running",
  );
  if (goesOn || execution.entering.length > 0) return;
  const handler = draft.workflow.steps.handlers.has(step.id);
  end(draft, handler ? { state: "failed", error: inherited } : { state: "completed", error: null });
}

/** Marks how it ends; while paused the mark waits, since nobody is to find it ended behind a pause. */
export function end(draft: Draft, ending: Ending): void {
  draft.execution.ending = ending;
  if (draft.execution.state !== "paused") finish(draft, ending, null);
}

/** The end itself: what still runs is cancelled, the slot is free. */
export function finish(draft: Draft, ending: Ending, by: string | null): void {
  const { execution, workflow, at } = draft;
  const move = ending.state === "completed" ? "complete" : ending.state === "failed" ? "fail" : "cancel";
  const state = nextExecutionState(execution.state, move);
  if (!state) throw new Error(`no ${move} from ${execution.state}`);
  for (const path of Object.keys(execution.steps)) {
    const run = currentRun(execution, path);
    if (run?.state === "running") skip(draft, path, run, "cancelled");
  }
  execution.ending = ending;
  execution.state = state;
  execution.entering = [];
  execution.seen = [];
  execution.slot = null;
  execution.deadline = null;
  execution.pausedAt = null;
  execution.endedAt = at;
  if (ending.state === "completed" && workflow.outputs) {
    const outputs = workflow.outputs.evaluate(scopeOf(execution, at));
    execution.outputs = "value" in outputs ? outputs.value : null;
  }
  note(draft, { by, what: state, step: ending.error?.step ?? null });
}
