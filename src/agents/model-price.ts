import type { ModelProblem } from "./problems.ts";

/** US dollars for a million tokens; input that the provider had cached counts in full. */
export interface ModelPrice {
  readonly inputUsd: number;
  readonly outputUsd: number;
}

export const priceVariable = "HISHAMOS_MODEL_PRICE";

/** List prices as of November 2026, by provider and model; a price that changed since is set by HISHAMOS_MODEL_PRICE. */
const listed: ReadonlyMap<string, readonly [input: number, output: number]> = new Map([
  ["anthropic:claude-haiku-4-5", [1, 5]],
  ["anthropic:claude-opus-4-0", [15, 75]],
  ["anthropic:claude-opus-4-1", [15, 75]],
  ["anthropic:claude-opus-4-5", [5, 25]],
  ["anthropic:claude-opus-4-6", [5, 25]],
  ["anthropic:claude-sonnet-4-0", [3, 15]],
  ["anthropic:claude-sonnet-4-5", [3, 15]],
  ["anthropic:claude-sonnet-4-6", [3, 15]],
  ["openai:gpt-4.1", [2, 8]],
  ["openai:gpt-4.1-mini", [0.4, 1.6]],
  ["openai:gpt-4.1-nano", [0.1, 0.4]],
  ["openai:gpt-4o", [2.5, 10]],
  ["openai:gpt-4o-mini", [0.15, 0.6]],
  ["openai:gpt-5", [1.25, 10]],
  ["openai:gpt-5-mini", [0.25, 2]],
  ["openai:gpt-5-nano", [0.05, 0.4]],
  ["openai:gpt-5.1", [1.25, 10]],
  ["openai:o3", [2, 8]],
  ["openai:o4-mini", [1.1, 4.4]],
]);

/** A release of a model: `-20250929`, `-2025-08-07`, `-latest`. Any other ending is another model with its own price. */
const release = /-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/;

/**
 * What the model costs: by HISHAMOS_MODEL_PRICE (`text`, as `3:15`) where it is set, else by its name; null where nobody
 * knows. A wrong value gives a problem.
 */
export function priceOf(
  provider: string,
  model: string,
  text: string | undefined,
): ModelPrice | ModelProblem | null {
  if (!text?.trim()) {
    const [inputUsd, outputUsd] = listed.get(`${provider}:${model.replace(release, "")}`) ?? [];
    return inputUsd === undefined || outputUsd === undefined ? null : { inputUsd, outputUsd };
  }
  const [, input, output] = /^(\d{1,6}(?:\.\d{1,6})?):(\d{1,6}(?:\.\d{1,6})?)$/.exec(text.trim()) ?? [];
  if (input === undefined || output === undefined) {
    return {
      code: "HOS644",
      message: `${priceVariable} is ${JSON.stringify(text)}.`,
      hint: "It takes US dollars per million tokens, INPUT:OUTPUT, as 3:15; 0:0 for a model that costs nothing.",
    };
  }
  return { inputUsd: Number(input), outputUsd: Number(output) };
}
