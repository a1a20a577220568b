import { currentRun, type Draft, note } from "./draft.ts";
import type { Ending, Entry } from "./execution.ts";
import { enterAnew } from "./inside.ts";
import { finallyScope, inScope } from "./locate.ts";
import { scopeOf } from "./scope.ts";
import { skip } from "./settle.ts";
import { nextExecutionState } from "./tables.ts";

/**
 * Marks how it ends, cancels what is under way, and gives the first step of `finally` to enter; without one, or once
 * that is over, the end itself. While paused only the mark is made: nobody is to find it ended behind a pause.
 */
export function end(draft: Draft, ending: Ending, by: string | null = null): readonly Entry[] {
  const { execution, workflow, at } = draft;
  execution.ending = ending;
  if (execution.state === "paused" && execution.held === null) return [];
  cancelAll(draft);
  const [first] = workflow.finally?.steps ?? [];
  if (!first || execution.finalizing || Object.keys(execution.steps).length === 0) {
    finish(draft, ending, by);
    return [];
  }
  execution.finalizing = true;
  // What cleans up may take as long again as the work was given.
  execution.deadline = workflow.limits.timeoutMs === null ? null : at + workflow.limits.timeoutMs;
  enterAnew(draft, finallyScope);
  const from = { step: ending.error?.step ?? "", visit: 0, via: "start", error: ending.error } as const;
  return [{ path: inScope(finallyScope, first.id), from }];
}

function cancelAll(draft: Draft): void {
  const { execution } = draft;
  for (const path of Object.keys(execution.steps)) {
    const run = currentRun(execution, path);
    if (run?.state === "running") skip(draft, path, run, "cancelled");
  }
  execution.entering = [];
}

/** The end itself: what still runs is cancelled, the slot is free. */
export function finish(draft: Draft, ending: Ending, by: string | null): void {
  const { execution, workflow, at } = draft;
  const move = ending.state === "completed" ? "complete" : ending.state === "failed" ? "fail" : "cancel";
  const state = nextExecutionState(execution.state, move);
  if (!state) throw new Error(`no ${move} from ${execution.state}`);
  cancelAll(draft);
  execution.ending = ending;
  execution.finalizing = false;
  execution.state = state;
  execution.held = null;
  execution.wants = null;
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
