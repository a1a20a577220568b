import type { Execution, ExecutionState } from "../../core/execution.ts";
import type { Workflow } from "../../core/workflow.ts";
import { isInJob } from "../in-job.ts";
import { type Button, fittingCommands } from "./fitting.ts";
import { headline, stepTable } from "./sticky.ts";
import { waitingApprovals } from "./waiting.ts";

/** A check run as GitHub takes it, but for owner and repo. */
export interface CheckRun {
  readonly name: string;
  readonly head_sha: string;
  /** The execution's id; while an approval waits, `ID/STEP/ASKING`, so that its buttons name what they answer. */
  readonly external_id: string;
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion?: "success" | "failure" | "cancelled" | "action_required";
  readonly output: { readonly title: string; readonly summary: string };
  readonly actions: Button[];
}

const longestSummary = 65_535;
const mostButtons = 3;

/**
 * What the head of the newest pull request is to show, or null where there is none: work on an issue has no
 * commit, and the default branch's head is nobody's; a child is a part of what its parent shows.
 */
export function checkRunOf(workflow: Workflow, execution: Execution): CheckRun | null {
  const head = headOf(execution);
  if (head === null || workflow.report.check === null || execution.parent !== null) return null;
  const [approval] = waitingApprovals(workflow, execution);
  const summary = [headline(workflow, execution), stepTable(workflow, execution)]
    .filter(Boolean)
    .join("\n\n");
  const conclusion =
    execution.state === "running" && approval ? "action_required" : conclusions[execution.state];
  const buttons = isInJob(execution)
    ? []
    : fittingCommands(workflow, execution).flatMap(({ button }) => button ?? []);
  return {
    name: workflow.report.check,
    head_sha: head,
    external_id: approval ? `${execution.id}/${approval.path}/${approval.waiting.asking}` : execution.id,
    // GitHub shows buttons only on a completed check run, so what asks for a person completes it.
    ...(conclusion
      ? { status: "completed", conclusion }
      : { status: execution.wants === null ? "in_progress" : "queued" }),
    output: { title: titleOf(execution, approval?.path), summary: summary.slice(0, longestSummary) },
    actions: conclusion ? buttons.slice(0, mostButtons) : [],
  };
}

const conclusions = {
  running: null,
  paused: "action_required",
  completed: "success",
  failed: "failure",
  cancelled: "cancelled",
} as const satisfies Record<ExecutionState, CheckRun["conclusion"] | null>;

function titleOf(execution: Execution, approval: string | undefined): string {
  if (execution.state === "running" && approval !== undefined) return `${approval} waits for approval`;
  if (execution.held !== null && execution.state === "paused") return "waits to be allowed";
  if (execution.wants !== null && execution.state === "running") return "queued";
  const step = execution.ending?.error?.step;
  return step ? `${execution.state} at ${step}` : execution.state;
}

function headOf({ linked, subject }: Execution): string | null {
  return linked.at(-1)?.head_sha ?? (subject?.type === "pull_request" ? subject.head_sha : null);
}
