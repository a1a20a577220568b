import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/engine/clock/system.ts";
import type { Queue, Stores } from "../src/engine/ports/index.ts";
import { silentLog } from "../src/engine/ports/log.ts";
import { createInProcessQueue } from "../src/queue/in-process.ts";
import { openPgBossQueue } from "../src/queue/pg-boss.ts";
import { openPostgresStores } from "../src/state/postgres/open.ts";
import { openSqliteStores } from "../src/state/sqlite/open.ts";
import { startPostgres } from "../test/support/postgres.ts";
import type { GroundName } from "./ground.ts";

/** Where a process of the service has its state: what it is given to open stores and queue as the service does. */
export type Home = { readonly url: string } | { readonly directory: string };

/** A home to throw away. */
export async function makeHome(
  ground: GroundName,
): Promise<{ readonly home: Home; remove(): Promise<void> }> {
  if (ground === "postgres") {
    const server = await startPostgres({ durable: true });
    return { home: { url: server.url }, remove: () => server.stop() };
  }
  const directory = mkdtempSync(join(tmpdir(), "hishamos-bench-"));
  return { home: { directory }, remove: async () => rmSync(directory, { recursive: true }) };
}

export function openHomeStores(home: Home): Promise<Stores> {
  return "url" in home ? openPostgresStores(home) : openSqliteStores(home);
}

export async function openHomeQueue(home: Home, concurrency: number): Promise<Queue> {
  if ("directory" in home) return createInProcessQueue({ concurrency });
  return await openPgBossQueue({ url: home.url, concurrency, clock: systemClock, log: silentLog });
}
