import type { Execution } from "../../core/execution.ts";

/** Shows executions to people. It never blocks or fails the engine, and arrives at the newest state in the end. */
export interface Reporter {
  changed(execution: Execution): void;
}
