import type { Clock } from "../../engine/ports/clock.ts";
import type { Members } from "../../engine/ports/members.ts";

/** What no sign tells of is found after this (ms): a process that came and went between two looks. */
const anywayMs = 2 * 60_000;

export interface OwedWalkOptions {
  readonly members: Pick<Members, "alive">;
  readonly clock: Clock;
  /** Goes through all that may be owed. */
  readonly walk: () => Promise<void>;
}

/**
 * Looks after what is owed only where a process is gone since the last time: a living one has its own in hand, and to go
 * through a hundred thousand executions every few seconds would be dear. Rejects as `walk` does, to be tried again.
 */
export function createOwedWalk({ members, clock, walk }: OwedWalkOptions): () => Promise<void> {
  let known: readonly string[] | null = null;
  let walkedAt = 0;
  return async () => {
    const alive = await members.alive();
    const now = clock.now();
    const gone = known === null || known.some((id) => !alive.includes(id));
    if (gone || now - walkedAt >= anywayMs) {
      await walk();
      walkedAt = now;
    }
    known = alive;
  };
}
