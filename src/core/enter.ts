import { after, endFinally, exhausted } from "./after.ts";
import { begin } from "./begin.ts";
import { currentRun, type Draft, recordCount, recordOf, visitsInScope, visitsOf } from "./draft.ts";
import { end } from "./ending.ts";
import type { Entry, RunningRun } from "./execution.ts";
import { finallyScope, type Located, stepAt } from "./locate.ts";
import { isInFinally } from "./scope.ts";
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
  const over = overLimit(draft, at);
  if (over) {
    const error = { step: at.path, class: "error", ...over } as const;
    return isInFinally(at.path) ? endFinally(draft, error) : end(draft, { state: "failed", error });
  }
  execution.spending = { ...execution.spending, steps: execution.spending.steps + 1 };
  const begun = begin(draft, at, firstAttempt(draft, at, entry), entry.resume);
  return [...begun, ...after(draft, at)];
}

/** More steps than this, each item counted, an execution does not keep: its document is saved whole at every step. */
export const mostRecords = 5_000;

/** Why the step is not entered any more, or null. What cleans up may take as much again. */
function overLimit(
  draft: Draft,
  { path }: Located,
): { readonly code: string; readonly message: string } | null {
  const share = isInFinally(path) ? 2 : 1;
  const { maxSteps } = draft.workflow.limits;
  if (draft.execution.spending.steps >= share * maxSteps) {
    return { code: "max_steps", message: `${maxSteps} steps were entered, which is limits.max_steps` };
  }
  const known = recordOf(draft.execution, path) !== undefined;
  if (known || recordCount(draft) < share * mostRecords) return null;
  const message =
    `an execution keeps what came of ${mostRecords} steps at most, each item of a for_each counted: ` +
    "give each item a workflow of its own (`workflow: ./FILE.yml`)";
  return { code: "too_many_steps", message };
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
