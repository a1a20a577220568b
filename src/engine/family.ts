import { workAt } from "../core/draft.ts";
import type { ChildFinished, Commanded, Event } from "../core/event.ts";
import type { Execution } from "../core/execution.ts";
import { isTerminal, owedEffects, refOf } from "../core/index.ts";
import { runAt } from "../core/results.ts";
import type { Workflow } from "../core/workflow.ts";
import { startChild } from "./child.ts";
import type { EngineParts } from "./parts.ts";

type Order = "pause" | "resume" | "cancel";

/** The children it waits for, and the state that each is to be in. */
function minded(workflow: Workflow, execution: Execution): ReadonlyMap<string, "running" | "paused"> {
  const found = new Map<string, "running" | "paused">();
  if (workflow.children.size === 0) return found;
  for (const effect of owedEffects(workflow, execution)) {
    if (effect.type === "mind_child" && effect.state !== "cancelled") found.set(effect.child, effect.state);
  }
  return found;
}

/** What one save took in that concerns children. */
export interface Taken {
  /** Children that attempts have just started. */
  readonly begun: readonly string[];
  /** Children whose end was told. */
  readonly finished: readonly string[];
}

/** After a save: children whose parent now waits in another state are told so, and those nobody waits for to end. */
export async function tellChildren(
  parts: EngineParts,
  workflow: Workflow,
  before: Execution,
  after: Execution,
  { begun, finished }: Taken,
): Promise<void> {
  const earlier = minded(workflow, before);
  const later = minded(workflow, after);
  for (const [child, state] of later) {
    // A child begins running, whatever its parent is.
    if ((earlier.get(child) ?? "running") === state) continue;
    await order(parts, child, after, state === "paused" ? "pause" : "resume");
  }
  for (const child of new Set([...earlier.keys(), ...begun])) {
    if (!later.has(child) && !finished.includes(child)) await order(parts, child, after, "cancel");
  }
}

/**
 * Ids are the same after a crash, and say what was ordered: the child keeps them for a while. There is one cancel: a
 * second would break off what cleans up after the first.
 */
async function order(parts: EngineParts, child: string, parent: Execution, command: Order): Promise<void> {
  const id = command === "cancel" ? `${child}/cancel` : `${child}/${command}/${parent.revision}`;
  const said = parent.timeline.findLast(({ what, by }) => what === command && by !== null);
  const reason = `by the execution ${parent.id}, whose step it is`;
  const by = said?.by ?? parent.actor;
  const body: Commanded = { type: "commanded", id, command, by, step: null, reason };
  await parts.send({ id, executionId: child, at: parts.clock.now(), body });
}

/** A child that nobody waits for any more is to end. */
export async function orphan(parts: EngineParts, child: string, parent: Execution): Promise<void> {
  await order(parts, child, parent, "cancel");
}

/** What a parent ordered last, as far as the child remembers. */
function lastOrder({ id, consumed }: Execution): string | null {
  const heard = consumed.findLast((each) => each.startsWith(`${id}/`));
  return heard?.split("/").at(1) ?? null;
}

/** An execution that has ended tells its parent, in each round anew; the parent knows what it waits for. */
export async function tellParent(parts: EngineParts, child: Execution): Promise<void> {
  const { parent, state, ending } = child;
  if (parent === null || !isTerminal(state)) return;
  const id = `${child.id}/${child.round}`;
  const body: ChildFinished = {
    type: "child_finished",
    id,
    run: parent.run,
    child: child.id,
    state,
    outputs: await parts.large.valueApart(child.outputs, parent.execution),
    error: ending?.error ?? null,
  };
  await parts.send({ id, executionId: parent.execution, at: parts.clock.now(), body });
}

/**
 * What a process that is gone may have left untold between this execution, its parent and its children, told again.
 * From both sides, since only those that have not ended are taken up again.
 */
export async function settleFamily(
  parts: EngineParts,
  workflow: Workflow,
  execution: Execution,
): Promise<void> {
  for (const effect of owedEffects(workflow, execution)) {
    if (effect.type === "mind_child") await settleChild(parts, workflow, execution, effect);
  }
  await settleParent(parts, execution);
}

async function settleChild(
  parts: EngineParts,
  workflow: Workflow,
  parent: Execution,
  { child: id, state }: { readonly child: string; readonly state: "running" | "paused" | "cancelled" },
): Promise<void> {
  const child = await parts.load(id);
  if (!child) return await startAgain(parts, workflow, parent, id);
  if (isTerminal(child.state)) return await tellParent(parts, child);
  const heard = lastOrder(child);
  // A pause that was not ours (a person's, a spent budget) is not ours to end.
  if (state === "paused" && child.state === "running" && heard !== "pause")
    await order(parts, id, parent, "pause");
  if (state === "running" && child.state === "paused" && heard === "pause")
    await order(parts, id, parent, "resume");
}

/** A child is stored before its parent waits for it: one that is not there has been removed since. */
async function startAgain(
  parts: EngineParts,
  workflow: Workflow,
  parent: Execution,
  id: string,
): Promise<void> {
  for (const path of Object.keys(parent.steps)) {
    const found = workAt({ workflow, execution: parent }, path);
    const kind = found?.at.step.kind;
    if (!found || kind?.kind !== "workflow") continue;
    const { waiting } = found.run;
    if (waiting?.for !== "child" || waiting.execution !== id) continue;
    const run = refOf(path, found.run);
    await startChild(parts, { workflow, execution: parent, run, reference: kind.workflow });
  }
}

async function settleParent(parts: EngineParts, child: Execution): Promise<void> {
  // A later round is a person's doing, and nobody needs to wait for it.
  if (child.parent === null || child.round > 1 || isTerminal(child.state)) return;
  const parent = await parts.load(child.parent.execution);
  if (parent && (await isAwaited(parts, parent, child))) return;
  await order(parts, child.id, parent ?? child, "cancel");
}

/** Whether that very attempt of the parent waits for this child, or is about to. */
async function isAwaited(parts: EngineParts, parent: Execution, child: Execution): Promise<boolean> {
  if (child.parent === null) return false;
  const draft = {
    workflow: await parts.pinned.get(parent.workflow),
    execution: parent,
    at: parent.updatedAt,
  };
  const waiting = runAt(draft, child.parent.run)?.run.waiting;
  return waiting === null || (waiting?.for === "child" && waiting.execution === child.id);
}

/** A child that ends at once may be quicker than the save that says it is waited for: its word is kept until then. */
export function isEarly(workflow: Workflow, execution: Execution, event: Event): boolean {
  if (event.type !== "child_finished") return false;
  return runAt({ workflow, execution, at: event.at }, event.run)?.run.waiting === null;
}
