export type { AgentEngine, AgentTask } from "./engine.ts";
export { createHumanEngine } from "./human.ts";
export { shippedRoles } from "./roles.ts";
export { type AgentRunnerOptions, createAgentRunner } from "./runner.ts";
