import type { EffectRecord, Spending } from "../core/execution.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { isObject } from "../core/json.ts";
import type {
  SafeOutputDone,
  SafeOutputs,
  SafeRequest,
  StepRequest,
  StepResult,
} from "../engine/ports/index.ts";
import { failure } from "./engine.ts";

/** A model's answer as it is kept before anything of it is done. */
export interface Thought {
  readonly output: Json;
  readonly requests: readonly SafeRequest[];
  readonly spending: Pick<Spending, "tokens" | "costUsd">;
  /** The attempt that it was thought in. */
  readonly attempt: number;
}

type Failed = Extract<StepResult, { type: "failed" }>;

/**
 * Has the agent think once in each visit of the step, whatever crashes, and does what it asks for, in its order. A retry
 * goes on with the same answer at the request that failed. Fails as the thinking or the request does; what was done
 * before is in the ledger.
 */
export async function withSafeOutputs(
  request: StepRequest,
  outputs: SafeOutputs,
  signal: AbortSignal,
  think: () => Promise<Thought | Failed>,
): Promise<StepResult> {
  const earlier = (await outputs.recall(request.key)) as Thought | null;
  const thought = earlier ?? (await think());
  if ("type" in thought) return thought;
  // Another process may have been first; then what it began may have happened.
  const kept = earlier ?? ((await outputs.keep(request.key, toJson(thought))) as unknown as Thought);
  const mayHaveHappened = earlier !== null || JSON.stringify(kept) !== JSON.stringify(thought);
  // An earlier attempt that failed has told what the thinking cost; one that crashed has not.
  const spending = kept.attempt === request.run.attempt ? kept.spending : { tokens: 0, costUsd: 0 };

  const done: SafeOutputDone[] = [];
  const effects: EffectRecord[] = [];
  for (const [number, wanted] of kept.requests.entries()) {
    const result = signal.aborted
      ? failure("aborted", "the agent's work was broken off.")
      : await outputs.carryOut({ ...request, signal }, number, wanted, mayHaveHappened);
    if (result.type === "failed") {
      const message = `safe_outputs.${number} (${wanted.type}): ${result.error.message}`;
      return {
        ...result,
        error: { ...result.error, message },
        effects: [...effects, ...result.effects],
        spending,
      };
    }
    done.push(result.done);
    effects.push(...result.effects);
  }
  const output = { ...(isObject(kept.output) ? kept.output : {}), safe_outputs: done.map(toJson) };
  return { type: "succeeded", output, effects, spending };
}

/** These shapes are JSON; only an index signature is missing in their types. */
function toJson(value: Thought | SafeOutputDone): JsonObject {
  return { ...value };
}
