import { isTerminal } from "../src/core/tables.ts";
import { systemClock } from "../src/engine/clock/system.ts";
import { createEngine } from "../src/engine/engine.ts";
import type { Queue, StepRunner, Stores } from "../src/engine/ports/index.ts";
import { resultOf, startOf } from "./load.ts";
import { each, type Samples } from "./samples.ts";

/** An engine whose steps are answered at once, over stores and a queue to measure. */
export interface BenchEngine {
  run(): Promise<void>;
  /** Runs one execution per issue number, at most `concurrency` at once, from start to end. */
  each(numbers: readonly number[], concurrency: number): Promise<void>;
  stop(): Promise<void>;
}

/** What the engine does meanwhile, for figures. */
export interface BenchObserver {
  /** Called as a step's runner is called, and again as it returns. */
  readonly called?: (executionId: string) => void;
  readonly returned?: (executionId: string) => void;
  readonly saved?: () => void;
}

export function openBenchEngine(
  stores: Stores,
  queue: Queue,
  { called, returned, saved }: BenchObserver = {},
): BenchEngine {
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const endOf = (id: string) => {
    const end = ends.get(id) ?? Promise.withResolvers<void>();
    ends.set(id, end);
    return end;
  };
  const runner: StepRunner = {
    async run({ execution: { id }, step }) {
      called?.(id);
      const result = resultOf(step.id);
      returned?.(id);
      return result;
    },
  };
  const engine = createEngine({
    stores,
    queue,
    clock: systemClock,
    runners: { agent: runner, action: runner },
    ...(saved ? { observer: { saved } } : {}),
    reporter: {
      changed({ id, state }) {
        if (isTerminal(state)) endOf(id).resolve();
      },
    },
  });
  return {
    run: () => engine.run(),
    async each(numbers, concurrency) {
      await each(numbers, concurrency, async (number) => {
        const started = await engine.start(startOf(number));
        if (started.result !== "created") throw new Error(`issue ${number}: ${JSON.stringify(started)}`);
        const { id } = started.execution;
        await endOf(id).promise;
        ends.delete(id);
      });
    },
    stop: () => engine.stop(),
  };
}

/** Per step the time from the return of the step's runner to the call of the next one's: deciding, saving, beginning. */
export async function measureEngine(
  stores: Stores,
  queue: Queue,
  numbers: readonly number[],
  concurrency: number,
): Promise<Samples> {
  const eachMs: number[] = [];
  let writes = 0;
  const returnedAt = new Map<string, number>();
  const engine = openBenchEngine(stores, queue, {
    called(id) {
      const before = returnedAt.get(id);
      if (before !== undefined) eachMs.push(performance.now() - before);
    },
    returned: (id) => void returnedAt.set(id, performance.now()),
    saved: () => void (writes += 1),
  });
  await engine.run();
  const began = performance.now();
  await engine.each(numbers, concurrency);
  const elapsedMs = performance.now() - began;
  await engine.stop();
  return { writes, elapsedMs, eachMs };
}
