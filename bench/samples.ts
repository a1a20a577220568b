/** What a row of the table is made of: how many durable writes, in which time, and each of what it times (ms). */
export interface Samples {
  readonly writes: number;
  readonly elapsedMs: number;
  readonly eachMs: readonly number[];
}

export function together(parts: readonly Samples[]): Samples {
  return {
    writes: parts.reduce((sum, part) => sum + part.writes, 0),
    elapsedMs: parts.reduce((sum, part) => sum + part.elapsedMs, 0),
    eachMs: parts.flatMap((part) => part.eachMs),
  };
}

/** The value that this share (0 to 1) of the values does not exceed; NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Runs `work` for each of the items, at most `concurrency` at once, each worker one after the other. */
export async function each<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
