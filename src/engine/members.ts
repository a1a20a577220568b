import { randomUUID } from "node:crypto";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { MemberStore, Members } from "./ports/members.ts";

export interface Membership extends Members {
  /** Gives its first sign, and from then on one every two seconds. Rejects where the store can't answer. */
  start(): Promise<void>;
  /** Gives no more signs and is forgotten: what it held is free at once. */
  stop(): Promise<void>;
}

const beatMs = 2_000;
/** Four signs missed: what a process holds is not taken from it for a short stop. */
const lostMs = 8_000;

interface Seen {
  readonly beats: number;
  /** When this process first read that number, by its own clock: no two clocks have to agree. */
  readonly at: number;
}

export interface MembershipOptions {
  readonly store: MemberStore;
  readonly clock: Clock;
  readonly log: Log;
  /** False where no other process can open the stores: then no signs are given, and any other is gone. */
  readonly shared: boolean;
}

/** Which of the processes that share the stores are alive, by signs in the database. */
export function createMembership({ store, clock, log, shared }: MembershipOptions): Membership {
  const self = randomUUID();
  let seen = new Map<string, Seen>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  let beats = 0;
  let stopped = false;
  let cancel = () => {};
  let beating: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const members = await store.list();
    const now = clock.now();
    // Who could not look for a while, as one that was frozen or cut off, has not heard the signs given meanwhile.
    const before = isCurrent(now) ? seen : new Map<string, Seen>();
    lookedAt = now;
    seen = new Map(
      members.map(({ id, beats: read }) => {
        const known = before.get(id);
        return [id, known?.beats === read ? known : { beats: read, at: now }];
      }),
    );
    const lost = [...seen].filter(([id, { at }]) => id !== self && now - at >= 10 * lostMs);
    for (const [id] of lost) await store.remove(id);
  }

  function isCurrent(now: number): boolean {
    return now - lookedAt < lostMs / 2;
  }

  async function beat(): Promise<void> {
    beats += 1;
    await store.beat(self, beats);
    await look();
  }

  function beatAgain(): void {
    if (stopped) return;
    cancel = clock.at(clock.now() + beatMs, () => {
      beating = beat()
        .catch((error: unknown) => log.warn({ err: error }, "no sign of life could be given; trying again"))
        .finally(beatAgain);
    });
  }

  function lives(id: string): boolean {
    const last = seen.get(id);
    return id === self || (last !== undefined && clock.now() - last.at < lostMs);
  }

  return {
    self,
    async start() {
      if (!shared) return;
      await beat();
      beatAgain();
    },
    async stop() {
      stopped = true;
      cancel();
      await beating;
      if (shared) await store.remove(self).catch(() => {});
    },
    async isAlive(id) {
      if (!shared || id === self) return id === self;
      // One that has begun since the last look is not known yet.
      if (!seen.has(id) || !isCurrent(clock.now())) await look();
      return lives(id);
    },
    async alive() {
      if (!shared) return [self];
      if (!isCurrent(clock.now())) await look();
      return [self, ...[...seen.keys()].filter((id) => id !== self && lives(id))];
    },
  };
}
