import type { Execution } from "../core/execution.ts";
import { listAll } from "./lists.ts";
import type { Work } from "./room.ts";

/**
 * The executions that a comment on an issue or pull request may mean, newest first: those of which it is the subject or a
 * linked pull request, and those with a step at work that is about it (`subject` of a step), which asks there.
 */
export async function executionsAt({ room, happening }: Work, number: number): Promise<readonly Execution[]> {
  const here = { repository: happening.repository.id, subject: number } as const;
  const newest = (await room.stores.executions.list(here)).executions;
  // Many that have ended may be newer than one that still runs.
  const unfinished = await listAll(room.stores.executions, { ...here, states: ["running", "paused"] });
  const known = new Set(newest.map(({ id }) => id));
  return [...newest, ...unfinished.filter(({ id }) => !known.has(id))];
}
