import { currentRun } from "../core/draft.ts";
import type { Event, RunRef } from "../core/event.ts";
import type { Execution, Run } from "../core/execution.ts";
import { newExecution } from "../core/index.ts";
import { isObject, type Json } from "../core/json.ts";
import { inFull } from "../core/problem.ts";
import { tries } from "../core/settle.ts";
import type { Workflow } from "../core/workflow.ts";
import { resolveInputs } from "./inputs.ts";
import type { EngineParts } from "./parts.ts";
import { begun, hashId } from "./start.ts";

interface ChildWork {
  /** The parent's. */
  readonly workflow: Workflow;
  /** The parent. */
  readonly execution: Execution;
  readonly run: RunRef;
  /** As the step names the child's definition. */
  readonly reference: string;
}

/**
 * Starts the execution that is a `workflow` step's work, once however often it is asked to: its id follows from the
 * run. Gives what came of the attempt; rejects where the store can't answer.
 */
export async function startChild(parts: EngineParts, work: ChildWork): Promise<Event> {
  const { execution: parent, run } = work;
  const at = parts.clock.now();
  const child = childOf(work, at);
  if ("message" in child) {
    const error = { code: "child_inputs", message: child.message, class: "error" } as const;
    return { type: "step_failed", at, run, error, effects: [] };
  }
  const result = await parts.create(child);
  if (result === "slot_taken")
    throw new Error(`child ${child.id} of ${parent.id} takes no concurrency group`);
  const waiting = { for: "child", execution: child.id } as const;
  return { type: "step_parked", at, run, waiting, effects: [] };
}

function childOf(
  { workflow, execution: parent, run: ref, reference }: ChildWork,
  at: number,
): Execution | { readonly message: string } {
  const run = currentRun(parent, ref.path);
  const definition = workflow.children.get(reference);
  if (!run || !definition) throw new Error(`no child ${reference} at ${ref.path} of ${parent.id}`);
  const { repository, installation, subject, actor, event, vars, commands, hops, linked } = parent;
  // Pinned with its parent: the hash is that of the definition which brought both.
  const pinned = { ...definition, hash: parent.workflow.hash };
  const bare = newExecution(pinned, {
    id: childId(parent.id, ref, run),
    parent: { execution: parent.id, run: ref },
    commit: parent.workflow.commit,
    input: {},
    at,
    repository,
    installation,
    subject,
    actor,
    event,
    vars,
    ...(commands && { commands }),
    hops,
  });
  const inputs = resolveInputs(pinned, bare, given(run.input), at);
  if ("problems" in inputs) return { message: inputs.problems.map(inFull).join("; ") };
  return begun(pinned, { ...bare, linked, input: inputs.input }, at);
}

function given(input: Json): Readonly<Record<string, Json>> {
  return isObject(input) ? input : {};
}

/** Another attempt at the step is another child; a look at the same one is not. */
export function childId(parent: string, { round, path, visit }: RunRef, run: Run): string {
  return hashId(["child", parent, round, path, visit, tries(run)]);
}
