import { createRequire } from "node:module";
import { Queue, Worker } from "bullmq";
import { outputOf, startOf, workflowSteps } from "../load.ts";
import { each } from "../samples.ts";
import { startRedis } from "./redis.ts";
import { type Carried, Ends, type Rival } from "./rival.ts";

const queueName = "seven-steps";

/**
 * A job per step: it puts in the next with the results so far, and ends with its own, which the job keeps. Redis has each
 * write on the disk before it answers. Where it can't be run, why.
 */
export async function openBullMq(concurrency: number): Promise<Rival | { readonly leftOut: string }> {
  // Without its client BullMQ only says so, and then asks for it without end.
  if (!hasClient()) return { leftOut: "BullMQ: its client ioredis is not installed" };
  const redis = await startRedis();
  if (redis === null) return { leftOut: "BullMQ: there is no redis-server on this machine" };
  const connection = { host: "127.0.0.1", port: redis.port };
  const queue = new Queue<Carried>(queueName, { connection });
  const ends = new Ends();
  const put = (carried: Carried) =>
    queue.add(workflowSteps[carried.step] ?? "", carried, { jobId: `${carried.number}-${carried.step}` });
  const worker = new Worker<Carried>(
    queueName,
    async ({ data }) => {
      const step = workflowSteps[data.step] ?? "";
      const output = outputOf(step);
      const next = { ...data, step: data.step + 1, results: [...data.results, { step, output }] };
      if (next.step < workflowSteps.length) await put(next);
      return output;
    },
    { connection, concurrency },
  );
  worker.on("completed", ({ data }) => {
    if (data.step === workflowSteps.length - 1) ends.reached(data.number);
  });
  worker.on("error", console.error);
  await Promise.all([worker.waitUntilReady(), queue.waitUntilReady()]);
  return {
    name: "BullMQ",
    async run(numbers, atOnce) {
      await each(numbers, atOnce, async (number) => {
        const end = ends.of(number);
        await put({ number, step: 0, event: startOf(number).event, results: [] });
        await end;
      });
    },
    costs: async () => {
      const [commands, persistence] = [await redis.info("commandstats"), await redis.info("persistence")];
      const figure = (text: string, name: RegExp) => Number(name.exec(text)?.[1] ?? 0);
      return {
        statements: figure(commands, /cmdstat_evalsha:calls=(\d+)/),
        bytes: figure(persistence, /aof_current_size:(\d+)/),
      };
    },
    async close() {
      await worker.close();
      await queue.close();
      await redis.stop();
    },
  };
}

function hasClient(): boolean {
  try {
    createRequire(import.meta.resolve("bullmq")).resolve("ioredis");
    return true;
  } catch {
    return false;
  }
}
