import type { Execution } from "../src/core/execution.ts";

/** An execution that goes as many iterations as it is told, and then stands still within a step. */
export class Racer {
  /** How long each iteration took (ms), without the steps themselves. */
  eachMs: number[] = [];
  /** Of the document as it was when the racer last stood still. */
  bytes = 0;
  stepsInside = 1;
  readonly #end = Promise.withResolvers<void>();
  /** Resolves when the execution is completed; rejects if it ends otherwise. */
  readonly ended = this.#end.promise;
  #left = 0;
  #gate = Promise.withResolvers<void>();
  #stood = Promise.withResolvers<void>();
  #last: Execution | null = null;
  #isOver = false;
  #returnedAt: number | null = null;
  #inIteration = 0;
  #ms = 0;

  /** Lets it go on by so many iterations; resolves when it stands still again, or is at its end. */
  async go(iterations: number): Promise<void> {
    this.#left += iterations;
    this.#stood = Promise.withResolvers();
    if (this.#isOver) return;
    this.#gate.resolve();
    await this.#stood.promise;
    if (!this.#isOver) this.bytes = Buffer.byteLength(JSON.stringify(this.#last));
  }

  forget(): void {
    this.eachMs = [];
  }

  /** Called by the step's runner: when it returns, the engine goes on. */
  async step(): Promise<void> {
    if (this.#returnedAt !== null) this.#ms += performance.now() - this.#returnedAt;
    if (this.#inIteration === this.stepsInside) {
      this.eachMs.push(this.#ms);
      this.#ms = 0;
      this.#inIteration = 0;
    }
    if (this.#inIteration === 0) {
      if (this.#left === 0) {
        this.#gate = Promise.withResolvers();
        this.#stood.resolve();
        await this.#gate.promise;
      }
      this.#left -= 1;
    }
    this.#inIteration += 1;
    this.#returnedAt = performance.now();
  }

  saw(execution: Execution): void {
    this.#last = execution;
  }

  end({ id, state }: Execution): void {
    this.#isOver = true;
    this.#stood.resolve();
    if (state === "completed") this.#end.resolve();
    else this.#end.reject(new Error(`${id} is ${state}`));
  }
}
