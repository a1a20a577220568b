import type { Stores } from "../../engine/ports/store.ts";
import { StateError } from "../error.ts";
import type { Database } from "../storage.ts";
import { openStores } from "../stores.ts";
import { wellFormedValues } from "../text.ts";
import { openConnections } from "./pool.ts";
import { reach } from "./reach.ts";
import { prepareSchema } from "./schema.ts";
import { removeAlong } from "./statements.ts";
import { PostgresStorage } from "./storage.ts";
import { textArray } from "./text-array.ts";
import { Writes } from "./writes.ts";

/** Enough to keep a server busy with coalesced saves; more only contend. */
const saveConnections = 4;
const readConnections = 4;
/** The most that one set of stores has open at a time. */
export const storeConnections = saveConnections + readConnections;

export interface PostgresPlace {
  readonly url: string;
  readonly schema?: string;
  /** How long to try where nothing answers yet. */
  readonly waitMs?: number;
}

/**
 * The stores in a Postgres database, which any number of services may share. Rejects with a StateError where
 * the database can't be reached, is not in UTF-8, or belongs to a newer release.
 */
export async function openPostgresStores(place: PostgresPlace): Promise<Stores> {
  return openStores(await openPostgresDatabase(place));
}

/** Its tables, created or brought forward. Rejects as `openPostgresStores`. */
export async function openPostgresDatabase({
  url,
  schema = "hishamos",
  waitMs = 0,
}: PostgresPlace): Promise<Database> {
  if (!/^[a-z_][a-z0-9_]{0,50}$/.test(schema)) {
    throw new StateError({
      code: "HOS610",
      message: `"${schema}" is no schema name that can be used.`,
      hint: "Small letters, digits and _, at most 51.",
    });
  }
  const client = await reach(url, waitMs);
  try {
    await prepareSchema(client, schema);
  } finally {
    await client.end();
  }
  return postgresDatabase(url, schema);
}

/** The tables of a prepared schema, on connections of its own. */
export function postgresDatabase(url: string, schema: string): Database {
  const reads = openConnections(url, readConnections);
  const saves = openConnections(url, saveConnections);
  const writes = new Writes(saveConnections);
  return {
    name: (table) => `${schema}.${table}`,
    storage: (table) => new PostgresStorage(table, schema, reads, saves, writes),
    select: (sql, values) => reads.read(sql, wellFormedValues(values)),
    async remove(removal) {
      const { keys, values } = removal;
      const rows = await saves.query(removeAlong(schema, removal), [textArray(keys), ...values]);
      return Object.values(rows[0] ?? {}).map(Number);
    },
    async close() {
      await writes.close();
      await Promise.all([reads.close(), saves.close()]);
    },
  };
}
