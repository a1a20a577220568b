import type { EngineParts } from "../parts.ts";
import type { Rehearsal, RehearsalRequest } from "../ports/rehearsal.ts";
import { executionId } from "../start.ts";
import type { Recording } from "./outcome.ts";
import { walk } from "./walk.ts";

/** One walk is for a reader who waits, of a definition that anybody may have written: longer than this (ms) it does not go. */
const longestMs = 1_000;

/** Walks through the workflow as the occurrence would have started it. Reads, and writes nothing. */
export async function rehearse(
  parts: EngineParts,
  { workflow, path, occurrence, ...start }: RehearsalRequest,
): Promise<Rehearsal> {
  const recording = await recordingOf(parts, executionId(start.repository.id, path, occurrence));
  const { roles, timer } = parts;
  const end = timer() + longestMs;
  return walk(workflow, start, { recording, roles, isLate: () => timer() > end });
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
