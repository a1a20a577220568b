import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { Stores } from "../../src/engine/ports/index.ts";
import { openPostgresStores } from "../../src/state/postgres/open.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { tableNames } from "../../src/state/tables.ts";

/** A real database, emptied for every run. */
export interface CrashDatabase {
  /** Runs with stores that are empty, over a database that lives through every crash of the run. */
  within<T>(run: (stores: Stores) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

// Here the process dies, never the machine: a file system in memory spares waiting for a disk that nothing asks for.
const inMemory = "/dev/shm";

export function sqliteDatabase(): CrashDatabase {
  return {
    async within(run) {
      const directory = await mkdtemp(join(existsSync(inMemory) ? inMemory : tmpdir(), "hishamos-crash-"));
      const stores = await openSqliteStores({ directory });
      try {
        return await run(stores);
      } finally {
        await stores.close();
        await rm(directory, { recursive: true, force: true });
      }
    },
    close: () => Promise.resolve(),
  };
}

/** In a schema of its own, whose tables are emptied between runs. */
export async function postgresDatabase(url: string, schema: string): Promise<CrashDatabase> {
  const stores = await openPostgresStores({ url, schema });
  const client = new Client({ connectionString: url });
  await client.connect();
  const tables = tableNames.map((name) => `${schema}.${name}`).join(", ");
  return {
    async within(run) {
      await client.query(`TRUNCATE ${tables}`);
      return await run(stores);
    },
    async close() {
      await stores.close();
      await client.end();
    },
  };
}
