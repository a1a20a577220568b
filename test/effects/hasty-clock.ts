import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import type { Clock } from "../../src/engine/ports/clock.ts";

/** What waits no longer than this (ms) waits to try again; reminders and timeouts take longer. */
const soon = 90_000;

/** A clock that jumps over short waits by itself and stands still before long ones. */
export class HastyClock implements Clock {
  readonly #clock: SimulatedClock;
  #pending = 0;

  constructor(start: number) {
    this.#clock = new SimulatedClock(start);
  }

  /** How many short waits are not over. */
  get pending(): number {
    return this.#pending;
  }

  now(): number {
    return this.#clock.now();
  }

  at(at: number, call: () => void): () => void {
    if (at - this.now() > soon) return this.#clock.at(at, call);
    this.#pending += 1;
    let open = true;
    const end = (act: () => void) => {
      if (!open) return;
      open = false;
      this.#pending -= 1;
      act();
    };
    setImmediate(() =>
      end(() => {
        this.#clock.advance(Math.max(0, at - this.now()));
        call();
      }),
    );
    return () => end(() => {});
  }
}
