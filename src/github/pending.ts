import { currentRun } from "../core/draft.ts";
import type { Execution, Waiting } from "../core/execution.ts";
import { stepAt } from "../core/locate.ts";
import type { ApprovalOptions, Workflow } from "../core/workflow.ts";

/** An approval that an execution waits for now. */
export interface PendingApproval {
  readonly step: string;
  readonly options: ApprovalOptions;
  readonly asking: number;
  readonly headSha: string | null;
  /** Number of what the step is about, where that is not the execution's subject. */
  readonly subject: number | null;
}

/** What the steps of an execution wait for now, by step path. */
export function waitingSteps(execution: Execution): ReadonlyMap<string, Waiting> {
  const waiting = new Map<string, Waiting>();
  for (const [path, { runs }] of Object.entries(execution.steps)) {
    const run = runs.at(-1);
    if (run?.state === "running" && run.waiting !== null && run.round === execution.round) {
      waiting.set(path, run.waiting);
    }
  }
  return waiting;
}

export function pendingApprovals(execution: Execution, workflow: Workflow): readonly PendingApproval[] {
  return [...waitingSteps(execution)].flatMap(([step, waiting]) => {
    const kind = stepAt(workflow, step)?.step.kind;
    if (waiting.for !== "approval" || kind?.kind !== "approval") return [];
    const subject = currentRun(execution, step)?.subject ?? null;
    return [{ step, options: kind, asking: waiting.asking, headSha: waiting.headSha, subject }];
  });
}
