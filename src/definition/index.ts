export { type CommandName, commandNames } from "./deciders.ts";
export { neededFiles, resolveReference } from "./files.ts";
export { type LoadedWorkflow, type LoadOptions, loadWorkflow } from "./load.ts";
export { type LoadedAgent, loadAgent } from "./load-agent.ts";
export { type LoadedConfig, loadConfig, type RepositoryConfig } from "./load-config.ts";
export { mermaid, mermaidNodes } from "./mermaid.ts";
export { type DefinitionKind, definitionFolder, definitionKind, isWorkflowPath, stemOf } from "./paths.ts";
export { definitionProblems, type ProblemKind } from "./problems.ts";
export { shippedRoles } from "./roles.ts";
