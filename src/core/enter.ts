import { after, exhausted } from "./after.ts";
import { begin } from "./begin.ts";
import { currentRun, type Draft, visitsInScope, visitsOf } from "./draft.ts";
import { end } from "./ending.ts";
import type { Entry, RunningRun } from "./execution.ts";
import { finallyScope, type Located, stepAt } from "./locate.ts";
import { isLoop } from "./settle.ts";

/** Enters the steps, and all that follow at once; what is entered while paused waits for the resume. */
export function advance(draft: Draft, entries: readonly Entry[]): void {
  const queue = [...entries];
  for (let entry = queue.shift(); entry; entry = queue.shift()) {
    const { state } = draft.execution;
    if (state === "running") queue.push(...enter(draft, entry));
    else if (state === "paused") draft.execution.entering = [...draft.execution.entering, entry];
    else return;
  }
}

/** Goes on from a run that has ended. */
export function goOn(draft: Draft, at: Located): void {
  advance(draft, after(draft, at));
}

function enter(draft: Draft, entry: Entry): readonly Entry[] {
  const { execution, workflow } = draft;
  const at = stepAt(workflow, entry.path);
  if (!at) throw new Error(`no step ${entry.path} in ${workflow.path}`);
  if (!isLive(draft, at.scope)) return [];
  const { maxVisits } = at.step;
  if (at.part === "whole" && maxVisits !== null && visitsInScope(execution, at.path) >= maxVisits) {
    return exhausted(draft, at);
  }
  const { maxSteps } = workflow.limits;
  if (execution.spending.steps >= maxSteps) {
    const message = `${maxSteps} steps were entered, which is limits.max_steps`;
    return end(draft, {
      state: "failed",
      error: { step: at.path, code: "max_steps", message, class: "error" },
    });
  }
  execution.spending = { ...execution.spending, steps: execution.spending.steps + 1 };
  const begun = begin(draft, at, firstAttempt(draft, at, entry), entry.resume);
  return [...begun, ...after(draft, at)];
}

function firstAttempt({ execution, at: now }: Draft, at: Located, { path, from }: Entry): RunningRun {
  return {
    round: execution.round,
    visit: visitsOf(execution, path) + 1,
    attempt: 1,
    enteredAt: now,
    from,
    input: null,
    effects: [],
    state: "running",
    waiting: null,
    ...timersFrom(at, now),
  };
}

/** Deadline and first reminder of an attempt that begins at `now` (ms). */
export function timersFrom(at: Located, now: number): Pick<RunningRun, "deadline" | "remind"> {
  const { timeoutMs, remind, repeat, forEach } = at.step;
  // A repeat's timeout is of the whole, a for_each's of each item.
  const timed = forEach ? at.part === "item" : repeat ? at.part === "whole" : true;
  return {
    deadline: timed && timeoutMs !== null ? now + timeoutMs : null,
    remind: remind && !isLoop(at) ? { at: now + remind.everyMs, sent: 0 } : null,
  };
}

/** Whether what is around the step still runs: a parallel may have been won, or an end decided, since. */
function isLive({ execution }: Draft, scope: string): boolean {
  if (scope === finallyScope) return execution.finalizing;
  if (scope === "") return execution.ending === null;
  return currentRun(execution, scope)?.state === "running";
}
