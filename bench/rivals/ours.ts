import { systemClock } from "../../src/engine/clock/system.ts";
import { silentLog } from "../../src/engine/ports/log.ts";
import { createInProcessQueue } from "../../src/queue/in-process.ts";
import { openPgBossQueue } from "../../src/queue/pg-boss.ts";
import { openPostgresStores } from "../../src/state/postgres/open.ts";
import { openBenchEngine } from "../engine.ts";
import type { Rival } from "./rival.ts";

/** As one service alone could have it: the queue in the process, the documents in Postgres. */
export async function openInProcess(url: string, concurrency: number): Promise<Rival> {
  return await open("hishamos, in-process queue", url, createInProcessQueue({ concurrency }));
}

/** As the service runs on Postgres. */
export async function openShared(url: string, concurrency: number): Promise<Rival> {
  const queue = await openPgBossQueue({ url, concurrency, clock: systemClock, log: silentLog });
  return await open("hishamos, pg-boss queue", url, queue);
}

async function open(
  name: Rival["name"],
  url: string,
  queue: Parameters<typeof openBenchEngine>[1],
): Promise<Rival> {
  // In schemas of their own: the queue that is shared would take up what the other one has under way.
  const schema = name === "hishamos, pg-boss queue" ? "hishamos_shared" : "hishamos_alone";
  const stores = await openPostgresStores({ url, schema });
  const engine = openBenchEngine(stores, queue);
  await engine.run();
  return {
    name,
    run: (numbers, atOnce) => engine.each(numbers, atOnce),
    async close() {
      await engine.stop();
      await stores.close();
    },
  };
}
