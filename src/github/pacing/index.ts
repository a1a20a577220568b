export { gitHubsLimits, type Urgency, type WriteLimits } from "./limits.ts";
export { createPacing, type Pacing, type PacingOptions, unlimited } from "./pacing.ts";
export { TurnRefused } from "./refused.ts";
