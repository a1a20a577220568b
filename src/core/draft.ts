import type { Execution, Run, RunningRun, StepRecord, TimelineEntry } from "./execution.ts";
import { own } from "./json.ts";
import { type Located, stepAt } from "./locate.ts";
import { mayBecome } from "./tables.ts";
import type { Workflow } from "./workflow.ts";

/** How many runs of a step the document keeps; counters keep counting. */
export const keptRuns = 5;
/** And of one in a repeat, which may have ten thousand. */
export const keptIterations = 3;
const keptTimeline = 200;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A copy of the execution under change within one transition: copied one level deep, the rest on write. */
export interface Draft {
  readonly workflow: Workflow;
  readonly execution: Mutable<Execution>;
  readonly at: number;
  /** The steps once they are copied, and their number: nobody else has them yet, so they are written into. */
  copied?: { readonly steps: Record<string, StepRecord>; count: number };
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

/** The step's latest run since the group around it was entered anew, in whatever round. */
export function scopedRun(execution: Execution, path: string): Run | undefined {
  const record = recordOf(execution, path);
  return record && lastInScope(record);
}

export function lastInScope({ runs, since }: StepRecord): Run | undefined {
  const run = runs.at(-1);
  if (!run) return undefined;
  const later = run.round > since.round || (run.round === since.round && run.visit > since.visit);
  return later ? run : undefined;
}

/** A run under way with the step it is of. */
export interface AtWork {
  readonly at: Located;
  readonly run: RunningRun;
}

/** The run of this path that is under way, if the workflow has the step. */
export function workAt(
  { workflow, execution }: Pick<Draft, "workflow" | "execution">,
  path: string,
): AtWork | null {
  const run = currentRun(execution, path);
  if (run?.state !== "running") return null;
  const at = stepAt(workflow, path);
  return at && { at, run };
}

/** Every run under way, in the order of the file. */
export function atWork(draft: Pick<Draft, "workflow" | "execution">): readonly AtWork[] {
  const found = Object.keys(draft.execution.steps).flatMap((path) => workAt(draft, path) ?? []);
  return found.toSorted((a, b) => a.at.order - b.at.order);
}

/** Visits of the step in this round. A new round counts anew. */
export function visitsOf(execution: Execution, path: string): number {
  const record = recordOf(execution, path);
  return record?.runs.at(-1)?.round === execution.round ? record.visits : 0;
}

/** Of those, the visits since the group around it was entered: what max_visits counts. */
export function visitsInScope(execution: Execution, path: string): number {
  const since = recordOf(execution, path)?.since;
  return visitsOf(execution, path) - (since?.round === execution.round ? since.visit : 0);
}

/** Puts the run in the place of the one of the same round and visit, or after all others. */
export function putRun(draft: Draft, path: string, run: Run): void {
  const before = recordOf(draft.execution, path) ?? noRecord;
  const last = before.runs.at(-1);
  const replaces = last?.round === run.round && last.visit === run.visit;
  const from = replaces ? last.state : "pending";
  if (!mayBecome(from, run.state)) throw new Error(`${path} can't become ${run.state}: it is ${from}`);
  const kept = path.includes("[]") ? keptIterations : keptRuns;
  const runs = [...(replaces ? before.runs.slice(0, -1) : before.runs), run].slice(-kept);
  const earlier = last?.round === run.round ? before.attempts - (replaces ? last.attempt : 0) : 0;
  putRecord(draft, path, { ...before, visits: run.visit, attempts: earlier + run.attempt, runs });
}

const noRecord: StepRecord = { visits: 0, attempts: 0, since: { round: 0, visit: 0 }, runs: [] };

export function putRecord(draft: Draft, path: string, record: StepRecord): void {
  const copied = ownSteps(draft);
  if (recordOf(draft.execution, path) === undefined) copied.count += 1;
  // A step may be called `__proto__` in a document from elsewhere: define, never assign.
  Object.defineProperty(copied.steps, path, {
    value: record,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** How many step paths the document has a record of. */
export function recordCount(draft: Draft): number {
  return ownSteps(draft).count;
}

/** The steps to write into: copied once, not at every record, since one event may make thousands of them. */
function ownSteps(draft: Draft): Required<Draft>["copied"] {
  if (draft.copied) return draft.copied;
  const steps = { ...draft.execution.steps };
  draft.copied = { steps, count: Object.keys(steps).length };
  draft.execution.steps = steps;
  return draft.copied;
}

export function note(draft: Draft, entry: Omit<TimelineEntry, "at">): void {
  draft.execution.timeline = [...draft.execution.timeline, { at: draft.at, ...entry }].slice(-keptTimeline);
}

/** A person's reason, as the timeline keeps it. */
export function reasonOf({ reason }: { readonly reason: string | null }): Pick<TimelineEntry, "reason"> {
  return reason === null ? {} : { reason };
}
