import type { Clock } from "../ports/clock.ts";

/** A clock that stands still until it is told to go on: a wait of seven days takes no time at all. */
export class SimulatedClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Map<number, { readonly at: number; readonly call: () => void }>();

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  at(at: number, call: () => void): () => void {
    const id = this.#order++;
    this.#timers.set(id, { at, call });
    // A time that has come already is called soon, as a system's clock would.
    if (at <= this.#now) queueMicrotask(() => this.advance(0));
    return () => void this.#timers.delete(id);
  }

  /** Milliseconds to the next timer, or null where there is none. */
  next(): number | null {
    const times = [...this.#timers.values()].map(({ at }) => at);
    return times.length === 0 ? null : Math.max(0, Math.min(...times) - this.#now);
  }

  /** Goes on by `ms`, calling every timer that falls due in its order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#earliest(end); next; next = this.#earliest(end)) {
      this.#timers.delete(next.id);
      this.#now = Math.max(this.#now, next.at);
      next.call();
    }
    this.#now = end;
  }

  #earliest(end: number) {
    return [...this.#timers]
      .map(([id, timer]) => ({ id, ...timer }))
      .filter(({ at }) => at <= end)
      .toSorted((a, b) => a.at - b.at || a.id - b.id)[0];
  }
}
