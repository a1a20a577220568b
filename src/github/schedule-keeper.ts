import PQueue from "p-queue";
import { lastTick, nextTick } from "../definition/cron.ts";
import type { Clock, Log, Schedule, ScheduleStore } from "../engine/ports/index.ts";
import { readFailure } from "./failures.ts";

export interface ScheduleKeeper {
  /** A schedule fires at `at` (ms): the timer is set to it if it is the earliest. */
  expect(at: number): void;
  /** Sets the timer by what is stored; what was missed meanwhile fires at once. */
  start(): Promise<void>;
  /** Begins no more and resolves when what is under way is done; the rest is due at the next start. */
  stop(): Promise<void>;
  /** Resolves when nothing is being fired. */
  idle(): Promise<void>;
}

export interface ScheduleKeeperOptions {
  readonly store: ScheduleStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Where other processes store schedules too: how often to look for theirs (ms). */
  readonly lookMs?: number | undefined;
  /**
   * Starts what the schedule starts at this tick (ms) and says what came of it. Idempotent by schedule and tick: after a
   * crash it is called again.
   */
  readonly fire: (schedule: Schedule, tick: number) => Promise<string>;
}

const page = 500;
const concurrency = 8;
/** When the store can't answer. */
const storeRetryMs = 1_000;
/** When GitHub can't, and names no time of its own. */
const fireRetryMs = 60_000;
/** For a schedule that has no next tick any more: it is gone once its repository's set is brought up to date. */
const yearMs = 366 * 86_400_000;

/**
 * One timer for all schedules: for the earliest `next` in the store, so that they cost no memory and survive every crash.
 * Ticks missed while nobody listened fire once, as the newest of them. A start comes before the advance: a crash between
 * the two repeats the start of the same tick, which then exists, and with several processes each tick is started once.
 */
export function createScheduleKeeper({
  store,
  clock,
  log,
  lookMs = Number.POSITIVE_INFINITY,
  fire,
}: ScheduleKeeperOptions): ScheduleKeeper {
  const pool = new PQueue({ concurrency });
  let armed = Number.POSITIVE_INFINITY;
  let cancel = () => {};
  let running = false;
  let starting: Promise<void> | null = null;
  let ringing: Promise<void> | null = null;
  let again = false;

  function expect(at: number): void {
    if (!running || at >= armed) return;
    cancel();
    armed = at;
    cancel = clock.at(at, () => {
      armed = Number.POSITIVE_INFINITY;
      again = true;
      ringing ??= ringOut();
    });
  }

  async function ringOut(): Promise<void> {
    for (;;) {
      again = false;
      await ring();
      if (!again || !running) break;
    }
    ringing = null;
  }

  /** Fires all that is due and sets the timer to what is due next. */
  async function ring(): Promise<void> {
    try {
      for (;;) {
        const due = await store.due(clock.now(), page);
        await pool.addAll(due.map((schedule) => () => take(schedule)));
        if (due.length < page || !running) break;
      }
      await arm();
    } catch (error) {
      log.error({ err: error }, "schedules could not be read or advanced; trying again");
      expect(clock.now() + storeRetryMs);
    }
  }

  async function begin(): Promise<void> {
    try {
      await arm();
    } catch (error) {
      log.error({ err: error }, "schedules could not be read; trying again");
      expect(clock.now() + storeRetryMs);
    }
  }

  async function arm(): Promise<void> {
    const next = (await store.nextDue()) ?? Number.POSITIVE_INFINITY;
    const at = Math.min(next, clock.now() + lookMs);
    if (at < Number.POSITIVE_INFINITY) expect(at);
  }

  /** Rejects where the store can't answer. */
  async function take(schedule: Schedule): Promise<void> {
    if (!running) return;
    const { id, cron, timezone, next } = schedule;
    const now = clock.now();
    const tick = lastTick(cron, timezone, now) ?? next;
    const place = { repository: schedule.repository, path: schedule.path, cron, timezone, tick };
    let retryAt: number | null = null;
    try {
      log.info({ ...place, outcome: await fire(schedule, tick) }, "schedule fired");
    } catch (error) {
      const failure = readFailure(error, now);
      // A repository that is gone or suspended is asked again at its next tick: it may come back.
      if (failure.transient) retryAt = Math.max(now + fireRetryMs, failure.notBefore ?? 0);
      log.warn({ ...place, retryAt, err: error }, "a schedule could not be fired");
    }
    await store.advance(id, next, retryAt ?? nextTick(cron, timezone, now) ?? now + yearMs);
  }

  return {
    expect,
    start: () => {
      running = true;
      starting = begin();
      return starting;
    },
    stop: async () => {
      running = false;
      cancel();
      armed = Number.POSITIVE_INFINITY;
      await starting;
      await ringing;
    },
    idle: async () => {
      await starting;
      await ringing;
    },
  };
}
