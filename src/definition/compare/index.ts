export { compareAgents } from "./agents.ts";
export type { Change, Part } from "./change.ts";
export { compareSettings } from "./settings.ts";
export { compareWorkflows } from "./workflow.ts";
