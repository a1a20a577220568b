import { existsSync } from "node:fs";
import { join } from "node:path";
import { StateError } from "../error.ts";
import { reach } from "../postgres/reach.ts";
import { openSqliteFile } from "../sqlite/open.ts";
import { schemaVersion, type TableName } from "../tables.ts";
import type { ArchiveHeader, ArchiveRow } from "./format.ts";

/** Where a service keeps its state. */
export type Home = { readonly databaseUrl: string } | { readonly directory: string };

/** All rows as they were at one moment. */
export interface Snapshot {
  readonly schema: number;
  readonly from: ArchiveHeader["from"];
  /** By key, a page at a time. */
  rows(table: TableName): AsyncGenerator<ArchiveRow, void>;
  close(): Promise<void>;
}

/** Large values can have megabytes each. */
const pageOf = (table: TableName) => (table === "blobs" ? 10 : 200);

/** Rejects with a StateError where nothing is there, or it can't be read. Services may work on a Postgres meanwhile. */
export async function openSnapshot(home: Home, schema = "hishamos"): Promise<Snapshot> {
  return "directory" in home ? ofSqlite(home.directory) : await ofPostgres(home.databaseUrl, schema);
}

function ofSqlite(directory: string): Snapshot {
  if (!existsSync(join(directory, "hishamos.db"))) throw nothing(`the directory ${directory}`);
  const database = openSqliteFile(directory);
  return {
    schema: schemaVersion,
    from: "embedded",
    async *rows(table) {
      const limit = pageOf(table);
      const page = database.prepare(
        `SELECT key, value FROM ${table} WHERE key > ? ORDER BY key LIMIT ${limit}`,
      );
      for (let last = "", more = true; more; ) {
        const rows = page.all(last);
        more = rows.length === limit;
        for (const { key, value } of rows) {
          last = String(key);
          yield { table, key: last, text: String(value) };
        }
      }
    },
    async close() {
      database.close();
    },
  };
}

async function ofPostgres(url: string, schema: string): Promise<Snapshot> {
  const client = await reach(url, 0);
  try {
    // What all that follows reads is one moment, however long it takes.
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const { rows: found } = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = $1",
      [schema],
    );
    const names = new Set(found.map(({ name }) => name));
    if (!names.has("meta")) throw nothing("the database of DATABASE_URL");
    const { rows: versions } = await client.query<{ version: number }>(
      `SELECT schema_version AS version FROM ${schema}.meta`,
    );
    const version = versions[0]?.version ?? 0;
    if (version > schemaVersion) {
      throw new StateError({
        code: "HOS603",
        message: `The database was written by a newer release (schema ${version}, this release knows ${schemaVersion}).`,
        hint: "Export it with the newer release.",
      });
    }
    return {
      schema: version,
      from: "postgres",
      async *rows(table) {
        // An older release has fewer tables.
        if (!names.has(table)) return;
        const limit = pageOf(table);
        const text = `SELECT key, value FROM ${schema}.${table} WHERE key > $1 ORDER BY key LIMIT ${limit}`;
        for (let last = "", more = true; more; ) {
          const { rows } = await client.query<{ key: string; value: string }>(text, [last]);
          more = rows.length === limit;
          for (const { key, value } of rows) {
            last = key;
            yield { table, key, text: value };
          }
        }
      },
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

function nothing(where: string): StateError {
  return new StateError({
    code: "HOS612",
    message: `There is nothing to export in ${where}: no service has stored anything there.`,
    hint: "Set DATABASE_URL or HISHAMOS_DATA_DIR as for the service.",
  });
}
