import { isTerminal } from "../src/core/tables.ts";
import { systemClock } from "../src/engine/clock/system.ts";
import { createEngine } from "../src/engine/engine.ts";
import type { Queue, StepRunner, Stores } from "../src/engine/ports/index.ts";
import { resultOf, startOf } from "./load.ts";
import { each, type Samples } from "./samples.ts";

/**
 * Runs one execution per issue number, at most `concurrency` at once, from start to end. Per step the time
 * from the return of the step's runner to the call of the next one's: deciding, saving, beginning.
 */
export async function measureEngine(
  stores: Stores,
  queue: Queue,
  numbers: readonly number[],
  concurrency: number,
): Promise<Samples> {
  const eachMs: number[] = [];
  let writes = 0;
  const returned = new Map<string, number>();
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const endOf = (id: string) => {
    const end = ends.get(id) ?? Promise.withResolvers<void>();
    ends.set(id, end);
    return end;
  };
  const runner: StepRunner = {
    async run({ execution: { id }, step }) {
      const before = returned.get(id);
      if (before !== undefined) eachMs.push(performance.now() - before);
      const result = resultOf(step.id);
      returned.set(id, performance.now());
      return result;
    },
  };
  const engine = createEngine({
    stores,
    queue,
    clock: systemClock,
    runners: { agent: runner, action: runner },
    observer: {
      saved() {
        writes += 1;
      },
    },
    reporter: {
      changed({ id, state }) {
        if (isTerminal(state)) endOf(id).resolve();
      },
    },
  });
  await engine.run();
  const began = performance.now();
  await each(numbers, concurrency, async (number) => {
    const started = await engine.start(startOf(number));
    if (started.result !== "created") throw new Error(`issue ${number}: ${JSON.stringify(started)}`);
    await endOf(started.execution.id).promise;
  });
  const elapsedMs = performance.now() - began;
  await engine.stop();
  return { writes, elapsedMs, eachMs };
}
