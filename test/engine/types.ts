export type { Commanded, Execution, Subject, Workflow } from "../../src/core/index.ts";
export type {
  Engine,
  Message,
  StartRequest,
  StepRequest,
  StepResult,
  Stores,
} from "../../src/engine/ports/index.ts";
