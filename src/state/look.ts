import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newerSchema, StateError } from "./error.ts";
import { reach } from "./postgres/reach.ts";
import { schemaVersion } from "./tables.ts";

/** What a store looks like from outside, while a service may be working on it. */
export type Look =
  /** Tables of this schema, which this release reads; an older one is brought forward at the next start. */
  | { readonly is: "there"; readonly schema: number; readonly current: number }
  /** Nothing has been stored there yet. */
  | { readonly is: "empty" }
  /** A service has the file for itself. */
  | { readonly is: "in use" };

/** Changes nothing. Rejects with a StateError where it can't be used, or is of a newer release. */
export async function lookAtStore(
  home: { readonly databaseUrl: string } | { readonly directory: string },
): Promise<Look> {
  return "directory" in home ? ofSqlite(home.directory) : await ofPostgres(home.databaseUrl);
}

async function ofPostgres(url: string): Promise<Look> {
  const client = await reach(url, 0);
  try {
    const { rows: tables } = await client.query("SELECT to_regclass('hishamos.meta') IS NOT NULL AS there");
    if (tables[0]?.there !== true) return { is: "empty" };
    const { rows } = await client.query("SELECT schema_version AS version FROM hishamos.meta");
    return known(Number(rows[0]?.version ?? 0), "The database");
  } finally {
    await client.end();
  }
}

/** SQLite's result code: another connection has the lock. https://sqlite.org/rescode.html#busy */
const busy = 5;

function ofSqlite(directory: string): Look {
  const file = join(directory, "hishamos.db");
  if (!existsSync(file)) return { is: "empty" };
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
    return known(Number(database.prepare("PRAGMA user_version").get()?.["user_version"]), file);
  } catch (error) {
    if (error instanceof StateError || !(error instanceof Error)) throw error;
    const code = "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : null;
    if (code === busy) return { is: "in use" };
    throw new StateError(
      {
        code: "HOS602",
        message: `${file} is damaged or not one of our databases: ${error.message}.`,
        hint: "Restore it from a backup, or move it away to begin anew.",
      },
      error,
    );
  } finally {
    if (database?.isOpen) database.close();
  }
}

function known(schema: number, where: string): Look {
  if (schema > schemaVersion) throw newerSchema(where, schema, schemaVersion);
  return { is: "there", schema, current: schemaVersion };
}
