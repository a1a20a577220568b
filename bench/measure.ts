import { createInProcessQueue } from "../src/queue/in-process.ts";
import { createDirectQueue } from "./direct-queue.ts";
import type { Copy } from "./documents.ts";
import { measureEngine } from "./engine.ts";
import type { Ground, GroundName } from "./ground.ts";
import { measureLimit } from "./limit.ts";
import { firstNumber, stepsPerExecution } from "./load.ts";
import { percentile, type Samples, together } from "./samples.ts";

export type Kind = "bare upserts" | "queue left out" | "in-process queue";

/** One row of the table. */
export interface Row {
  readonly ground: GroundName;
  readonly concurrency: number;
  readonly kind: Kind;
  readonly executions: number;
  readonly seconds: number;
  /** Durable writes: an execution's insert, and a save for each of its steps. */
  readonly writesPerSecond: number;
  /** Steps; for bare upserts those that an engine which costs nothing would do with them. */
  readonly stepsPerSecond: number;
  /** Overhead per step, or time of one upsert. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export const concurrencies = [1, 100] as const;
export type Concurrency = (typeof concurrencies)[number];

export interface Size {
  /** Executions in each row. */
  readonly executions: number;
  /** Executions in a slice, by concurrency; a whole number of them makes a row. */
  readonly slice: Readonly<Record<Concurrency, number>>;
  /** Executions before the clock starts, so that nobody measures the compiler. */
  readonly warmUp: number;
}

let used = firstNumber;
const numbers = (count: number) => Array.from({ length: count }, () => used++);

/**
 * The three rows of one database at one concurrency. They take turns, a slice each, so that whatever else the
 * machine does meanwhile slows all of them.
 */
export async function measure(
  ground: Ground,
  copy: (number: number) => Copy,
  concurrency: Concurrency,
  size: Size,
): Promise<readonly Row[]> {
  const ways: readonly [Kind, (count: number) => Promise<Samples>][] = [
    ["bare upserts", (count) => measureLimit(ground, numbers(count).map(copy), concurrency)],
    [
      "queue left out",
      (count) => measureEngine(ground.stores, createDirectQueue(), numbers(count), concurrency),
    ],
    [
      "in-process queue",
      (count) =>
        measureEngine(ground.stores, createInProcessQueue({ concurrency }), numbers(count), concurrency),
    ],
  ];
  const samples = ways.map(([kind, run]) => ({ kind, run, slices: [] as Samples[] }));
  for (const { run } of samples) await run(size.warmUp);
  const most = size.slice[concurrency];
  for (let slice = 0; slice < size.executions / most; slice++) {
    // Nobody always comes after the same one, whose last writes the disk may still be busy with.
    const turn = slice % samples.length;
    for (const { run, slices } of [...samples.slice(turn), ...samples.slice(0, turn)]) {
      slices.push(await run(most));
    }
  }
  return samples.map(({ kind, slices }) => {
    const { writes, elapsedMs, eachMs } = together(slices);
    const seconds = elapsedMs / 1000;
    return {
      ground: ground.name,
      concurrency,
      kind,
      executions: size.executions,
      seconds,
      writesPerSecond: writes / seconds,
      stepsPerSecond: (size.executions * stepsPerExecution) / seconds,
      p50Ms: percentile(eachMs, 0.5),
      p99Ms: percentile(eachMs, 0.99),
    };
  });
}
