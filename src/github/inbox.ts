import PQueue from "p-queue";
import type { JsonObject } from "../core/json.ts";
import {
  type Clock,
  type Delivery,
  type DeliveryStore,
  type Log,
  type Members,
  within,
} from "../engine/ports/index.ts";
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
  /** Takes up what nobody alive has in hand, and from now on whatever is accepted. */
  start(): void;
  /** Takes up what members had in hand that are gone by now; each is taken by one process. Rejects where the store can't answer. */
  adopt(): Promise<void>;
  /** Takes no more and resolves when what is under way is done; the rest is for the others, or the next start. */
  stop(): Promise<void>;
  /** Resolves when nothing is being processed; deliveries that wait for another try do not count. */
  idle(): Promise<void>;
}

export interface InboxOptions {
  readonly deliveries: DeliveryStore;
  readonly members: Members;
  readonly clock: Clock;
  readonly log: Log;
  /** Does a delivery's work and says what came of it. Idempotent: after a crash it is done again. */
  readonly process: (delivery: Delivery) => Promise<string>;
  /** Repositories worked on at once. */
  readonly concurrency?: number;
  /** Deliveries held in memory; more stay in the store until there is room. */
  readonly held?: number;
}

/** Attempts that no process survived: one more is not made. */
const MAX_DEATHS = 5;
/** Tries in a row, before those behind it go first and it is tried again only every few minutes. */
const MAX_TRIES = 5;
const LATER_MS = 5 * 60_000;
/** For so long GitHub may be down. */
const LONGEST_MS = 24 * 60 * 60_000;
const STORE_RETRY_MS = 1_000;
/** GitHub waits ten seconds for its answer, and keeps what is refused to deliver it again when it is asked to. */
const STORE_MS = 5_000;

interface Item {
  readonly delivery: Delivery;
  /** Known, but not yet written. */
  readonly outcome: string | null;
  /** Failures in a row that may pass, in this process. */
  readonly tries: number;
}

/** What is to be done again, and when (ms); `aside`: those behind it need not wait for it. */
interface Again {
  readonly item: Item;
  readonly at: number;
  readonly aside: boolean;
}

/** Milliseconds before another attempt: 2 s, 8 s, 32 s, 128 s. */
function backoffMs(attempt: number): number {
  return 2_000 * 4 ** (attempt - 1);
}

/**
 * Deliveries in, outcomes written. One lane per repository keeps its deliveries in order (a try again holds back those
 * behind it); lanes run side by side. Where several processes share the store, each works on what it accepted itself, and
 * takes over what one that is gone has left; every write is fenced, so that of two that have the same one in hand (a
 * process was frozen, and went on) the first to lose it drops it.
 */
export function createInbox(options: InboxOptions): Inbox {
  const { deliveries, members, clock, log, process } = options;
  const { self } = members;
  const limit = options.held ?? 500;
  const pool = new PQueue({ concurrency: options.concurrency ?? 8 });
  /** Per repository, oldest first; the head is under way or waits for another try. */
  const lanes = new Map<string, Item[]>();
  const held = new Set<string>();
  /** How many of those wait aside, and take no room from the others. */
  let aside = 0;
  const timers = new Set<() => void>();
  let running = false;
  /** True while the store may hold deliveries of ours that are not in a lane; then new ones wait their turn there too. */
  let backlog = true;
  let missed = false;
  let reading = false;
  /** A timer is set to read the store again. */
  let waiting = false;
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
    line({ delivery, outcome: null, tries: 0 });
  }

  function comeBack(item: Item): void {
    aside -= 1;
    line(item);
  }

  function line(item: Item): void {
    const { delivery } = item;
    const key = laneOf(delivery);
    const lane = lanes.get(key);
    if (lane !== undefined) {
      // One taken over may be older than those that came here; the head is under way.
      const before = lane.findLastIndex((other) => other.delivery.receivedAt <= delivery.receivedAt);
      lane.splice(Math.max(1, before + 1), 0, item);
      return;
    }
    lanes.set(key, [item]);
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
    if (next !== null && !next.aside) {
      lane[0] = next.item;
      if (running) later(next.at, () => pump(key));
      return;
    }
    lane.shift();
    if (next !== null) {
      aside += 1;
      if (running) later(next.at, () => comeBack(next.item));
    } else {
      held.delete(item.delivery.id);
      if (reading) settled.add(item.delivery.id);
    }
    if (lane.length > 0) pump(key);
    else lanes.delete(key);
    if (backlog && held.size - aside <= limit / 2) takeUp();
  }

  /** The delivery as it is stored now; null where another process has taken it up. */
  async function save(delivery: Delivery): Promise<Delivery | null> {
    const next = { ...delivery, revision: delivery.revision + 1 };
    if (await deliveries.update(next)) return next;
    // A write whose answer was lost has been made.
    const stored = await deliveries.get(delivery.id);
    if (stored?.holder === self && stored.revision === next.revision) return next;
    log.warn({ delivery: delivery.id }, "another process has taken up a delivery");
    return null;
  }

  /** Null when the outcome is written or the delivery lost, else what to do again and when. Never rejects. */
  async function attempt(item: Item): Promise<Again | null> {
    let { delivery, outcome } = item;
    try {
      const deaths = delivery.attempts - (delivery.survived ?? 0);
      if (outcome === null && deaths >= MAX_DEATHS) {
        outcome = `failed: given up after ${deaths} attempts that its process did not survive`;
      }
      if (outcome === null) {
        // Written first, so that a delivery that takes the process down with it is given up in the end.
        const begun = await save({ ...delivery, attempts: delivery.attempts + 1 });
        if (begun === null) return null;
        delivery = begun;
        const result = await once(delivery, item.tries);
        if (typeof result !== "string") {
          const survived = (delivery.survived ?? 0) + 1;
          return {
            item: { delivery: { ...delivery, survived }, outcome: null, tries: result.tries },
            ...result,
          };
        }
        outcome = result;
      }
      if ((await save({ ...delivery, outcome })) !== null) {
        log.info({ delivery: delivery.id, event: delivery.event, outcome }, "delivery processed");
      }
      return null;
    } catch (error) {
      log.error({ delivery: delivery.id, err: error }, "the delivery's progress could not be stored");
      return { item: { ...item, delivery, outcome }, at: clock.now() + STORE_RETRY_MS, aside: false };
    }
  }

  /** The outcome, or when to try again (ms). Who was told to come later loses no try by it. */
  async function once(
    delivery: Delivery,
    before: number,
  ): Promise<string | { readonly at: number; readonly tries: number; readonly aside: boolean }> {
    try {
      return await process(delivery);
    } catch (error) {
      const now = clock.now();
      const { transient, notBefore, message } = readFailure(error, now);
      const again = transient && now - delivery.receivedAt < LONGEST_MS;
      log.warn({ delivery: delivery.id, attempt: delivery.attempts, again, err: error }, "a delivery failed");
      if (!again) return `failed: ${message}`;
      if (notBefore !== null) return { at: Math.max(notBefore, now + 1_000), tries: before, aside: false };
      const tries = before + 1;
      const often = tries < MAX_TRIES;
      return { at: now + (often ? backoffMs(tries) : LATER_MS), tries, aside: !often };
    }
  }

  /** Takes over as many as there is room for; how many those are. */
  async function claim(): Promise<number> {
    const room = limit - (held.size - aside);
    if (room <= 0) return 0;
    const left = await deliveries.unfinished(room, { noneOf: await members.alive() });
    const holders = [...new Set(left.map(({ holder }) => holder))];
    const gone = new Set<string | null>();
    // One that has begun a moment ago is not among the members that were known.
    for (const holder of holders) {
      if (holder === null || !(await members.isAlive(holder))) gone.add(holder);
    }
    const taken = await Promise.all(
      left
        .filter(({ holder }) => gone.has(holder))
        .map((one) => deliveries.update({ ...one, holder: self, revision: one.revision + 1 })),
    );
    const count = taken.filter(Boolean).length;
    if (count > 0) log.info({ deliveries: count }, "deliveries that nobody had in hand are taken up");
    return count;
  }

  function takeUpLater(): void {
    if (!running || waiting) return;
    waiting = true;
    later(clock.now() + STORE_RETRY_MS, () => {
      waiting = false;
      takeUp();
    });
  }

  function takeUp(): void {
    if (!running || reading) return;
    reading = true;
    void pool.add(async () => {
      try {
        do {
          missed = false;
          settled.clear();
          const claimed = await claim();
          const most = 2 * limit + aside;
          const rows = await deliveries.unfinished(most, { member: self });
          const found = rows.filter(({ id }) => !settled.has(id));
          for (const delivery of found) if (held.size - aside < limit) enqueue(delivery);
          backlog = missed || claimed > 0 || rows.length === most || found.some(({ id }) => !held.has(id));
        } while (missed && held.size - aside < limit);
      } catch (error) {
        log.error({ err: error }, "stored deliveries could not be read");
        takeUpLater();
      } finally {
        reading = false;
      }
    });
  }

  return {
    accept: async ({ id, event, payload }) => {
      // Never the same twice: what is read again after a crash comes in the order it came in.
      lastReceivedAt = Math.max(clock.now(), lastReceivedAt + 1);
      const delivery: Delivery = {
        id,
        event,
        payload,
        receivedAt: lastReceivedAt,
        outcome: null,
        attempts: 0,
        holder: self,
        revision: 1,
      };
      const adding = deliveries.add(delivery);
      try {
        if (!(await within(clock, STORE_MS, adding))) return { result: "duplicate" };
      } catch (cause) {
        log.error({ delivery: id, err: cause }, "a delivery could not be stored");
        // It may have been, or may be yet, and only the answer was lost: then it comes again as one that is known.
        const look = () => {
          backlog = true;
          missed = true;
          takeUpLater();
        };
        adding.then(look, look);
        return { result: "unavailable", cause };
      }
      if (backlog || held.size - aside >= limit) {
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
    adopt: async () => {
      if (!running || (await claim()) === 0) return;
      missed = true;
      takeUp();
    },
    stop: async () => {
      running = false;
      for (const cancel of timers) cancel();
      timers.clear();
      waiting = false;
      pool.clear();
      await pool.onIdle();
      lanes.clear();
      held.clear();
      aside = 0;
      backlog = true;
      reading = false;
    },
    idle: () => pool.onIdle(),
  };
}

function laneOf(delivery: Delivery): string {
  return String(numberAt(delivery.payload, "repository", "id") ?? "none");
}
