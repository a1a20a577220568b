import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lookAtStore } from "../../src/state/look.ts";
import { openPostgresStores } from "../../src/state/postgres/open.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { schemaVersion } from "../../src/state/tables.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";

const directory = mkdtempSync(join(tmpdir(), "hishamos-look-"));
let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  rmSync(directory, { recursive: true });
});

const current = { is: "there", schema: schemaVersion, current: schemaVersion };

test("Postgres is looked at while a service works on it, and nothing is made there", async () => {
  const home = { databaseUrl: server.url };
  expect(await lookAtStore(home)).toEqual({ is: "empty" });
  expect(await lookAtStore(home)).toEqual({ is: "empty" });
  const stores = await openPostgresStores({ url: server.url });
  expect(await lookAtStore(home)).toEqual(current);
  await stores.close();
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(`UPDATE hishamos.meta SET schema_version = ${schemaVersion + 1}`);
  await client.end();
  await expect(lookAtStore(home)).rejects.toMatchObject({ problem: { code: "HOS603" } });
});

test("SQLite's file is not touched while a service has it", async () => {
  expect(await lookAtStore({ directory })).toEqual({ is: "empty" });
  const stores = await openSqliteStores({ directory });
  expect(await lookAtStore({ directory })).toEqual({ is: "in use" });
  await stores.close();
  expect(await lookAtStore({ directory })).toEqual(current);
});
