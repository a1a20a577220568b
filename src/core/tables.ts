import type { ExecutionState, RunState, TerminalState } from "./execution.ts";

/** What may happen to an execution in each state. What is not here changes nothing or is refused. */
export const executionTable = {
  running: { pause: "paused", cancel: "cancelled", complete: "completed", fail: "failed" },
  paused: { resume: "running", cancel: "cancelled" },
  completed: { retry: "running" },
  failed: { retry: "running" },
  cancelled: { retry: "running" },
} as const satisfies Record<ExecutionState, Partial<Record<ExecutionMove, ExecutionState>>>;

/** What may happen to the current run of a step. `pending` is a step without a run in this round. */
export const stepTable = {
  pending: { enter: "running", skip: "skipped", fail: "failed", succeed: "completed" },
  running: { succeed: "completed", fail: "failed", skip: "skipped", again: "running" },
  completed: { enter: "running", skip: "skipped", fail: "failed", succeed: "completed" },
  failed: { enter: "running", skip: "skipped", fail: "failed", succeed: "completed" },
  skipped: { enter: "running", skip: "skipped", fail: "failed", succeed: "completed" },
} as const satisfies Record<RunState | "pending", Partial<Record<StepMove, RunState>>>;

export type ExecutionMove = "pause" | "resume" | "cancel" | "complete" | "fail" | "retry";
export type StepMove = "enter" | "succeed" | "fail" | "skip" | "again";

/** The state the move leads to, or null where the table has no such row. */
export function nextExecutionState(state: ExecutionState, move: ExecutionMove): ExecutionState | null {
  return (executionTable[state] as Partial<Record<ExecutionMove, ExecutionState>>)[move] ?? null;
}

export function isTerminal(state: ExecutionState): state is TerminalState {
  return state === "completed" || state === "failed" || state === "cancelled";
}
