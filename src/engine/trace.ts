import type { Execution, Run, Waiting } from "../core/execution.ts";

/** One thing that a save made happen, for logs and for people who watch. */
export type Trace =
  | {
      readonly kind: "execution";
      readonly execution: string;
      readonly workflow: string;
      readonly round: number;
      readonly state: Execution["state"];
    }
  | {
      readonly kind: "step";
      readonly execution: string;
      readonly round: number;
      readonly step: string;
      readonly visit: number;
      readonly attempt: number;
      /** `waiting` is a running step that waits for what `for` names. */
      readonly state: Run["state"] | "waiting";
      readonly for?: Waiting["for"];
      /** For an approval: which asking it is. */
      readonly asking?: number;
      readonly error?: string;
    };

/** What differs from one save to the next: the execution's state, and each run that began, moved on or ended. */
export function traceOf(before: Execution | null, after: Execution): readonly Trace[] {
  const traces: Trace[] = [];
  const { id: execution, state } = after;
  if (before?.state !== state || before.round !== after.round) {
    traces.push({ kind: "execution", execution, workflow: after.workflow.name, round: after.round, state });
  }
  for (const [step, record] of Object.entries(after.steps)) {
    const known = before && Object.hasOwn(before.steps, step) ? before.steps[step] : undefined;
    if (known === record) continue;
    for (const run of record.runs) {
      if (known?.runs.includes(run)) continue;
      const { round, visit, attempt } = run;
      traces.push({ kind: "step", execution, round, step, visit, attempt, ...stateOf(run) });
    }
  }
  return inOrder(traces);
}

function stateOf(run: Run): Pick<Extract<Trace, { kind: "step" }>, "state" | "for" | "asking" | "error"> {
  if (run.state === "failed") return { state: "failed", error: `${run.error.code}: ${run.error.message}` };
  if (run.state !== "running" || !run.waiting) return { state: run.state };
  const { waiting } = run;
  if (waiting.for === "approval") return { state: "waiting", for: "approval", asking: waiting.asking };
  if (waiting.for === "retry") {
    return { state: "waiting", for: "retry", error: `${waiting.error.code}: ${waiting.error.message}` };
  }
  return { state: "waiting", for: waiting.for };
}

/**
 * As it happened: the start, what ended, what that began, and last the end of the execution. What is around a step begins
 * before it and ends after it.
 */
function inOrder(traces: readonly Trace[]): readonly Trace[] {
  const [first, last] = [new Map<string, number>(), new Map<string, number>()];
  for (const [index, trace] of traces.entries()) {
    if (trace.kind === "execution") continue;
    for (const path of around(trace.step)) {
      if (!first.has(path)) first.set(path, index);
      last.set(path, index);
    }
  }
  const keyed = traces.map((trace, index) => {
    const where = place(trace);
    const own = trace.kind === "execution" ? index : ((where === 1 ? last : first).get(trace.step) ?? index);
    const depth = trace.kind === "execution" ? 0 : trace.step.split(/[/[]/).length;
    return { trace, key: [where, own, where === 1 ? -depth : depth] as const };
  });
  return keyed.toSorted((a, b) => compare(a.key, b.key)).map(({ trace }) => trace);
}

/** The path and those of all that is around it: `each[3]/build` -> `each[3]/build`, `each[3]`, `each`. */
function around(path: string): readonly string[] {
  const paths = [path];
  for (let at = path.length - 1; at > 0; at--) {
    if (path[at] === "/" || path[at] === "[") paths.push(path.slice(0, at));
  }
  return paths;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function place(trace: Trace): number {
  if (trace.kind === "execution") return trace.state === "running" ? 0 : 3;
  return trace.state === "running" || trace.state === "waiting" ? 2 : 1;
}
