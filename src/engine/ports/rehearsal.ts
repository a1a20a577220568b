import type { StepError, Via } from "../../core/execution.ts";
import type { Problem } from "../../core/problem.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { StartRequest } from "./engine.ts";

/** A start as it was or might have been, to be walked through without doing anything. */
export interface RehearsalRequest
  extends Pick<StartRequest, "repository" | "subject" | "actor" | "event" | "vars" | "input" | "occurrence"> {
  readonly workflow: Workflow;
  /** Repository path under which the occurrence really started an execution, if it did: what came of its steps is taken from there. */
  readonly path: string;
  /** When it happened (ms). */
  readonly at: number;
}

/** One visit of a step that does something itself: groups and loops are told by what they hold. */
export interface RehearsedVisit {
  /** As `checks/lint`; below the step that runs it for a child workflow's. */
  readonly path: string;
  readonly visit: number;
  /** `running`: it was under way when the walk ended. */
  readonly state: "running" | "completed" | "failed" | "skipped";
  readonly from: { readonly step: string; readonly via: Via } | null;
  readonly error: Pick<StepError, "code" | "message"> | null;
}

export type Rehearsal =
  | {
      readonly result: "walked";
      /** In the order in which they were entered. */
      readonly visits: readonly RehearsedVisit[];
      /** `unfinished`: it goes on beyond what a rehearsal walks. */
      readonly state: "completed" | "failed" | "cancelled" | "unfinished";
      readonly error: StepError | null;
      /** True where all that came of steps is known from what really ran; false where some was assumed to go well. */
      readonly recorded: boolean;
    }
  /** It would not have begun: inputs are missing or wrong. */
  | { readonly result: "invalid"; readonly problems: readonly Problem[] };
