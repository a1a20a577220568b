import type { Workflow } from "../../core/workflow.ts";
import type { EngineParts } from "../parts.ts";
import type { Rehearsal, RehearsalRequest } from "../ports/rehearsal.ts";
import { executionId } from "../start.ts";
import type { Recording } from "./outcome.ts";
import { walk } from "./walk.ts";

/** Walks through each of the workflows as the occurrence would have started it. Reads, and writes nothing. */
export async function rehearse(
  parts: EngineParts,
  { workflows, path, occurrence, ...start }: RehearsalRequest,
): Promise<readonly Rehearsal[]> {
  const recording = await recordingOf(parts, executionId(start.repository.id, path, occurrence));
  return workflows.map((workflow: Workflow) => walk(workflow, start, { recording, roles: parts.roles }));
}

async function recordingOf({ load, pinned, log }: EngineParts, id: string): Promise<Recording | null> {
  const execution = await load(id);
  if (!execution) return null;
  try {
    return { execution, workflow: await pinned.get(execution.workflow) };
  } catch (error) {
    // An older release may have taken what this one refuses; nothing depends on it but how much is known.
    log.debug({ execution: id, err: error }, "a definition that ran can't be read any more");
    return null;
  }
}
