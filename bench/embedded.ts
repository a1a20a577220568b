import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteDatabase } from "../src/state/sqlite/database.ts";
import { openSqliteFile } from "../src/state/sqlite/open.ts";
import { fencedUpdate, insert } from "../src/state/sqlite/statements.ts";
import { openStores } from "../src/state/stores.ts";
import type { Ground } from "./ground.ts";

/** SQLite in a directory of its own under the system's temporary one, as the service opens it. */
export async function openEmbedded(): Promise<Ground> {
  const directory = mkdtempSync(join(tmpdir(), "hishamos-bench-"));
  const file = openSqliteFile(directory);
  const database = sqliteDatabase(file);
  const stores = openStores(database);
  const create = file.prepare(insert("executions"));
  const update = file.prepare(fencedUpdate("executions"));
  const pragma = (name: string) => String(Object.values(file.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  return {
    name: "embedded",
    facts: {
      version: `SQLite ${String(file.prepare("SELECT sqlite_version() AS version").get()?.["version"])}`,
      journal: pragma("journal_mode"),
      synchronous: ["off", "normal", "full", "extra"][Number(pragma("synchronous"))] ?? "unknown",
    },
    stores,
    executions: database.storage("executions"),
    single: {
      insert: async (key, text) => create.run(key, text).changes === 1,
      save: async (key, text, expected) => update.run(text, key, expected).changes === 1,
    },
    async close() {
      await stores.close();
      rmSync(directory, { recursive: true });
    },
  };
}
