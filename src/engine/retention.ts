import { createDuty, type Duty } from "./duty.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { SharedQueue } from "./ports/queue.ts";
import type { Place, Removed } from "./ports/retention.ts";
import type { Stores } from "./ports/store.ts";

export interface CleaningOptions {
  readonly stores: Pick<Stores, "retention" | "notes">;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an execution is kept after its end (days). */
  readonly retentionDays: number;
  /** Absent where there is one process only. */
  readonly shared?: Pick<SharedQueue, "claim"> | undefined;
}

/** The note `cleaning`: what the last one removed. */
export type CleaningNote = Readonly<
  Record<"at" | "tookMs" | "executions" | "deliveries" | "blobs" | "definitions", number>
>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** GitHub redelivers for three days; a pull request shows what the events of the last days would have done. */
const deliveryDays = 7;
/** Rows of one transaction: a few milliseconds. */
const batch = 200;
/** Between two of them, so that saves never queue behind many. */
const pauseMs = 50;
/** What is left after so long is for the next time. */
const longestMs = 10 * 60_000;
/** A message of before may name a definition that its execution does not name yet: it is taken in first. */
const settleMs = 10 * 60_000;

/** Removes what is kept no longer: at the start, and then once an hour by one of all processes. */
export function createCleaning({ stores, clock, log, retentionDays, shared }: CleaningOptions): Duty {
  const startedAt = clock.now();
  const { retention, notes } = stores;

  async function clean(signal: AbortSignal): Promise<void> {
    const began = clock.now();
    const total = { executions: 0, deliveries: 0, blobs: 0, definitions: 0 };
    const over = () => signal.aborted || clock.now() - began >= longestMs;

    /** From the first to the last row; answers how many rows it removed. */
    async function walk(step: (place: Place) => Promise<Removed>): Promise<number> {
      let count = 0;
      for (let place: Place = null; !over(); ) {
        const removed = await step(place);
        for (const what of ["executions", "deliveries", "blobs", "definitions"] as const) {
          total[what] += removed[what];
          count += removed[what];
        }
        place = removed.next;
        if (place === null || over()) break;
        await pause(clock, signal);
      }
      return count;
    }

    const until = began - retentionDays * dayMs;
    // A child can go only after its parent, which the walk may meet later.
    while ((await walk((place) => retention.executions(until, batch, place))) > 0);
    await walk((place) => retention.deliveries(began - deliveryDays * dayMs, batch, place));
    if (began - startedAt >= settleMs) {
      await walk((place) => retention.definitions(began - dayMs, batch, place));
      await walk((place) => retention.blobs(batch, place));
    }
    const note: CleaningNote = { at: began, tookMs: clock.now() - began, ...total };
    await notes.put("cleaning", note);
    if (Object.values(total).some((count) => count > 0)) log.info(note, "what is kept no longer is removed");
  }

  return createDuty({ name: "cleaning", everyMs: hourMs, clock, log, shared, perform: clean });
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.at(clock.now() + pauseMs, resolve);
  const abort = () => resolve();
  signal.addEventListener("abort", abort);
  return promise.finally(() => {
    cancel();
    signal.removeEventListener("abort", abort);
  });
}
