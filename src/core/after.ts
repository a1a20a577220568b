import { branchEnded } from "./branches.ts";
import { currentRun, type Draft, workAt } from "./draft.ts";
import { end, finish } from "./ending.ts";
import type { Entry, Run, StepError, Via } from "./execution.ts";
import { outputsOf } from "./inside.ts";
import { itemEnded } from "./items.ts";
import { iterationEnded } from "./iterations.ts";
import { finallyScope, innerList, inScope, type Located, stepAt } from "./locate.ts";
import { unreachable } from "./problem.ts";
import { isInFinally } from "./scope.ts";
import { fail, succeed } from "./settle.ts";
import type { Step, StepList } from "./workflow.ts";

/** What follows a run that has ended: the steps to enter, none where its path, or the execution, ends. */
export function after(draft: Draft, at: Located): readonly Entry[] {
  const run = currentRun(draft.execution, at.path);
  if (!run || run.state === "running") return [];
  if (at.part !== "whole") {
    const more = at.part === "item" ? itemEnded(draft, at.scope) : iterationEnded(draft, at.scope, run);
    return [...more, ...afterScope(draft, at.scope)];
  }
  const inherited = run.from?.error ?? null;
  const { step, list } = at;
  if (run.state === "completed" && step.conclude) {
    if (isInFinally(at.path))
      return endFinally(draft, step.conclude === "failed" ? (inherited ?? failed(at.path)) : null);
    return end(draft, { state: step.conclude, error: step.conclude === "failed" ? inherited : null });
  }
  if (list.order === "parallel") {
    branchEnded(draft, at.scope, list);
    return afterScope(draft, at.scope);
  }
  const route = routeOf(list, step, run);
  if (route.next) {
    const failure = run.state === "failed" ? run.error : null;
    const from = arrival(list, at.path, run.visit, route, failure ?? inherited);
    return [{ path: inScope(at.scope, route.next), from }];
  }
  if (run.state === "failed") return endList(draft, at.scope, run.error);
  return endPath(draft, at, inherited);
}

/** Goes on from what is around a run, if that has ended with it. */
function afterScope(draft: Draft, scope: string): readonly Entry[] {
  const around = stepAt(draft.workflow, scope);
  return around ? after(draft, around) : [];
}

/** The entry over max_visits is not made: `on_exhausted` is followed, else it is a failure that no route catches. */
export function exhausted(draft: Draft, at: Located): readonly Entry[] {
  const { step, list } = at;
  const visits = step.maxVisits ?? 0;
  const message = `step ${at.path} was entered ${visits} times, which is its max_visits`;
  const error: StepError = { step: at.path, code: "max_visits", message, class: "error" };
  const next = step.routes.on_exhausted;
  if (!next) return endList(draft, at.scope, error);
  const from = arrival(list, at.path, visits, { next, via: "exhausted" }, error);
  return [{ path: inScope(at.scope, next), from }];
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
      if (run.error.class === "timeout" && routes.on_timeout)
        return { next: routes.on_timeout, via: "timeout" };
      if (run.error.code === "repeat_exhausted" && routes.on_exhausted) {
        return { next: routes.on_exhausted, via: "exhausted" };
      }
      return { next: routes.on_failure, via: "failure" };
    default:
      return unreachable(run);
  }
}

/** In a list each step is followed by the next one; in a graph only by the step it names. */
function following(list: StepList, step: Step): string | null {
  if (list.order !== "list") return null;
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

/** A path that ends in a handler ends failed; any other one completes its list. */
function endPath(
  draft: Draft,
  { scope, step, list }: Located,
  inherited: StepError | null,
): readonly Entry[] {
  const { execution } = draft;
  const goesOn = list.steps.some(({ id }) => currentRun(execution, inScope(scope, id))?.state === "running");
  const comes = execution.entering.some(({ path }) => stepAt(draft.workflow, path)?.scope === scope);
  if (goesOn || comes) return [];
  return endList(
    draft,
    scope,
    list.handlers.has(step.id) ? (inherited ?? failed(inScope(scope, step.id))) : null,
  );
}

function failed(step: string): StepError {
  return { step, code: "failed", message: "it failed", class: "error" };
}

/** A list is over, by this error or well: so is what it is the inside of. */
function endList(draft: Draft, scope: string, error: StepError | null): readonly Entry[] {
  if (scope === "") return end(draft, { state: error ? "failed" : "completed", error });
  if (scope === finallyScope) return endFinally(draft, error);
  const around = workAt(draft, scope);
  if (!around) return [];
  const { at, run } = around;
  const list = innerList(at.step);
  if (!list) throw new Error(`${scope} has no steps inside`);
  const output = outputsOf(draft.execution, list, scope);
  if (error) fail(draft, at, run, error, output);
  else succeed(draft, at, run, output);
  return after(draft, at);
}

/** A failure while cleaning up turns completed into failed; any other ending stays as it was decided. */
export function endFinally(draft: Draft, error: StepError | null): readonly Entry[] {
  const decided = draft.execution.ending ?? { state: "completed", error: null };
  const ending = error && decided.state === "completed" ? ({ state: "failed", error } as const) : decided;
  if (draft.execution.state === "paused") return end(draft, ending);
  finish(draft, ending, null);
  return [];
}
