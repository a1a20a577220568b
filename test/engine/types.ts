export type { Execution } from "../../src/core/index.ts";
export type { Engine, StartRequest, StepRequest, StepResult, Stores } from "../../src/engine/ports/index.ts";
