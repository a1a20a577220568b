import type { Execution, Run, StepRecord, TimelineEntry } from "./execution.ts";
import { own } from "./json.ts";
import { mayBecome } from "./tables.ts";
import type { Workflow } from "./workflow.ts";

/** How many runs of a step the document keeps; counters keep counting. */
export const keptRuns = 5;
const keptTimeline = 200;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A copy of the execution under change within one transition: copied one level deep, the rest on write. */
export interface Draft {
  readonly workflow: Workflow;
  readonly execution: Mutable<Execution>;
  readonly at: number;
}

export function draftOf(workflow: Workflow, execution: Execution, at: number): Draft {
  return { workflow, execution: { ...execution }, at };
}

export function recordOf(execution: Execution, path: string): StepRecord | undefined {
  return own(execution.steps, path);
}

/** The step's latest run in the current round, if it was entered in it. */
export function currentRun(execution: Execution, path: string): Run | undefined {
  const run = recordOf(execution, path)?.runs.at(-1);
  return run?.round === execution.round ? run : undefined;
}

/** Puts the run in the place of the one of the same round and visit, or after all others. */
export function putRun(draft: Draft, path: string, run: Run): void {
  const before = recordOf(draft.execution, path) ?? {
    visits: 0,
    attempts: 0,
    since: { round: 0, visit: 0 },
    runs: [],
  };
  const last = before.runs.at(-1);
  const replaces = last?.round === run.round && last.visit === run.visit;
  const from = replaces ? last.state : "pending";
  if (!mayBecome(from, run.state)) throw new Error(`${path} can't become ${run.state}: it is ${from}`);
  const runs = [...(replaces ? before.runs.slice(0, -1) : before.runs), run].slice(-keptRuns);
  const attempts = replaces ? before.attempts + run.attempt - last.attempt : before.attempts + run.attempt;
  putRecord(draft, path, { ...before, visits: run.visit, attempts, runs });
}

export function putRecord(draft: Draft, path: string, record: StepRecord): void {
  // A step may be called `__proto__` in a document from elsewhere: define, never assign.
  const steps: Record<string, StepRecord> = { ...draft.execution.steps };
  Object.defineProperty(steps, path, { value: record, enumerable: true, configurable: true, writable: true });
  draft.execution.steps = steps;
}

export function note(draft: Draft, entry: Omit<TimelineEntry, "at">): void {
  draft.execution.timeline = [...draft.execution.timeline, { at: draft.at, ...entry }].slice(-keptTimeline);
}
