export { type LoadedAgent, type LoadedWorkflow, type LoadOptions, loadAgent, loadWorkflow } from "./load.ts";
export { mermaid } from "./mermaid.ts";
export { type DefinitionKind, definitionFolder, definitionKind, isWorkflowPath } from "./paths.ts";
export { definitionProblems, type ProblemKind } from "./problems.ts";
export { shippedRoles } from "./roles.ts";
