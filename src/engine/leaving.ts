import type { Execution } from "../core/execution.ts";
import { defers, isTerminal, transition } from "../core/index.ts";
import type { EngineParts } from "./parts.ts";

/**
 * Whether the execution is cancelled, or is going to be by a message that it has not read yet: what is said to it now
 * leads to nothing.
 */
export async function isLeaving(parts: EngineParts, id: string): Promise<boolean> {
  // Messages before the document: one that was read in between shows in the document.
  const messages = await parts.stores.messages.list(id);
  let execution = await parts.load(id);
  if (!execution) return true;
  const at = parts.clock.now();
  for (const { body } of messages) {
    if (isCancelled(execution)) break;
    const event = { ...body, at };
    // A child's end may name values that are stored apart; that it cancels nothing is known without them.
    if (event.type === "child_finished" || defers(execution, event)) continue;
    const latest = body.type === "commanded" ? body.workflow : undefined;
    const workflow = await parts.pinned.get(latest ?? execution.workflow);
    const next = transition(workflow, execution, event);
    if ("execution" in next) execution = next.execution;
  }
  return isCancelled(execution);
}

function isCancelled({ state, ending }: Execution): boolean {
  return ending?.state === "cancelled" || isTerminal(state);
}
