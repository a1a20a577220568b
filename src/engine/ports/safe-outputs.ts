import type { EffectRecord } from "../../core/execution.ts";
import type { Json } from "../../core/json.ts";
import type { SafeOutput } from "../../core/workflow.ts";
import type { StepRequest, StepResult } from "./runner.ts";

/** One thing that an agent asks to be done for it, on the step's subject; an issue is a new one. */
export type SafeRequest =
  | { readonly type: "comment"; readonly body: string }
  | { readonly type: "labels"; readonly add: readonly string[] }
  | { readonly type: "issue"; readonly title: string; readonly body: string };

export interface SafeOutputDone {
  readonly type: SafeOutput["type"];
  readonly url: string | null;
}

export type CarriedOut =
  | {
      readonly type: "done";
      readonly done: SafeOutputDone;
      readonly effects: readonly EffectRecord[];
    }
  | Extract<StepResult, { type: "failed" }>;

/**
 * Does for agents what they ask for. An agent asked again after a crash would ask for something else, so its answer is
 * kept before anything of it is done, and taken up from there.
 */
export interface SafeOutputs {
  /** What was kept under the step's effect key, or null. */
  recall(key: string): Promise<Json | null>;
  /** Keeps it; durable when it resolves, with what is kept: the first under a key stays. */
  keep(key: string, answer: Json): Promise<Json>;
  /** Does the request of this number, counted from 0; `mayHaveHappened`: an earlier attempt may have done it. */
  carryOut(
    request: StepRequest,
    number: number,
    wanted: SafeRequest,
    mayHaveHappened: boolean,
  ): Promise<CarriedOut>;
}
