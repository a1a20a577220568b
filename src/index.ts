/** The library: read definitions, evaluate expressions, step an execution, or run an engine of one's own. */
export * from "./core/index.ts";
export { loadWorkflow, mermaid } from "./definition/index.ts";
export { SimulatedClock } from "./engine/clock/simulated.ts";
export { systemClock } from "./engine/clock/system.ts";
export { createEngine, type EngineOptions } from "./engine/engine.ts";
export type * from "./engine/ports/index.ts";
export { evaluate } from "./expression/index.ts";
export { createInProcessQueue } from "./queue/in-process.ts";
export { openPostgresStores } from "./state/postgres/open.ts";
export { openSqliteStores } from "./state/sqlite/open.ts";
