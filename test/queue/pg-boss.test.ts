import { Client } from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { systemClock } from "../../src/engine/clock/system.ts";
import { silentLog } from "../../src/engine/ports/index.ts";
import { openPgBossQueue, type PgBossQueue } from "../../src/queue/pg-boss.ts";
import { queueContract, turnsPass } from "../contract/queue.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
});

async function open(): Promise<PgBossQueue> {
  const { url } = server;
  return await openPgBossQueue({ url, concurrency: 2, clock: systemClock, log: silentLog });
}

async function sql(
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text, [...values]);
    return rows;
  } finally {
    await client.end();
  }
}

async function rest(queue: PgBossQueue): Promise<void> {
  await turnsPass();
  await queue.rest();
}

describe("the queue on Postgres", () => {
  const openEmpty = async () => {
    const queue = await open();
    await sql("DELETE FROM hishamos_queue.job");
    return queue;
  };
  queueContract(openEmpty, rest);
});
