import { createHash } from "node:crypto";
import type { Execution } from "../core/execution.ts";
import { groupOf, newExecution, transition } from "../core/index.ts";
import type { Workflow } from "../core/workflow.ts";
import { isBefore, policyOf } from "./groups.ts";
import { resolveInputs } from "./inputs.ts";
import { isLeaving } from "./leaving.ts";
import type { EngineParts } from "./parts.ts";
import type { Started, StartRequest } from "./ports/engine.ts";

/** Starts an execution, once per occurrence; where its concurrency group is held, as the workflow says. */
export async function startExecution(parts: EngineParts, request: StartRequest): Promise<Started> {
  const { workflow, text, files, trigger: _trigger, occurrence, input: given, ...rest } = request;
  const at = parts.clock.now();
  const id = executionId(rest.repository.id, workflow.path, occurrence);
  const bare = newExecution(workflow, { ...rest, id, input: {}, at });
  const inputs = resolveInputs(workflow, bare, given, at);
  if ("problems" in inputs) return { result: "invalid", problems: inputs.problems };
  const blank: Execution = { ...bare, input: inputs.input, slot: null };
  const group = groupOf(workflow, blank, at);
  if (typeof group === "object" && group !== null) {
    const hint = "It may use inputs, the event and the subject: see concurrency in the workflow.";
    return { result: "invalid", problems: [{ code: "HOS324", message: group.problem, hint }] };
  }
  await parts.pinned.pin(workflow, text, files);
  // One that is held takes no place before it is allowed.
  if (group === null || blank.held !== null) {
    const execution = begun(workflow, blank, at);
    return await told(parts, await parts.create(execution), execution);
  }
  return await startInGroup(parts, request, blank, group);
}

async function startInGroup(
  parts: EngineParts,
  { workflow, trigger = null, actor }: StartRequest,
  blank: Execution,
  group: string,
): Promise<Started> {
  const policy = policyOf(workflow, trigger);
  const queues = policy !== "reject";
  const { id: repositoryId } = blank.repository;
  for (;;) {
    const execution = begun(workflow, { ...blank, slot: group }, blank.startedAt);
    // Who waits already goes first, also in the moment in which the group is free.
    const behind = queues && (await parts.groups.isAwaited(repositoryId, group));
    if (!behind) {
      const result = await parts.create(execution);
      if (result === "exists") return await again(parts, policy, actor, execution);
      if (result === "created" && policy === "cancel_running") await supersede(parts, execution, actor);
      if (result === "created") return { result, execution };
    }
    if (policy === "join" && (await hasTaker(parts, repositoryId, group))) {
      // Its wake may have been lost with the process that owed it.
      if (behind) await parts.groups.settle(workflow, execution);
      // And it may be this very start, made before.
      if (behind && (await parts.load(blank.id))) return await again(parts, policy, actor, execution);
      return { result: "slot_taken", execution };
    }
    if (queues) {
      const queued: Execution = { ...blank, revision: 1, wants: group, deadline: null };
      if ((await parts.create(queued)) === "exists") return await again(parts, policy, actor, queued);
      if (policy === "cancel_running") await supersede(parts, queued, actor);
      return { result: "queued", execution: queued };
    }
    const holder = await parts.groups.holder(repositoryId, group);
    if (holder) return { result: "rejected", execution: holder };
    // It has ended since.
  }
}

/**
 * Whether somebody of the group, at work or queued, can be joined. One that is cancelled can't, though its end may take
 * a while: nothing would come of the start, so it waits for its turn instead.
 */
async function hasTaker(parts: EngineParts, repositoryId: number, group: string): Promise<boolean> {
  for (const { id } of await parts.groups.members(repositoryId, group)) {
    if (!(await isLeaving(parts, id))) return true;
  }
  return false;
}

/** The same start once more: whoever made it first may have died before it told those that it supersedes. */
async function again(
  parts: EngineParts,
  policy: string,
  actor: string,
  execution: Execution,
): Promise<Started> {
  const stored = (await parts.load(execution.id)) ?? execution;
  if (policy === "cancel_running" && stored.endedAt === null) await supersede(parts, stored, actor);
  return { result: "exists", execution: stored };
}

/**
 * Cancels all of the group but the newest, which may be another than this one by now. Whoever comes later looks too, so
 * of any two one sees the other.
 */
async function supersede(
  parts: EngineParts,
  { id, repository, slot, wants }: Execution,
  by: string,
): Promise<void> {
  const members = await parts.groups.members(repository.id, slot ?? wants ?? "");
  const newest = members.toSorted((a, b) => (isBefore(a, b) ? 1 : -1))[0];
  for (const each of members) {
    // One cancel, whoever comes after: a second one would break off what cleans up after the first.
    if (each.ending !== null || each.id === newest?.id) continue;
    const message = `superseded/${each.round}`;
    const reason = `superseded by ${newest?.id ?? id}`;
    const body = { type: "commanded", id: message, command: "cancel", by, step: null, reason } as const;
    await parts.send({ id: message, executionId: each.id, at: parts.clock.now(), body });
  }
}

async function told(
  parts: EngineParts,
  result: "created" | "exists" | "slot_taken",
  execution: Execution,
): Promise<Started> {
  if (result !== "exists") return { result, execution };
  return { result, execution: (await parts.load(execution.id)) ?? execution };
}

/** With its first step entered; one that is held stays as it is. */
export function begun(workflow: Workflow, blank: Execution, at: number): Execution {
  const first = transition(workflow, blank, { type: "started", at });
  if ("problem" in first) throw new Error(first.problem.message);
  return { ...first.execution, revision: 1 };
}

/** A start is the same start if repository, workflow and occurrence are the same. */
export function executionId(repository: number, path: string, occurrence: string): string {
  return hashId([repository, path, occurrence]);
}

export function hashId(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
