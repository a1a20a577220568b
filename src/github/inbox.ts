import PQueue from "p-queue";
import type { JsonObject } from "../core/json.ts";
import type { Clock, Delivery, DeliveryStore, Log } from "../engine/ports/index.ts";
import { readFailure } from "./failures.ts";
import { numberAt } from "./payload.ts";

export interface IncomingDelivery {
  readonly id: string;
  readonly event: string;
  readonly payload: JsonObject;
}

export type Accepted =
  | { readonly result: "stored" | "duplicate" }
  | { readonly result: "unavailable"; readonly cause: unknown };

export interface Inbox {
  /** Stores the delivery before GitHub gets its answer; never rejects. */
  accept(incoming: IncomingDelivery): Promise<Accepted>;
  /** Takes up what is stored without an outcome, and from now on whatever is accepted. */
  start(): void;
  /** Takes no more and resolves when what is under way is done; the rest is taken up at the next start. */
  stop(): Promise<void>;
  /** Resolves when nothing is being processed; deliveries that wait for another try do not count. */
  idle(): Promise<void>;
}

export interface InboxOptions {
  readonly deliveries: DeliveryStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Does a delivery's work and says what came of it. Idempotent: after a crash it is done again. */
  readonly process: (delivery: Delivery) => Promise<string>;
  /** Repositories worked on at once. */
  readonly concurrency?: number;
  /** Deliveries held in memory; more stay in the store until there is room. */
  readonly held?: number;
}

export const MAX_ATTEMPTS = 5;
const STORE_RETRY_MS = 5_000;

interface Item {
  readonly delivery: Delivery;
  /** Known, but not yet written. */
  readonly outcome: string | null;
}

/** Milliseconds before another attempt: 2 s, 8 s, 32 s, 128 s. */
function backoffMs(attempt: number): number {
  return 2_000 * 4 ** (attempt - 1);
}

/**
 * Deliveries in, outcomes written. One lane per repository keeps its deliveries in order (a try again holds back those
 * behind it); lanes run side by side.
 */
export function createInbox(options: InboxOptions): Inbox {
  const { deliveries, clock, log, process } = options;
  const limit = options.held ?? 500;
  const pool = new PQueue({ concurrency: options.concurrency ?? 8 });
  /** Per repository, oldest first; the head is under way or waits for another try. */
  const lanes = new Map<string, Item[]>();
  const held = new Set<string>();
  const timers = new Set<() => void>();
  let running = false;
  /** True while the store may hold deliveries that are not in a lane; then new ones wait their turn there too. */
  let backlog = true;
  let missed = false;
  let reading = false;
  let lastReceivedAt = 0;
  /** Finished while the store was being read: what was read of them is out of date. */
  const settled = new Set<string>();

  function later(at: number, call: () => void): void {
    const cancel = clock.at(at, () => {
      timers.delete(cancel);
      call();
    });
    timers.add(cancel);
  }

  function enqueue(delivery: Delivery): void {
    if (held.has(delivery.id)) return;
    held.add(delivery.id);
    const key = laneOf(delivery);
    const lane = lanes.get(key);
    if (lane !== undefined) {
      lane.push({ delivery, outcome: null });
      return;
    }
    lanes.set(key, [{ delivery, outcome: null }]);
    pump(key);
  }

  function pump(key: string): void {
    if (running) void pool.add(() => work(key));
  }

  async function work(key: string): Promise<void> {
    const lane = lanes.get(key);
    const item = lane?.[0];
    if (lane === undefined || item === undefined) return;
    const next = await attempt(item);
    if (next !== null) {
      lane[0] = next.item;
      if (running) later(next.at, () => pump(key));
      return;
    }
    lane.shift();
    held.delete(item.delivery.id);
    if (reading) settled.add(item.delivery.id);
    if (lane.length > 0) pump(key);
    else lanes.delete(key);
    if (backlog && held.size <= limit / 2) takeUp();
  }

  /** Null when the outcome is written, else what to do again and when. Never rejects. */
  async function attempt(item: Item): Promise<{ readonly item: Item; readonly at: number } | null> {
    let { delivery, outcome } = item;
    try {
      if (outcome === null && delivery.attempts >= MAX_ATTEMPTS) {
        outcome = `failed: given up after ${delivery.attempts} attempts`;
      }
      if (outcome === null) {
        const begun = { ...delivery, attempts: delivery.attempts + 1 };
        // Written first, so that a delivery that takes the process down with it is given up in the end.
        await deliveries.update(begun);
        delivery = begun;
        const result = await once(delivery);
        if (typeof result === "number") return { item: { delivery, outcome: null }, at: result };
        outcome = result;
      }
      await deliveries.update({ ...delivery, outcome });
      log.info({ delivery: delivery.id, event: delivery.event, outcome }, "delivery processed");
      return null;
    } catch (error) {
      log.error({ delivery: delivery.id, err: error }, "the delivery's progress could not be stored");
      return { item: { delivery, outcome }, at: clock.now() + STORE_RETRY_MS };
    }
  }

  /** The outcome, or when to try again (ms). */
  async function once(delivery: Delivery): Promise<string | number> {
    try {
      return await process(delivery);
    } catch (error) {
      const now = clock.now();
      const failure = readFailure(error, now);
      const again = failure.transient && delivery.attempts < MAX_ATTEMPTS;
      log.warn({ delivery: delivery.id, attempt: delivery.attempts, again, err: error }, "a delivery failed");
      if (again) return Math.max(now + backoffMs(delivery.attempts), failure.notBefore ?? 0);
      return `failed: ${failure.message}`;
    }
  }

  function takeUp(): void {
    if (!running || reading) return;
    reading = true;
    void pool.add(async () => {
      try {
        do {
          missed = false;
          settled.clear();
          const rows = await deliveries.unfinished(2 * limit);
          const found = rows.filter(({ id }) => !settled.has(id));
          for (const delivery of found) if (held.size < limit) enqueue(delivery);
          backlog = missed || rows.length === 2 * limit || found.some(({ id }) => !held.has(id));
        } while (missed && held.size < limit);
      } catch (error) {
        log.error({ err: error }, "stored deliveries could not be read");
        if (running) later(clock.now() + STORE_RETRY_MS, takeUp);
      } finally {
        reading = false;
      }
    });
  }

  return {
    accept: async ({ id, event, payload }) => {
      // Never the same twice: what is read again after a crash comes in the order it came in.
      lastReceivedAt = Math.max(clock.now(), lastReceivedAt + 1);
      const delivery = { id, event, payload, receivedAt: lastReceivedAt, outcome: null, attempts: 0 };
      try {
        if (!(await deliveries.add(delivery))) return { result: "duplicate" };
      } catch (cause) {
        log.error({ delivery: id, err: cause }, "a delivery could not be stored");
        return { result: "unavailable", cause };
      }
      if (backlog || held.size >= limit) {
        backlog = true;
        missed = true;
      } else {
        enqueue(delivery);
      }
      return { result: "stored" };
    },
    start: () => {
      running = true;
      takeUp();
    },
    stop: async () => {
      running = false;
      for (const cancel of timers) cancel();
      timers.clear();
      pool.clear();
      await pool.onIdle();
      lanes.clear();
      held.clear();
      backlog = true;
      reading = false;
    },
    idle: () => pool.onIdle(),
  };
}

function laneOf(delivery: Delivery): string {
  return String(numberAt(delivery.payload, "repository", "id") ?? "none");
}
