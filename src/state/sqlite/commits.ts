import type { DatabaseSync } from "node:sqlite";
import { closed } from "../error.ts";

interface Write {
  run(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * Group commit: writes that fall together share one transaction, and so one fsync. Each caller hears of its
 * own write after the COMMIT. One that fails (a statement undoes itself in SQLite) leaves the others be.
 */
export class Commits {
  readonly #database: DatabaseSync;
  #waiting: Write[] = [];
  #closed = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** `run` must be synchronous; its result is the promise's. */
  add<T>(run: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(closed());
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    if (this.#waiting.length === 0) setImmediate(() => this.flush());
    this.#waiting.push({ run, resolve: (value) => resolve(value as T), reject });
    return promise;
  }

  flush(): void {
    const writes = this.#waiting;
    this.#waiting = [];
    if (writes.length === 0) return;
    try {
      const outcomes = this.#commit(writes);
      for (const [index, write] of writes.entries()) {
        const outcome = outcomes[index];
        if (outcome !== undefined && "value" in outcome) write.resolve(outcome.value);
        else write.reject(outcome?.error);
      }
    } catch (error) {
      for (const write of writes) write.reject(error);
    }
  }

  #commit(writes: readonly Write[]): Outcome[] {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const outcomes = writes.map((write) => this.#attempt(write));
      this.#database.exec("COMMIT");
      return outcomes;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #attempt(write: Write): Outcome {
    try {
      return { value: write.run() };
    } catch (error) {
      // A full disk or an I/O error ends the transaction: then the writes before this one are undone too.
      if (!this.#database.isTransaction) throw error;
      return { error };
    }
  }

  /** Commits what waits; later writes are rejected. */
  close(): void {
    this.#closed = true;
    this.flush();
  }
}
