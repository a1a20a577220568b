import { closed } from "../error.ts";
import { isStatementError } from "./pool.ts";

export interface Entry {
  readonly key: string;
  readonly text: string;
}

/** One sort of write on one table. */
export interface Operation<Result> {
  readonly table: string;
  /** Performs it for different keys in one statement; the results in their order. */
  perform(entries: readonly Entry[]): Promise<readonly Result[]>;
}

interface Waiting {
  readonly entry: Entry;
  readonly lock: string;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Fewer writes than this go faster in one statement than in several. */
const minEntries = 16;
/** While this many smaller ones are under way, the next waits for company instead of taking a connection. */
const maxSmall = 2;
/** A statement larger than this makes the others wait for longer than it saves. */
const maxEntries = 500;
const maxCharacters = 4_000_000;

/**
 * Writes that fall together become one statement: while as many statements are under way as there are
 * connections, what comes waits and goes together. Never two writes of one key at the same time.
 */
export class Writes {
  readonly #connections: number;
  readonly #waiting = new Map<Operation<unknown>, Waiting[]>();
  readonly #locks = new Set<string>();
  #underWay = 0;
  /** How many of those have fewer than `minEntries`. */
  #small = 0;
  #scheduled = false;
  #closing: PromiseWithResolvers<void> | null = null;

  constructor(connections: number) {
    this.#connections = connections;
  }

  add<Result>(operation: Operation<Result>, entry: Entry): Promise<Result> {
    if (this.#closing !== null) return Promise.reject(closed());
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const waiting = this.#waiting.get(operation) ?? [];
    waiting.push({
      entry,
      lock: `${operation.table}/${entry.key}`,
      resolve: (result) => resolve(result as Result),
      reject,
    });
    this.#waiting.set(operation, waiting);
    this.#schedule();
    return promise;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dispatch();
    });
  }

  /** Resolves when all that was added is written or rejected; later writes are rejected. */
  close(): Promise<void> {
    this.#closing ??= Promise.withResolvers<void>();
    this.#dispatch();
    return this.#closing.promise;
  }

  #dispatch(): void {
    const line = [...this.#waiting];
    for (const [operation, waiting] of line) {
      while (this.#underWay < this.#connections) {
        if (waiting.length < minEntries && this.#small >= maxSmall) break;
        const batch = this.#take(waiting, this.#share(waiting.length));
        if (batch.length === 0) break;
        this.#count(batch, 1);
        void this.#perform(operation, batch);
      }
      // To the end of the line, so that no sort of write waits for ever behind another.
      this.#waiting.delete(operation);
      if (waiting.length > 0) this.#waiting.set(operation, waiting);
    }
    if (this.#underWay === 0 && this.#waiting.size === 0) this.#closing?.resolve();
  }

  /** What one of the free connections takes: they work side by side, unless it is too little to divide. */
  #share(waiting: number): number {
    const share = Math.ceil(waiting / (this.#connections - this.#underWay));
    return Math.min(Math.max(share, minEntries), maxEntries);
  }

  #take(waiting: Waiting[], most: number): Waiting[] {
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    let characters = 0;
    for (const write of waiting) {
      const full = batch.length >= most || characters >= maxCharacters;
      if (full || this.#locks.has(write.lock)) {
        rest.push(write);
        continue;
      }
      this.#locks.add(write.lock);
      characters += write.entry.text.length;
      batch.push(write);
    }
    waiting.splice(0, waiting.length, ...rest);
    return batch;
  }

  async #perform(operation: Operation<unknown>, batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await operation.perform(batch.map((write) => write.entry));
      for (const [index, write] of batch.entries()) write.resolve(results[index]);
    } catch (error) {
      // The server undid the whole statement: the innocent must not fail with the guilty.
      if (isStatementError(error) && batch.length > 1) await performEach(operation, batch);
      else for (const write of batch) write.reject(error);
    } finally {
      for (const write of batch) this.#locks.delete(write.lock);
      this.#count(batch, -1);
      // Not at once: those just answered often have the next write ready, which then goes in the same statement.
      this.#schedule();
    }
  }

  #count(batch: readonly Waiting[], by: 1 | -1): void {
    this.#underWay += by;
    if (batch.length < minEntries) this.#small += by;
  }
}

async function performEach(operation: Operation<unknown>, batch: readonly Waiting[]): Promise<void> {
  for (const write of batch) {
    try {
      const [result] = await operation.perform([write.entry]);
      write.resolve(result);
    } catch (error) {
      write.reject(error);
    }
  }
}
