import { currentRun } from "../core/draft.ts";
import type { Event, RunRef } from "../core/event.ts";
import type { Execution } from "../core/execution.ts";
import { stepAt } from "../core/locate.ts";
import { unreachable } from "../core/problem.ts";
import type { Workflow } from "../core/workflow.ts";
import type { EngineParts } from "./parts.ts";
import type { StepResult } from "./ports/runner.ts";

export interface Work {
  readonly workflow: Workflow;
  readonly execution: Execution;
  readonly run: RunRef;
  readonly recovered: boolean;
}

/** Makes one attempt at a step's work and tells what came of it, as an event. Never rejects. */
export async function attempt(parts: EngineParts, work: Work, signal: AbortSignal): Promise<Event> {
  const result = await perform(parts, work, signal);
  const at = parts.clock.now();
  const { run } = work;
  switch (result.type) {
    case "succeeded":
      return { ...result, type: "step_succeeded", at, run };
    case "failed":
      return { ...result, type: "step_failed", at, run };
    case "parked":
      return { ...result, type: "step_parked", at, run };
    default:
      return unreachable(result);
  }
}

async function perform(
  { runners, log, doubtful }: EngineParts,
  { workflow, execution, run: ref, recovered }: Work,
  signal: AbortSignal,
): Promise<StepResult> {
  const step = stepAt(workflow, ref.path)?.step;
  const run = currentRun(execution, ref.path);
  try {
    if (!step || !run) throw new Error(`no run ${ref.path} in ${execution.id}`);
    const runner = step.kind.kind === "agent" ? runners.agent : runners.action;
    return await runner.run({
      workflow,
      step,
      execution,
      run,
      path: ref.path,
      input: run.input,
      key: effectKey(execution, ref),
      mayHaveHappened: doubtful || recovered || run.inDoubt === true,
      signal,
    });
  } catch (error) {
    log.error({ err: error, execution: execution.id, step: ref.path }, "a step runner broke");
    const message = error instanceof Error ? error.message : String(error);
    return { type: "failed", error: { code: "internal_error", message, class: "error" }, effects: [] };
  }
}

/** The same for every attempt and after every crash, so that what was done is found again. */
export function effectKey(execution: Execution, { round, path, visit }: RunRef): string {
  return `${execution.id}/${round}/${path}/${visit}`;
}
