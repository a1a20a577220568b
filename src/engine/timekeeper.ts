import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { ExecutionStore } from "./ports/store.ts";

const page = 500;
const retryMs = 1_000;

/**
 * One timer for all executions: for the earliest due time in the store. What waits for days costs no memory,
 * and timers survive every crash because they are the `due` column. Where other processes save due times too, the store
 * is looked at every `lookMs` besides: one of them may not live to keep its own.
 */
export class Timekeeper {
  readonly #store: ExecutionStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #wake: (id: string) => void;
  readonly #lookMs: number;
  #armed = Infinity;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(
    store: ExecutionStore,
    clock: Clock,
    log: Log,
    wake: (id: string) => void,
    lookMs = Number.POSITIVE_INFINITY,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#wake = wake;
    this.#lookMs = lookMs;
  }

  /** Something is due at `at` (ms): the timer is set to it if it is the earliest. */
  expect(at: number): void {
    if (this.#stopped || at >= this.#armed) return;
    this.#cancel();
    this.#armed = at;
    this.#cancel = this.#clock.at(at, () => void this.#ring());
  }

  async #ring(): Promise<void> {
    this.#armed = Infinity;
    const now = this.#clock.now();
    try {
      const due = await this.#store.due(now, page);
      for (const { id } of due) this.#wake(id);
      // Those woken take their due time away as they save; look again soon if there were more than a page.
      this.#arm(due.length === page ? now + 1 : await this.#nextAfter(now));
    } catch (error) {
      this.#log.error({ err: error }, "timers could not be read; trying again");
      this.expect(now + retryMs);
    }
  }

  async #nextAfter(now: number): Promise<number | null> {
    const next = await this.#store.nextDue();
    // An execution just woken is still due in the store until it has saved, and hides those due after it.
    return next === null || next > now ? next : now + retryMs;
  }

  async start(): Promise<void> {
    this.#arm(await this.#store.nextDue());
  }

  #arm(next: number | null): void {
    const at = Math.min(next ?? Number.POSITIVE_INFINITY, this.#clock.now() + this.#lookMs);
    if (at < Number.POSITIVE_INFINITY) this.expect(at);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }
}
