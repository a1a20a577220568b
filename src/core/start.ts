import { type Draft, note } from "./draft.ts";
import { advance } from "./enter.ts";

/** Enters the first step, once; a queued execution takes its group with it. One that is held does nothing yet. */
export function start(draft: Draft): void {
  const { execution, workflow, at } = draft;
  const [first] = workflow.steps.steps;
  if (!first || Object.keys(execution.steps).length > 0 || execution.state !== "running") return;
  if (execution.wants !== null) execution.slot = execution.wants;
  execution.wants = null;
  const { timeoutMs } = workflow.limits;
  execution.deadline = timeoutMs === null ? null : at + timeoutMs;
  note(draft, { by: execution.actor, what: "started", step: null });
  advance(draft, [{ path: first.id, from: null }]);
}
