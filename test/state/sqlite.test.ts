import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Keyv } from "keyv";
import { afterAll, describe, expect, test } from "vitest";
import { sqliteDatabase } from "../../src/state/sqlite/database.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { prepareSchema } from "../../src/state/sqlite/schema.ts";
import { keepsAndGains } from "../contract/brought-forward.ts";
import { keyvContract } from "../contract/keyv.ts";
import { plansContract } from "../contract/plans.ts";
import { storesContract } from "../contract/stores.ts";
import { anExecution } from "../support/execution.ts";
import { startWriter } from "./crash.ts";
import {
  firstBlob,
  firstDefinition,
  firstDelivery,
  firstExecution,
  firstSqliteSchema,
} from "./first-schema.ts";

const root = mkdtempSync(join(tmpdir(), "hishamos-sqlite-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newDirectory = () => mkdtempSync(join(root, "data-"));

describe("Stores: SQLite", () => {
  storesContract(async () => {
    const directory = newDirectory();
    const stores = await openSqliteStores({ directory });
    let current = stores;
    return {
      stores,
      reopen: async () => {
        await current.close();
        current = await openSqliteStores({ directory });
        return current;
      },
    };
  });
});

describe("Keyv: SQLite", () => {
  keyvContract(async () => {
    const connection = new DatabaseSync(":memory:");
    prepareSchema(connection, ":memory:");
    const database = sqliteDatabase(connection);
    return { store: database.storage("notes"), close: () => database.close() };
  });
});

describe("plans: SQLite", () => {
  plansContract(async () => {
    const connection = new DatabaseSync(":memory:");
    prepareSchema(connection, ":memory:");
    const database = sqliteDatabase(connection);
    return {
      database,
      plan: async (sql, values) =>
        (await database.select(`EXPLAIN QUERY PLAN ${sql}`, values)).map(({ detail }) => detail).join("\n"),
    };
  });
});

describe("one directory", () => {
  test("is made where it is missing", async () => {
    const directory = join(root, "a", "b");
    await (await openSqliteStores({ directory })).close();
    expect(existsSync(directory)).toBe(true);
  });

  test("serves one service at a time, and says so to a second", async () => {
    const directory = newDirectory();
    const stores = await openSqliteStores({ directory });
    await expect(openSqliteStores({ directory })).rejects.toMatchObject({
      message: expect.stringContaining(`Another service uses the directory ${directory}`),
      problem: { code: "HOS601" },
    });
    await stores.executions.create(anExecution());
    await stores.close();
    await (await openSqliteStores({ directory })).close();
  });

  test("of a service killed while it writes, is taken over at once, with every save that it reported", async () => {
    const directory = newDirectory();
    const writer = await startWriter("sqlite", directory, 50);
    await expect(openSqliteStores({ directory })).rejects.toMatchObject({ problem: { code: "HOS601" } });
    const saved = await writer.kill();
    const stores = await openSqliteStores({ directory });
    for (const [id, revision] of saved) {
      expect((await stores.executions.load(id))?.revision).toBeGreaterThanOrEqual(revision);
    }
    expect(saved.size).toBe(2);
    await stores.close();
  });

  test("that is a file is refused", async () => {
    const file = join(newDirectory(), "file");
    writeFileSync(file, "");
    await expect(openSqliteStores({ directory: file })).rejects.toMatchObject({
      problem: { code: "HOS607" },
    });
  });
});

describe("a database", () => {
  test("that is none is refused", async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, "hishamos.db"), "not a database ".repeat(1000));
    await expect(openSqliteStores({ directory })).rejects.toMatchObject({ problem: { code: "HOS602" } });
  });

  test("of a newer release is refused, and left as it is", async () => {
    const directory = newDirectory();
    await (await openSqliteStores({ directory })).close();
    const raw = new DatabaseSync(join(directory, "hishamos.db"));
    raw.exec("PRAGMA user_version = 99");
    raw.close();
    await expect(openSqliteStores({ directory })).rejects.toMatchObject({ problem: { code: "HOS603" } });
  });

  test("of the first release is brought forward, once, with all that it holds", async () => {
    const directory = newDirectory();
    const raw = new DatabaseSync(join(directory, "hishamos.db"));
    raw.exec(firstSqliteSchema);
    raw
      .prepare("INSERT INTO executions (key, value) VALUES (?, ?)")
      .run(firstExecution.key, firstExecution.value);
    raw
      .prepare("INSERT INTO deliveries (key, value) VALUES (?, ?)")
      .run(firstDelivery.key, firstDelivery.value);
    raw.prepare("INSERT INTO blobs (key, value) VALUES (?, ?)").run(firstBlob.key, firstBlob.value);
    raw
      .prepare("INSERT INTO definitions (key, value) VALUES (?, ?)")
      .run(firstDefinition.key, firstDefinition.value);
    raw.close();
    const stores = await openSqliteStores({ directory });
    await keepsAndGains(stores);
    await stores.close();
    const again = await openSqliteStores({ directory });
    expect(await again.executions.queued(1000, "group", 10)).toEqual(["old", "queued"]);
    await again.close();
  });

  test("in memory needs no directory", async () => {
    const stores = await openSqliteStores({ directory: ":memory:" });
    await stores.blobs.put("hash", "text", "one");
    expect(await stores.blobs.get("hash", "one")).toMatchObject({ text: "text" });
    await stores.close();
  });
});

test("one write that fails leaves those of the same transaction be", async () => {
  const connection = new DatabaseSync(":memory:");
  prepareSchema(connection, ":memory:");
  const database = sqliteDatabase(connection);
  const keyv = new Keyv<unknown>({
    store: database.storage("executions"),
    throwOnErrors: true,
    namespace: "",
  });
  const blobs = database.storage("notes");
  const results = await Promise.allSettled([
    blobs.set("before", "{}"),
    keyv.set("no revision", {}),
    blobs.set("malformed", "{"),
    blobs.set("after", "{}"),
  ]);
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  expect(await blobs.has("after")).toBe(true);
  await database.close();
});
