import { Client } from "pg";
import { expect, test } from "vitest";
import { systemClock } from "../../src/engine/clock/system.ts";
import { type Log, silentLog } from "../../src/engine/ports/index.ts";
import { openPgBossQueue, queueConnections } from "../../src/queue/pg-boss.ts";
import { startPostgres } from "../support/postgres.ts";
import { Wire } from "../support/wire.ts";

test("while the database can't be reached it says so and stays alive; what was woken meanwhile is activated after it", async () => {
  const server = await startPostgres();
  const url = new URL(server.url);
  const wire = new Wire(Number(url.port));
  url.port = String(await wire.listen());
  const warned: string[] = [];
  const failed = Promise.withResolvers<void>();
  const log: Log = {
    ...silentLog,
    warn: (_, message) => {
      warned.push(message);
      if (message.startsWith("executions could not be queued")) failed.resolve();
    },
  };
  const queue = await openPgBossQueue({ url: url.href, concurrency: 2, clock: systemClock, log });
  const begun = new Map<string, PromiseWithResolvers<void>>();
  const end = Promise.withResolvers<void>();
  const at = (id: string) => {
    const known = begun.get(id) ?? Promise.withResolvers<void>();
    begun.set(id, known);
    return known;
  };
  queue.start(async (id) => {
    at(id).resolve();
    if (id === "before") await end.promise;
  });
  queue.wake("before");
  await at("before").promise;
  const answered = queue.shared.answeredAt() ?? 0;
  expect(answered).toBeGreaterThan(0);
  wire.refuse();
  queue.wake("meanwhile");
  end.resolve();
  await failed.promise;
  expect(begun.has("meanwhile")).toBe(false);
  wire.restore();
  await at("meanwhile").promise;
  await queue.idle();
  expect(queue.shared.answeredAt()).toBeGreaterThan(answered);
  expect(warned.length).toBeGreaterThan(0);
  await queue.stop();
  await wire.close();
  await server.stop();
});

test("however much is asked at once, no more connections are open than is said", async () => {
  const server = await startPostgres();
  const queue = await openPgBossQueue({
    url: server.url,
    concurrency: 2,
    clock: systemClock,
    log: silentLog,
  });
  queue.start(async () => {});
  const claims = Array.from({ length: 100 }, (_, at) => queue.shared.claim(`duty ${at}`, 60));
  expect(await Promise.all(claims)).not.toContain(false);
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  const { rows } = await admin.query(
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'hishamos' AND datname = current_database()",
  );
  expect(rows).toHaveLength(queueConnections);
  await admin.end();
  await queue.stop();
  await server.stop();
});
