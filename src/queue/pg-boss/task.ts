import type { Clock } from "../../engine/ports/clock.ts";

export interface TaskOptions {
  readonly clock: Clock;
  /** After a failure it is done again so much later (ms). */
  readonly retryMs: number;
  readonly failed: (error: unknown) => void;
}

/** One thing that is done again whenever it is asked for, never twice at once: what is asked meanwhile is done together. */
export class Task {
  readonly #work: () => Promise<void>;
  readonly #options: TaskOptions;
  #asked = false;
  #underWay: Promise<void> | null = null;
  #cancelRetry: () => void = () => {};
  #closed = false;

  constructor(work: () => Promise<void>, options: TaskOptions) {
    this.#work = work;
    this.#options = options;
  }

  ask(): void {
    if (this.#closed) return;
    this.#asked = true;
    this.#underWay ??= this.#run();
  }

  get busy(): boolean {
    return this.#underWay !== null;
  }

  /** Resolves when it is not under way; where it has failed, before it is done again. */
  async rest(): Promise<void> {
    await this.#underWay;
  }

  /** Does no more, but what is under way to its end. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    await this.#underWay;
  }

  async #run(): Promise<void> {
    // So that all that is asked for in this turn of the event loop goes in one statement.
    await new Promise(setImmediate);
    while (this.#asked) {
      this.#asked = false;
      try {
        await this.#work();
      } catch (error) {
        this.#retry(error);
        break;
      }
    }
    this.#underWay = null;
  }

  #retry(error: unknown): void {
    const { clock, retryMs, failed } = this.#options;
    failed(error);
    this.#cancelRetry();
    if (!this.#closed) this.#cancelRetry = clock.at(clock.now() + retryMs, () => this.ask());
  }
}
