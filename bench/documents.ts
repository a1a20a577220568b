import { createHash } from "node:crypto";
import { sqliteDatabase } from "../src/state/sqlite/database.ts";
import { openSqliteFile } from "../src/state/sqlite/open.ts";
import type { DocumentStorage } from "../src/state/storage.ts";
import { openStores } from "../src/state/stores.ts";
import { createDirectQueue } from "./direct-queue.ts";
import { measureEngine } from "./engine.ts";
import { firstNumber } from "./load.ts";

/** What one execution stores. */
export interface Documents {
  readonly meanBytes: number;
  readonly copy: (number: number) => Copy;
}

/** The texts of an execution of its own, as they reach the database: its insert and then each save. */
export interface Copy {
  readonly key: string;
  readonly created: string;
  readonly saved: readonly string[];
}

const recordedNumber = firstNumber - 1;

/** Runs one execution and writes down what the engine has the stores write. */
export async function recordDocuments(): Promise<Documents> {
  const database = sqliteDatabase(openSqliteFile(":memory:"));
  const texts: string[] = [];
  let recordedKey = "";
  const recording = (storage: DocumentStorage) => {
    const [insert, set] = [storage.insert.bind(storage), storage.set.bind(storage)];
    storage.insert = (key, text) => {
      recordedKey = key;
      texts.push(text);
      return insert(key, text);
    };
    storage.set = (key, text) => {
      texts.push(text);
      return set(key, text);
    };
    return storage;
  };
  const stores = openStores({
    ...database,
    storage: (table) =>
      table === "executions" ? recording(database.storage(table)) : database.storage(table),
  });
  await measureEngine(stores, createDirectQueue(), [recordedNumber], 1);
  await stores.close();
  const [created, ...saved] = texts;
  if (created === undefined) throw new Error("the execution stored nothing");
  const bytes = saved.map((text) => Buffer.byteLength(text));
  return {
    meanBytes: Math.round(bytes.reduce((sum, each) => sum + each, 0) / bytes.length),
    copy(number) {
      const key = createHash("sha256").update(`bare-${number}`).digest("hex").slice(0, recordedKey.length);
      // The number is in the concurrency group too, of which there may be one each.
      const own = (text: string) =>
        text.replaceAll(recordedKey, key).replaceAll(String(recordedNumber), String(number));
      return { key, created: own(created), saved: saved.map(own) };
    },
  };
}
