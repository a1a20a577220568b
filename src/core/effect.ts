import type { RunRef } from "./event.ts";
import type { Json } from "./json.ts";
import type { StepKind } from "./workflow.ts";

/** What the engine owes the world after a transition; every one can be derived again from the execution alone. */
export type Effect =
  | {
      readonly type: "run_step";
      readonly run: RunRef;
      readonly kind: Extract<StepKind, { kind: "agent" | "action" }>;
      readonly input: Json;
    }
  /** Abort the attempt if it is under way in this process. */
  | { readonly type: "cancel_step"; readonly run: RunRef }
  /** Wake the execution at this time (ms). */
  | { readonly type: "schedule"; readonly at: number }
  /** The state that people see has changed. */
  | { readonly type: "report" };
