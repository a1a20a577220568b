import type { JsonObject } from "../../src/core/json.ts";

/** One way to do the same work: seven steps in a row per execution, the result of each durable before the next begins. */
export interface Rival {
  readonly name: RivalName;
  /** Runs one execution per number, at most `concurrency` at once; resolves when all are at their ends. */
  run(numbers: readonly number[], concurrency: number): Promise<void>;
  /** What it has cost so far, where that is not Postgres. */
  costs?(): Promise<{ readonly statements: number; readonly bytes: number }>;
  close(): Promise<void>;
}

export const rivalNames = [
  "hishamos, in-process queue",
  "hishamos, pg-boss queue",
  "DBOS Transact",
  "BullMQ",
  "graphile-worker",
] as const;
export type RivalName = (typeof rivalNames)[number];

/** What a job of a queue carries from step to step, so that a process that dies loses no result. */
export interface Carried {
  readonly number: number;
  readonly step: number;
  readonly event: JsonObject;
  readonly results: readonly { readonly step: string; readonly output: JsonObject }[];
}

/** Ends that someone waits for, by number. */
export class Ends {
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();

  of(number: number): Promise<void> {
    const end = Promise.withResolvers<void>();
    this.#waiting.set(number, end);
    return end.promise;
  }

  reached(number: number): void {
    this.#waiting.get(number)?.resolve();
    this.#waiting.delete(number);
  }
}
