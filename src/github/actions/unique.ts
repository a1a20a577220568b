import type { StepRequest } from "../../engine/ports/runner.ts";

/**
 * What marks the step's object: the user's own key within the repository where the step is `unique`, so that any
 * execution finds it; else the step's effect key.
 */
export function markerKey({ execution, run, key }: StepRequest, action: string): string {
  return run.unique === undefined ? key : `unique/${execution.repository.id}/${action}/${run.unique}`;
}
