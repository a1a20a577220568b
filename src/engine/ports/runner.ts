import type { Parked } from "../../core/event.ts";
import type { EffectRecord, Execution, Run, Spending, StepError } from "../../core/execution.ts";
import type { Json } from "../../core/json.ts";
import type { Step, Workflow } from "../../core/workflow.ts";

/** One attempt to be made at a step's work. */
export interface StepRequest {
  readonly workflow: Workflow;
  readonly step: Step;
  readonly execution: Execution;
  readonly run: Run;
  readonly path: string;
  readonly input: Json;
  /** Key of the step's effects in this visit: the same for every attempt and after every crash. */
  readonly key: string;
  /**
   * True where a process that crashed may have begun this very attempt, or an earlier one was broken off by its
   * timeout: look for its trace before doing it (findable), refuse where nothing could tell (once). A later attempt in the same process follows a failure
   * that the runner itself reported, so what is findable is looked for then too (`run.attempt > 1`).
   */
  readonly mayHaveHappened: boolean;
  /** Aborted when the step is cancelled, skipped or timed out. */
  readonly signal: AbortSignal;
}

export type StepResult =
  | {
      readonly type: "succeeded";
      readonly output: Json;
      readonly effects: readonly EffectRecord[];
      readonly spending?: Partial<Spending>;
    }
  | {
      readonly type: "failed";
      readonly error: Omit<StepError, "step">;
      /** What is known of the failed work; absent: nothing. */
      readonly output?: Json;
      readonly effects: readonly EffectRecord[];
      readonly spending?: Partial<Spending>;
      /** Earliest time of a next attempt (ms). */
      readonly notBefore?: number;
      /** True where there was no room for the work yet: it counts as no attempt, and is made again at `notBefore`. */
      readonly postponed?: true;
    }
  | {
      readonly type: "parked";
      readonly waiting: Parked;
      readonly effects: readonly EffectRecord[];
    };

/** Does one kind of step. A rejection is a bug in the runner and fails the attempt as `internal_error`. */
export interface StepRunner {
  run(request: StepRequest): Promise<StepResult>;
}
