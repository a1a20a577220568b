import type { ExecutionView, StepView } from "../api/view.ts";
import type { ActionProblem } from "./problems.ts";
import { detailOf, lengthText, type Waits } from "./progress.ts";
import type { Summary } from "./report.ts";

const stateWords: Readonly<Record<string, string>> = { cancelled: "been cancelled" };

/** Why an execution that did not complete has ended. */
export function endOf({ state, error, timeline, workflow }: ExecutionView): ActionProblem {
  const cancelled = timeline.findLast(({ what, by }) => what.startsWith("cancel") && by !== null);
  const by = state === "cancelled" && cancelled ? ` by @${cancelled.by}` : "";
  const reason = by !== "" && cancelled?.reason ? `: ${cancelled.reason}` : "";
  const why = error === null ? reason : ` in the step ${error.step}: ${error.message} (${error.code})`;
  return { code: "HOS906", message: `${workflow.name} has ${stateWords[state] ?? state}${by}${why}` };
}

export function howItEnded(view: ExecutionView): string {
  return `It has ${stateWords[view.state] ?? view.state}${lengthOf(view)}.`;
}

export function lengthOf({ started_at, ended_at }: ExecutionView): string {
  return ended_at === null ? "" : ` after ${lengthText(Date.parse(ended_at) - Date.parse(started_at))}`;
}

/** The steps as the job's summary shows them. */
export function stepTable(steps: readonly StepView[], waits: Waits): NonNullable<Summary["table"]> {
  return { heads: ["Step", "State"], rows: steps.map((step) => [step.path, detailOf(step, waits)]) };
}
