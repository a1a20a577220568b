import type { RunRef } from "./event.ts";
import type { Json } from "./json.ts";
import type { WorkKind } from "./workflow.ts";

/** What the engine owes the world after a transition; every one can be derived again from the execution alone. */
export type Effect =
  | {
      readonly type: "run_step";
      readonly run: RunRef;
      readonly kind: WorkKind;
      readonly input: Json;
    }
  /** Start the child execution that is the step's work; its id follows from the run. */
  | { readonly type: "start_child"; readonly run: RunRef; readonly workflow: string; readonly input: Json }
  /** The child is to be in this state, or to be told that nobody waits for it any more. */
  | {
      readonly type: "mind_child";
      readonly child: string;
      readonly state: "running" | "paused" | "cancelled";
    }
  /** Abort the attempt if it is under way in this process. */
  | { readonly type: "cancel_step"; readonly run: RunRef }
  /** Wake the execution at this time (ms). */
  | { readonly type: "schedule"; readonly at: number }
  /** The state that people see has changed. */
  | { readonly type: "report" };
