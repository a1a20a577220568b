import { allSteps } from "./locate.ts";
import type { Workflow } from "./workflow.ts";

/** Names of the GitHub events that steps of the workflow wait for, whenever they are entered, each once. */
export function heardEvents(workflow: Workflow): readonly string[] {
  const names = new Set<string>();
  for (const { step } of allSteps(workflow).values()) {
    const { kind } = step;
    if (kind.kind === "wait_for") for (const name of kind.events) names.add(name);
    // A short run may end before the step that dispatched it is saved as waiting for it.
    if (kind.kind === "action" && kind.action === "actions.run") names.add("workflow_run.completed");
  }
  return [...names];
}
