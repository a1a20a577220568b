import type { AgentDefinition } from "../core/workflow.ts";
import type { StepRequest, StepResult } from "../engine/ports/index.ts";

/** One attempt at an agent's work. */
export interface AgentTask {
  readonly agent: AgentDefinition;
  readonly request: StepRequest;
  /** Aborted when the step is cancelled or the agent's own time limit is over. */
  readonly signal: AbortSignal;
}

/** A way to get an agent's work done. */
export interface AgentEngine {
  /** As agents name it: `model`, `human`. */
  readonly name: string;
  /** Whether it is able to do this agent's work at all, as far as can be told beforehand. */
  canRun(agent: AgentDefinition): boolean;
  /** Settles soon after `task.signal` is aborted. A rejection is a bug. */
  run(task: AgentTask): Promise<StepResult>;
}

/** A failed attempt that did nothing outside. */
export function failure(
  code: string,
  message: string,
  kind: "transient" | "timeout" | "error" = "error",
): Extract<StepResult, { type: "failed" }> {
  return { type: "failed", error: { code, message, class: kind }, effects: [] };
}
