import type { PacingRow, PacingStore } from "../../../src/engine/ports/pacing.ts";

/** The rows in memory, fenced as in a database. `broken`: it can't answer. */
export class PacingRows implements PacingStore {
  readonly rows = new Map<number, PacingRow>();
  broken = false;
  /** How often a row was written. */
  writes = 0;

  async get(installation: number): Promise<PacingRow | null> {
    await this.#answer();
    return this.rows.get(installation) ?? null;
  }

  async put(row: PacingRow): Promise<boolean> {
    await this.#answer();
    if (row.revision !== (this.rows.get(row.installation)?.revision ?? 0) + 1) return false;
    this.rows.set(row.installation, row);
    this.writes += 1;
    return true;
  }

  async #answer(): Promise<void> {
    await Promise.resolve();
    if (this.broken) throw new Error("the database is away");
  }
}

/** Everything that can go on without the clock has gone on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The most of these times (ms, ascending) that lie within any stretch of so many ms. */
export function mostWithin(times: readonly number[], ms: number): number {
  let from = 0;
  let most = 0;
  for (const [to, at] of times.entries()) {
    while ((times[from] ?? at) <= at - ms) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}
