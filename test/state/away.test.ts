import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Stores } from "../../src/engine/ports/index.ts";
import { openPostgresStores, storeConnections } from "../../src/state/postgres/open.ts";
import { openConnections } from "../../src/state/postgres/pool.ts";
import { anExecution, nextRevision } from "../support/execution.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { Wire } from "../support/wire.ts";

let postgres: TestPostgres;
let admin: Client;
let wire: Wire;
let url: string;
beforeAll(async () => {
  postgres = await startPostgres();
  admin = new Client({ connectionString: postgres.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await postgres.stop();
});
beforeEach(async () => {
  const through = new URL(postgres.url);
  wire = new Wire(Number(through.port));
  through.port = String(await wire.listen());
  url = through.href;
});
afterEach(() => wire.close());

/** Questions and orders of every store. */
const asked: readonly (readonly [string, (stores: Stores) => Promise<unknown>])[] = [
  ["executions.load", (stores) => stores.executions.load("x")],
  ["executions.save", (stores) => stores.executions.save(nextRevision(anExecution()))],
  ["executions.create", (stores) => stores.executions.create(anExecution())],
  ["executions.list", (stores) => stores.executions.list({})],
  ["executions.unfinished", (stores) => stores.executions.unfinished(null, 10)],
  ["executions.due", (stores) => stores.executions.due(1, 10)],
  ["executions.nextDue", (stores) => stores.executions.nextDue()],
  ["messages.list", (stores) => stores.messages.list("x")],
  ["messages.remove", (stores) => stores.messages.remove("x", ["m"])],
  ["messages.waiting", (stores) => stores.messages.waiting(10)],
  ["definitions.get", (stores) => stores.definitions.get("x")],
  ["deliveries.get", (stores) => stores.deliveries.get("x")],
  ["reports.get", (stores) => stores.reports.get("x")],
  ["reports.behind", (stores) => stores.reports.behind(10)],
  ["schedules.due", (stores) => stores.schedules.due(1, 10)],
  ["schedules.nextDue", (stores) => stores.schedules.nextDue()],
  ["members.beat", (stores) => stores.members.beat("x", 1)],
  ["members.list", (stores) => stores.members.list()],
  ["leases.get", (stores) => stores.leases.get("x")],
  ["notes.get", (stores) => stores.notes.get("x")],
  ["notes.put", (stores) => stores.notes.put("x", "text")],
];

test("where the database can't be reached everything rejects, nothing is taken for not there, and it goes on afterwards", async () => {
  const stores = await openPostgresStores({ url, schema: "refused" });
  const execution = anExecution();
  await stores.executions.create(execution);
  wire.refuse();
  const answers = await Promise.allSettled(asked.map(([, ask]) => ask(stores)));
  expect(asked.filter((_, at) => answers[at]?.status !== "rejected").map(([name]) => name)).toEqual([]);
  wire.restore();
  expect(await stores.executions.load(execution.id)).toEqual(execution);
  expect(await stores.executions.save(nextRevision(execution))).toBe(true);
  await stores.close();
});

test("where packets go nowhere, statements and those who wait for a connection give up in time, and it goes on afterwards", async () => {
  const connections = openConnections(url, 2, { connectMs: 200, queryMs: 200 });
  expect(await connections.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  wire.silence();
  const answers = await Promise.allSettled([
    connections.query("SELECT 1"),
    connections.query("SELECT 2"),
    connections.query("SELECT 3"),
    connections.read("SELECT 4"),
  ]);
  const said = answers.map((answer) => (answer.status === "rejected" ? String(answer.reason) : "answered"));
  expect(said).toHaveLength(4);
  for (const each of said) expect(each).toMatch(/timeout/);
  wire.restore();
  expect(await connections.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await connections.close();
});

test("a save whose answer was lost is refused when it is tried again, and has been made", async () => {
  const stores = await openPostgresStores({ url, schema: "unknown" });
  const execution = anExecution();
  await stores.executions.create(execution);
  const next = nextRevision(execution, { actor: "me" });
  await admin.query("BEGIN; LOCK TABLE unknown.executions IN EXCLUSIVE MODE");
  const saving = Promise.allSettled([stores.executions.save(next)]);
  await until(
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'hishamos' AND datname = current_database() AND wait_event_type = 'Lock'",
  );
  // It has arrived at the server, and its answer arrives nowhere.
  wire.silence();
  await admin.query("ROLLBACK");
  await until("SELECT 1 FROM unknown.executions WHERE revision = 2");
  wire.cut();
  wire.restore();
  expect((await saving).map(({ status }) => status)).toEqual(["rejected"]);
  expect(await stores.executions.save(next)).toBe(false);
  expect(await stores.executions.load(execution.id)).toEqual(next);
  await stores.close();
});

test("where the server has no connection left, what asks rejects with that, and goes on once it has", async () => {
  const role = `limited_${randomBytes(4).toString("hex")}`;
  await admin.query(`CREATE ROLE ${role} LOGIN CONNECTION LIMIT 1 PASSWORD 'secret'`);
  const limited = new URL(postgres.url);
  limited.username = role;
  limited.password = "secret";
  const other = new Client({ connectionString: limited.href });
  await other.connect();
  const connections = openConnections(limited.href, 2);
  await expect(connections.read("SELECT 1")).rejects.toMatchObject({ code: "53300" });
  await other.end();
  await until(`SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE usename = '${role}')`);
  expect(await connections.read("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  await connections.close();
  await until(`SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE usename = '${role}')`);
  await admin.query(`DROP ROLE ${role}`);
});

test("however much is asked at once, no more connections are open than is said", async () => {
  const stores = await openPostgresStores({ url, schema: "many" });
  const executions = Array.from({ length: 200 }, () => anExecution());
  await Promise.all(executions.map((each) => stores.executions.create(each)));
  await Promise.all(
    executions.flatMap((each) => [
      stores.executions.load(each.id),
      stores.executions.save(nextRevision(each)),
      stores.messages.list(each.id),
      stores.notes.put(each.id, "text"),
    ]),
  );
  const { rows } = await admin.query(
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'hishamos' AND datname = current_database()",
  );
  expect(rows).toHaveLength(storeConnections);
  await stores.close();
});

test("one that does not answer yet is waited for at the start", async () => {
  wire.refuse();
  const opening = openPostgresStores({ url, schema: "later", waitMs: 30_000 });
  await wire.dialled();
  wire.restore();
  const stores = await opening;
  expect(await stores.notes.get("none")).toBeNull();
  await stores.close();
});

test("one that refuses us for good is not waited for", async () => {
  const other = new URL(url);
  other.pathname = "/not_there";
  const opening = openPostgresStores({ url: other.href, waitMs: 3_600_000 });
  await expect(opening).rejects.toMatchObject({ problem: { code: "HOS608" } });
});

/** Asks the server until it finds something. */
async function until(sql: string): Promise<void> {
  while ((await admin.query(sql)).rows.length === 0);
}
