export type { Urgency } from "./limits.ts";
export { createPacing, type Pacing, type PacingOptions } from "./pacing.ts";
export { TurnRefused } from "./refused.ts";
