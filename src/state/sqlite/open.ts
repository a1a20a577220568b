import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Stores } from "../../engine/ports/store.ts";
import { StateError } from "../error.ts";
import { openStores } from "../stores.ts";
import { sqliteDatabase } from "./database.ts";
import { prepareSchema } from "./schema.ts";

/** How long to wait for a service that is just ending (ms). */
const lockWaitMs = 1000;

/** SQLite's primary result codes, https://sqlite.org/rescode.html */
const results = { busy: 5, readOnly: 8, corrupt: 11, cannotOpen: 14, notADatabase: 26 } as const;

/**
 * The stores in `directory` (made if missing; `:memory:` keeps nothing), held by this process alone until
 * `close()` or its death. Rejects with a StateError where another service uses the directory, or where the
 * file is damaged or of a newer release.
 */
export async function openSqliteStores({ directory }: { readonly directory: string }): Promise<Stores> {
  return openStores(sqliteDatabase(openSqliteFile(directory)));
}

/** The file itself, with its tables, held by this connection alone. Throws as `openSqliteStores` rejects. */
export function openSqliteFile(directory: string): DatabaseSync {
  const file = directory === ":memory:" ? directory : join(directory, "hishamos.db");
  let database: DatabaseSync | null = null;
  try {
    // Webhooks of private repositories are in there.
    if (file !== directory) mkdirSync(directory, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(file, { timeout: lockWaitMs });
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    // In exclusive mode the first write takes the lock, and the connection keeps it.
    database.exec("BEGIN EXCLUSIVE; COMMIT");
    prepareSchema(database, file);
    return database;
  } catch (error) {
    if (database?.isOpen) database.close();
    throw explained(error, directory, file);
  }
}

function explained(error: unknown, directory: string, file: string): unknown {
  if (error instanceof StateError || !(error instanceof Error)) return error;
  const result = "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : null;
  if (result === results.busy) {
    return new StateError(
      {
        code: "HOS601",
        message: `Another service uses the directory ${directory}.`,
        hint: "Stop it, set another HISHAMOS_DATA_DIR, or set DATABASE_URL to run several on Postgres.",
      },
      error,
    );
  }
  if (result === results.corrupt || result === results.notADatabase) {
    return new StateError(
      {
        code: "HOS602",
        message: `${file} is damaged or not one of our databases: ${error.message}.`,
        hint: "Restore it from a backup, or move it away to begin anew.",
      },
      error,
    );
  }
  if (result === results.cannotOpen || result === results.readOnly || "syscall" in error) {
    return new StateError(
      {
        code: "HOS607",
        message: `The directory ${directory} can't be used: ${error.message}.`,
        hint: "HISHAMOS_DATA_DIR names a directory that this user may write to.",
      },
      error,
    );
  }
  return error;
}
