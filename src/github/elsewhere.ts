import type { Execution } from "../core/execution.ts";
import { listAll } from "./lists.ts";
import type { Work } from "./room.ts";

/** Unfinished executions looked through for a step that is about this issue: the newest ones. */
const scanned = 1_000;

/**
 * The executions that a comment on an issue or pull request may mean, newest first: those of which it is the subject or a
 * linked pull request, and those with a step at work that is about it (`subject` of a step), which asks there.
 */
export async function executionsAt({ room, happening }: Work, number: number): Promise<readonly Execution[]> {
  const repository = happening.repository.id;
  const own = (await room.stores.executions.list({ repository, subject: number })).executions;
  const known = new Set(own.map(({ id }) => id));
  const unfinished = { repository, states: ["running", "paused"] } as const;
  const others = await listAll(room.stores.executions, unfinished, scanned);
  return [...own, ...others.filter((one) => !known.has(one.id) && hasStepAbout(one, number))];
}

function hasStepAbout({ steps }: Execution, number: number): boolean {
  return Object.values(steps).some(({ runs }) => {
    const run = runs.at(-1);
    return run?.state === "running" && run.subject === number;
  });
}
