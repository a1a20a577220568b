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
import { unreachable } from "../core/problem.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import type { Clock, Log, SafeOutputs, StepResult } from "../engine/ports/index.ts";
import { type Answer, type AnswerForm, answerFormOf } from "./answer-form.ts";
import { type AgentEngine, type AgentTask, failure } from "./engine.ts";
import { Meter, unknownPrice } from "./meter.ts";
import type { ModelConfig } from "./model-config.ts";
import { failureOf } from "./model-errors.ts";
import { renderInstructions, renderRepair, renderTask } from "./model-prompt.ts";
import { type ModelTools, needsTools, toolsFor } from "./model-tools.ts";
import { isStrict } from "./output.ts";
import { withSafeOutputs } from "./safe-outputs.ts";

export interface ModelEngineOptions {
  readonly config: ModelConfig;
  /** Without it agents run with no tools, and those that can't do without (`pulls.read_diff`) not at all. */
  readonly tools?: ModelTools;
  /** Does what the models ask for. */
  readonly safeOutputs: SafeOutputs;
  readonly clock: Clock;
  readonly log: Log;
}

/** Rounds of tool use for an agent without a limit of its own. */
const defaultSteps = 8;

type Thinking = Extract<Answer, { result: "valid" }> | Extract<StepResult, { type: "failed" }>;

type Reply =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "failed"; readonly result: Extract<StepResult, { type: "failed" }> };

/**
 * Has a language model do the work, over the AI SDK. The output fits the agent's `output_schema` (checked here, with
 * one repair asked for), or is `{ text }` without one. Fails with `model_unauthorized`, `model_not_found`,
 * `model_refused`, `invalid_output`, `token_limit`, `cost_limit`, `unknown_price`, `step_limit`,
 * `safe_output_refused`, `aborted`, or transiently with `model_rate_limited`, `model_unavailable`. The engine retries, so the SDK does not.
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
      const thinking = async () => {
        const thought = await think(task, model, meter, options);
        const { spending } = meter;
        const said = { execution: request.execution.id, step: request.path, agent: agent.name, ...spending };
        options.log.info({ ...said, result: "type" in thought ? thought.type : "succeeded" }, "model");
        return "type" in thought
          ? { ...thought, spending }
          : { output: thought.output, requests: thought.requests, spending, attempt: request.run.attempt };
      };
      if (request.step.safeOutputs.length > 0) {
        return withSafeOutputs(request, options.safeOutputs, task.signal, thinking);
      }
      const thought = await thinking();
      if ("type" in thought) return thought;
      return { type: "succeeded", output: thought.output, effects: [], spending: thought.spending };
    },
  };
}

export function connect({ provider, model, url, apiKey }: ModelConfig): LanguageModel {
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

/** The model's answer, or the failed attempt; both without what it cost. */
async function think(
  task: AgentTask,
  model: LanguageModel,
  meter: Meter,
  options: ModelEngineOptions,
): Promise<Thinking> {
  const { agent, request } = task;
  const form = answerFormOf(agent.outputSchema, request.step.safeOutputs);
  const messages: ModelMessage[] = [{ role: "user", content: renderTask(request.input, request.execution) }];
  const first = await ask(task, model, messages, form, meter, options, true);
  if (first.type === "failed") return first.result;
  const answer = form.read(first.text);
  if (answer.result === "valid") return answer;
  if (answer.result === "unusable") return unusable(agent, answer.reason);
  // Without a form there is nothing to correct.
  if (form.schema === null) return invalid(answer.errors);
  messages.push(
    { role: "assistant", content: first.text.trim() === "" ? "(empty)" : first.text },
    { role: "user", content: renderRepair(answer.errors) },
  );
  const second = await ask(task, model, messages, form, meter, options, false);
  if (second.type === "failed") return second.result;
  const repaired = form.read(second.text);
  switch (repaired.result) {
    case "valid":
      return repaired;
    case "refused":
      return refused(request.step.id, repaired.errors);
    case "invalid":
      return invalid(repaired.errors);
    case "unusable":
      return unusable(agent, repaired.reason);
    default:
      return unreachable(repaired);
  }
}

/** One question, with the rounds of tool use it takes. */
async function ask(
  { agent, request, signal }: AgentTask,
  model: LanguageModel,
  messages: ModelMessage[],
  form: AnswerForm,
  meter: Meter,
  { config, tools, clock }: ModelEngineOptions,
  withTools: boolean,
): Promise<Reply> {
  if (meter.isSpent) return failed(meter.overLimit());
  const given = withTools && tools ? toolsFor(agent.tools, tools, request, signal) : {};
  const { schema } = form;
  try {
    const { finishReason, text } = await generateText({
      model,
      instructions: renderInstructions(agent, form),
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

function refused(step: string, errors: readonly string[]) {
  const message = `the model asks for what \`safe_outputs\` of step "${step}" does not allow: ${errors.join("; ").slice(0, 1_000)}.`;
  return failure("safe_output_refused", message);
}
