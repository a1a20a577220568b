import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { outputOf, startOf, workflowSteps } from "../load.ts";
import { each } from "../samples.ts";
import { type Carried, Ends, type Rival } from "./rival.ts";

/**
 * A job per step: it puts in the next with the results so far, and is deleted. With what its documentation has for many
 * short jobs: fetched in batches, completed in batches, as many connections as it takes by itself and a few more.
 */
export async function openGraphileWorker(url: string, concurrency: number): Promise<Rival> {
  const logger = new Logger(() => () => {});
  const ends = new Ends();
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  await utils.migrate();
  const runner = await run({
    preset: {
      worker: {
        connectionString: url,
        concurrentJobs: concurrency,
        maxPoolSize: 12,
        localQueue: { size: concurrency + 1 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        logger,
      },
    },
    noHandleSignals: true,
    taskList: {
      async step(payload, { addJob }) {
        const carried = payload as Carried;
        const step = workflowSteps[carried.step] ?? "";
        const results = [...carried.results, { step, output: outputOf(step) }];
        const next: Carried = { ...carried, step: carried.step + 1, results };
        if (next.step < workflowSteps.length) await addJob("step", next);
        // A last job, so that the last result is as durable as the others.
        else await addJob("end", next);
      },
      async end(payload) {
        ends.reached((payload as Carried).number);
      },
    },
  });
  return {
    name: "graphile-worker",
    async run(numbers, atOnce) {
      await each(numbers, atOnce, async (number) => {
        const end = ends.of(number);
        const first: Carried = { number, step: 0, event: startOf(number).event, results: [] };
        await utils.addJob("step", first);
        await end;
      });
    },
    async close() {
      await runner.stop();
      await utils.release();
    },
  };
}
