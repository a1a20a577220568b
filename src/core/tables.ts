import type { ExecutionState, RunState, TerminalState } from "./execution.ts";

/** What may happen to an execution in each state. What is not here changes nothing or is refused. */
export const executionTable = {
  running: { pause: "paused", cancel: "cancelled", complete: "completed", fail: "failed" },
  paused: { resume: "running", cancel: "cancelled" },
  completed: { retry: "running" },
  failed: { retry: "running" },
  cancelled: { retry: "running" },
} as const satisfies Record<ExecutionState, Partial<Record<ExecutionMove, ExecutionState>>>;

/**
 * What may happen to one run, which is one visit of a step. `pending` is a visit that is only beginning: it may end at
 * once, by its condition or by an input that can't be evaluated. An ended run stays as it is: the next visit is another.
 */
export const runTable = {
  pending: { enter: "running", succeed: "completed", fail: "failed", skip: "skipped" },
  running: { again: "running", succeed: "completed", fail: "failed", skip: "skipped" },
  completed: {},
  failed: {},
  skipped: {},
} as const satisfies Record<RunState | "pending", Partial<Record<RunMove, RunState>>>;

export type ExecutionMove = "pause" | "resume" | "cancel" | "complete" | "fail" | "retry";
export type RunMove = "enter" | "succeed" | "fail" | "skip" | "again";

/** The state the move leads to, or null where the table has no such row. */
export function nextExecutionState(state: ExecutionState, move: ExecutionMove): ExecutionState | null {
  return (executionTable[state] as Partial<Record<ExecutionMove, ExecutionState>>)[move] ?? null;
}

/** Whether the table has a row that leads from the one state to the other. */
export function mayBecome(from: RunState | "pending", to: RunState): boolean {
  return Object.values<RunState>(runTable[from]).includes(to);
}

export function isTerminal(state: ExecutionState): state is TerminalState {
  return state === "completed" || state === "failed" || state === "cancelled";
}
