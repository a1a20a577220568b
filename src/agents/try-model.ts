import { generateText } from "ai";
import type { Clock } from "../engine/ports/index.ts";
import { connect } from "./model.ts";
import type { ModelConfig } from "./model-config.ts";
import { failureOf } from "./model-errors.ts";

/** Asks the model for one word; null where it answers, else what is wrong and what to set. The key is in no message. */
export async function tryModel(
  config: ModelConfig,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    await generateText({
      model: connect(config),
      prompt: "Answer with the word ok.",
      maxOutputTokens: 64,
      maxRetries: 0,
      abortSignal: signal,
      telemetry: { isEnabled: false, recordInputs: false, recordOutputs: false },
    });
    return null;
  } catch (error) {
    return failureOf(error, config, clock).error.message;
  }
}
