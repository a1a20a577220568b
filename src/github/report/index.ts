export { type Ask, asksOf } from "./asks.ts";
export { type CheckRun, checkRunOf } from "./check.ts";
export { type Button, type Fitting, fittingCommands } from "./fitting.ts";
export { createOwedWalk } from "./owed.ts";
export { createReporter, type ReporterOptions, type ReporterService } from "./reporter.ts";
export { renderSticky } from "./sticky.ts";
