import type { Clock } from "../../engine/ports/clock.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { PacingRow, PacingStore } from "../../engine/ports/pacing.ts";
import {
  earliestBy,
  gitHubsLimits,
  granted,
  pauseEnd,
  recent,
  type Urgency,
  untouched,
  urgencies,
  type WriteLimits,
} from "./limits.ts";

/**
 * Who may write content when, for each installation and over all processes: without delay below GitHub's limits, above
 * them the more urgent first. One write of the installation's row grants all that may go at that moment.
 */
export interface Pacing {
  /** Resolves when one write may be made. Rejects with the signal's reason, or where the store can't answer. */
  turn(installation: number, urgency: Urgency, signal: AbortSignal): Promise<void>;
  /**
   * As `turn`, but resolves to a time (ms) to come again at as soon as it would take longer than `patienceMs`: who waits
   * for long is not to wait here. Each is told a time of its own.
   */
  turnSoon(
    installation: number,
    urgency: Urgency,
    patienceMs: number,
    signal?: AbortSignal,
  ): Promise<"granted" | number>;
  /** A turn that was not needed, given back at once: whoever waits next has it. */
  giveBack(installation: number): void;
  /** GitHub said that nothing more is taken before `until` (ms). Never rejects. */
  pause(installation: number, until: number): Promise<void>;
}

export interface PacingOptions {
  readonly store: PacingStore;
  readonly clock: Clock;
  readonly log: Log;
  /** GitHub's own unless given. */
  readonly limits?: WriteLimits;
}

/** Where nothing is limited: whoever asks goes at once. */
export const unlimited: Pacing = {
  turn: () => Promise.resolve(),
  turnSoon: () => Promise.resolve("granted"),
  giveBack: () => {},
  pause: () => Promise.resolve(),
};

interface Waiter {
  readonly urgency: Urgency;
  /** When its patience ends (ms). */
  readonly until: number;
  readonly go: (answer: "granted" | number) => void;
  readonly fail: (error: unknown) => void;
}

interface Gate {
  readonly installation: number;
  /** As last read or written here. */
  row: PacingRow | null;
  readonly waiting: Readonly<Record<Urgency, Set<Waiter>>>;
  /** How many of them wait only for a while. */
  impatient: number;
  serving: boolean;
  pausedUntil: number;
  /** Times that others were told to come again at (ms). */
  promised: number[];
  cancel: () => void;
}

const savesTried = 20;

export function createPacing({ store, clock, log, limits = gitHubsLimits }: PacingOptions): Pacing {
  const earliest = earliestBy(limits);
  const gates = new Map<number, Gate>();

  function gateOf(installation: number): Gate {
    const known = gates.get(installation);
    if (known) return known;
    const gate: Gate = {
      installation,
      row: null,
      waiting: { answers: new Set(), people: new Set(), steps: new Set(), news: new Set() },
      impatient: 0,
      serving: false,
      pausedUntil: 0,
      promised: [],
      cancel: () => {},
    };
    gates.set(installation, gate);
    return gate;
  }

  async function read(gate: Gate): Promise<PacingRow> {
    gate.row ??= (await store.get(gate.installation)) ?? untouched(gate.installation);
    const pausedUntil = Math.max(gate.row.pausedUntil, gate.pausedUntil);
    return recent({ ...gate.row, pausedUntil }, clock.now());
  }

  /** Fenced: false where another process has written since the row was read, which then is read anew. */
  async function write(gate: Gate, row: PacingRow): Promise<boolean> {
    const next = { ...row, revision: row.revision + 1 };
    const before = gate.row;
    const written = await store.put(next);
    // A pause may have been noted meanwhile.
    if (gate.row === before) gate.row = written ? next : null;
    return written;
  }

  async function serve(gate: Gate): Promise<void> {
    // Whoever is at it sees those that have come since.
    if (gate.serving) return;
    gate.serving = true;
    gate.cancel();
    gate.cancel = () => {};
    try {
      while (first(gate)) {
        const row = await read(gate);
        sendAway(gate, row);
        const { next, count } = grantAll(gate, row);
        if (count === 0) {
          comeBack(gate, row);
          break;
        }
        if (!(await write(gate, next))) continue;
        for (let given = 0; given < count; given++) first(gate)?.go("granted");
      }
    } catch (error) {
      gate.row = null;
      for (const urgency of urgencies) for (const waiter of gate.waiting[urgency]) waiter.fail(error);
    } finally {
      gate.serving = false;
    }
  }

  /** The row with as many grants as there are waiters that may go now: the most urgent may always go before the rest. */
  function grantAll({ waiting }: Gate, row: PacingRow): { readonly next: PacingRow; readonly count: number } {
    const now = clock.now();
    let next = row;
    let count = 0;
    for (const urgency of urgencies) {
      for (let left = waiting[urgency].size; left > 0; left--) {
        if (earliest(next, urgency, now) > now) return { next, count };
        next = granted(next, now);
        count += 1;
      }
    }
    return { next, count };
  }

  /** Those whose patience ends before their turn would come. */
  function sendAway(gate: Gate, row: PacingRow): void {
    const now = clock.now();
    let virtual = row;
    let unseen = gate.impatient;
    for (const urgency of urgencies) {
      for (const waiter of gate.waiting[urgency]) {
        if (unseen === 0) return;
        if (waiter.until !== Number.POSITIVE_INFINITY) unseen -= 1;
        const at = earliest(virtual, urgency, now);
        if (at <= Math.max(waiter.until, now)) virtual = granted(virtual, at);
        else waiter.go(promise(gate, virtual, waiter));
      }
    }
  }

  /** A time at which there will be room, as far as can be told here, which nobody else was told. */
  function promise(gate: Gate, row: PacingRow, { urgency, until }: Waiter): number {
    const now = clock.now();
    gate.promised = gate.promised.filter((at) => at > now);
    const grants = [...row.grants, ...gate.promised].toSorted((a, b) => a - b);
    const at = earliest({ ...row, grants }, urgency, now);
    // Who would not have waited at all only wanted to know.
    if (until > now) gate.promised.push(at);
    return at;
  }

  function comeBack(gate: Gate, row: PacingRow): void {
    const next = first(gate);
    if (!next) return;
    gate.cancel = clock.at(earliest(row, next.urgency, clock.now()), () => void serve(gate));
  }

  function wait(
    installation: number,
    urgency: Urgency,
    until: number,
    signal?: AbortSignal,
  ): Promise<"granted" | number> {
    const gate = gateOf(installation);
    const impatient = until !== Number.POSITIVE_INFINITY;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const left = () => {
        signal?.removeEventListener("abort", leave);
        gate.waiting[urgency].delete(waiter);
        if (impatient) gate.impatient -= 1;
      };
      const leave = () => {
        left();
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        urgency,
        until,
        go: (answer) => {
          left();
          resolve(answer);
        },
        fail: (error) => {
          left();
          reject(error);
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      gate.waiting[urgency].add(waiter);
      if (impatient) gate.impatient += 1;
      void serve(gate);
    });
  }

  return {
    async turn(installation, urgency, signal) {
      await wait(installation, urgency, Number.POSITIVE_INFINITY, signal);
    },
    turnSoon: (installation, urgency, patienceMs, signal) =>
      wait(installation, urgency, clock.now() + patienceMs, signal),
    giveBack(installation) {
      first(gateOf(installation))?.go("granted");
    },
    async pause(installation, until) {
      const gate = gateOf(installation);
      const end = pauseEnd(until, clock.now());
      gate.pausedUntil = Math.max(gate.pausedUntil, end);
      try {
        for (let tried = 0; tried < savesTried; tried++) {
          const stored = await store.get(installation);
          if (stored && stored.pausedUntil >= end) return;
          gate.row = stored;
          if (await write(gate, await read(gate))) return;
        }
        log.warn({ installation }, "a pause that GitHub asked for could not be noted for other processes");
      } catch (error) {
        log.warn(
          { installation, err: error },
          "a pause that GitHub asked for could not be noted for other processes",
        );
      }
    },
  };
}

function first({ waiting }: Gate): Waiter | undefined {
  for (const urgency of urgencies) for (const waiter of waiting[urgency]) return waiter;
  return undefined;
}
