import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  generateText,
  isStepCount,
  jsonSchema,
  type LanguageModel,
  type ModelMessage,
  NoObjectGeneratedError,
  Output,
} from "ai";
import type { JsonObject } from "../core/json.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import type { Clock, Log, StepResult } from "../engine/ports/index.ts";
import { type AgentEngine, type AgentTask, failure } from "./engine.ts";
import { Meter, unknownPrice } from "./meter.ts";
import type { ModelConfig } from "./model-config.ts";
import { failureOf } from "./model-errors.ts";
import { renderInstructions, renderRepair, renderTask } from "./model-prompt.ts";
import { type ModelTools, needsTools, toolsFor } from "./model-tools.ts";
import { isStrict, readOutput } from "./output.ts";

export interface ModelEngineOptions {
  readonly config: ModelConfig;
  /** Without it agents run with no tools, and those that can't do without (`pulls.read_diff`) not at all. */
  readonly tools?: ModelTools;
  readonly clock: Clock;
  readonly log: Log;
}

/** Rounds of tool use for an agent without a limit of its own. */
const defaultSteps = 8;

type Reply =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "failed"; readonly result: Extract<StepResult, { type: "failed" }> };

/**
 * Has a language model do the work, over the AI SDK. The output fits the agent's `output_schema` (checked here, with
 * one repair asked for), or is `{ text }` without one. Fails with `model_unauthorized`, `model_not_found`,
 * `model_refused`, `invalid_output`, `token_limit`, `cost_limit`, `unknown_price`, `step_limit`, `aborted`, or
 * transiently with `model_rate_limited`, `model_unavailable`. The engine retries, so the SDK does not.
 */
export function createModelEngine(options: ModelEngineOptions): AgentEngine {
  const model = connect(options.config);
  // The SDK writes warnings to the console by itself; a schema that is only a wish is one of them.
  globalThis.AI_SDK_LOG_WARNINGS = (event) => options.log.debug(event, "model warnings");
  return {
    name: "model",
    // It has no hands: nothing here can push a branch. And without the port it has no eyes.
    canRun: (agent) =>
      agent.produces !== "pull_request" && (options.tools !== undefined || !needsTools(agent)),
    async run(task) {
      const { agent, request } = task;
      const { config } = options;
      const name = `${config.provider}:${config.model}`;
      const unpriced = unknownPrice(agent, request.workflow.limits, config.price, name);
      if (unpriced !== null) return unpriced;
      const meter = new Meter(agent, config.price);
      const result = await attempt(task, model, meter, options);
      options.log.info(
        {
          execution: request.execution.id,
          step: request.path,
          agent: agent.name,
          ...meter.spending,
          result: result.type,
        },
        "model",
      );
      return result.type === "parked" ? result : { ...result, spending: meter.spending };
    },
  };
}

function connect({ provider, model, url, apiKey }: ModelConfig): LanguageModel {
  const baseURL = url;
  switch (provider) {
    case "anthropic":
      return createAnthropic({ baseURL, apiKey: apiKey ?? "" })(model);
    case "openai":
      return createOpenAI({ baseURL, apiKey: apiKey ?? "" })(model);
    case "openai-compatible": {
      // Without supportsStructuredOutputs the schema is dropped silently.
      const settings = { name: "compatible", baseURL, supportsStructuredOutputs: true };
      return createOpenAICompatible(apiKey === null ? settings : { ...settings, apiKey })(model);
    }
    default:
      return provider satisfies never;
  }
}

async function attempt(
  task: AgentTask,
  model: LanguageModel,
  meter: Meter,
  options: ModelEngineOptions,
): Promise<StepResult> {
  const { agent, request } = task;
  const messages: ModelMessage[] = [{ role: "user", content: renderTask(request.input, request.execution) }];
  const first = await ask(task, model, messages, meter, options, true);
  if (first.type === "failed") return first.result;
  const schema = agent.outputSchema;
  if (schema === null)
    return first.text.trim() === "" ? invalid(["it is empty"]) : succeeded({ text: first.text });
  const output = readOutput(first.text, schema);
  if (output.result === "valid") return succeeded(output.value);
  if (output.result === "unusable") return unusable(agent, output.reason);
  messages.push(
    { role: "assistant", content: first.text.trim() === "" ? "(empty)" : first.text },
    { role: "user", content: renderRepair(output.errors) },
  );
  const second = await ask(task, model, messages, meter, options, false);
  if (second.type === "failed") return second.result;
  const repaired = readOutput(second.text, schema);
  if (repaired.result === "valid") return succeeded(repaired.value);
  return invalid(repaired.result === "invalid" ? repaired.errors : [repaired.reason]);
}

/** One question, with the rounds of tool use it takes. */
async function ask(
  { agent, request, signal }: AgentTask,
  model: LanguageModel,
  messages: ModelMessage[],
  meter: Meter,
  { config, tools, clock }: ModelEngineOptions,
  withTools: boolean,
): Promise<Reply> {
  if (meter.isSpent) return failed(meter.overLimit());
  const given = withTools && tools ? toolsFor(agent.tools, tools, request, signal) : {};
  const schema = agent.outputSchema;
  try {
    const { finishReason, text } = await generateText({
      model,
      instructions: renderInstructions(agent),
      messages,
      ...(Object.keys(given).length > 0 ? { tools: given } : {}),
      ...(schema === null ? {} : { output: Output.object({ schema: jsonSchema({ ...schema }) }) }),
      providerOptions: providerOptions(schema),
      maxOutputTokens: meter.bound(),
      stopWhen: [isStepCount(agent.limits.steps ?? defaultSteps), () => meter.isSpent],
      onLanguageModelCallEnd: ({ usage }) => {
        meter.add(usage.inputTokens ?? 0, usage.outputTokens ?? 0, usage.totalTokens);
      },
      maxRetries: 0,
      abortSignal: signal,
      telemetry: { isEnabled: false, recordInputs: false, recordOutputs: false },
    });
    return judge(finishReason, text, agent, meter);
  } catch (error) {
    if (signal.aborted) return failed(failure("aborted", "the agent's work was broken off."));
    // Our own check says more, and lets a code fence pass.
    if (NoObjectGeneratedError.isInstance(error)) {
      return judge(error.finishReason ?? "stop", error.text ?? "", agent, meter);
    }
    return failed(failureOf(error, config, clock));
  }
}

function judge(finishReason: string, text: string, agent: AgentDefinition, meter: Meter): Reply {
  switch (finishReason) {
    case "length":
      return failed(meter.overLimit());
    case "content-filter":
      return failed(failure("model_refused", "the provider's content filter stopped the answer."));
    case "tool-calls":
      return failed(meter.isSpent ? meter.overLimit() : outOfSteps(agent));
    default:
      return { type: "text", text };
  }
}

/** Providers read only the options under their own name. */
function providerOptions(schema: JsonObject | null) {
  const strictJsonSchema = schema !== null && isStrict(schema);
  // OpenAI keeps responses for 30 days unless told not to; they hold a repository's texts.
  return { openai: { strictJsonSchema, store: false }, compatible: { strictJsonSchema } };
}

function failed(result: Extract<StepResult, { type: "failed" }>): Reply {
  return { type: "failed", result };
}

function succeeded(output: Extract<StepResult, { type: "succeeded" }>["output"]): StepResult {
  return { type: "succeeded", output, effects: [] };
}

function outOfSteps({ name, limits }: AgentDefinition) {
  const count = limits.steps ?? defaultSteps;
  return failure(
    "step_limit",
    `agent "${name}" had not answered after ${count} rounds of tool use. Raise limits.steps.`,
  );
}

function unusable({ name }: AgentDefinition, reason: string) {
  return failure("invalid_schema", `the output_schema of agent "${name}" can't be used: ${reason}.`);
}

function invalid(errors: readonly string[]) {
  return failure("invalid_output", `the model's answer can't be used: ${errors.join("; ").slice(0, 1_000)}.`);
}
