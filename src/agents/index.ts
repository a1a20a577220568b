export type { AgentEngine, AgentTask } from "./engine.ts";
export { createHumanEngine } from "./human.ts";
export { createModelEngine, type ModelEngineOptions } from "./model.ts";
export { type ModelConfig, parseModel } from "./model-config.ts";
export type { ModelTools } from "./model-tools.ts";
export { shippedRoles } from "./roles.ts";
export { type AgentRunnerOptions, createAgentRunner } from "./runner.ts";
export { tryModel } from "./try-model.ts";
