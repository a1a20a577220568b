import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgresDatabase, openPostgresStores } from "../../src/state/postgres/open.ts";
import { openConnections } from "../../src/state/postgres/pool.ts";
import { PostgresStorage } from "../../src/state/postgres/storage.ts";
import { Writes } from "../../src/state/postgres/writes.ts";
import { keepsAndGains } from "../contract/brought-forward.ts";
import { keyvContract } from "../contract/keyv.ts";
import { plansContract } from "../contract/plans.ts";
import { storesContract } from "../contract/stores.ts";
import { anExecution, nextRevision } from "../support/execution.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { startWriter } from "./crash.ts";
import {
  firstBlob,
  firstDefinition,
  firstDelivery,
  firstExecution,
  firstPostgresSchema,
} from "./first-schema.ts";

let postgres: TestPostgres;
let admin: Client;
beforeAll(async () => {
  postgres = await startPostgres();
  admin = new Client({ connectionString: postgres.url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await postgres.stop();
});

let schemas = 0;
const newSchema = () => {
  schemas += 1;
  return `test_${schemas}`;
};
const open = (schema: string) => openPostgresStores({ url: postgres.url, schema });

/** Ends every connection of our stores, as a server that restarts does; how many there were. */
async function endConnections(): Promise<number> {
  const { rows } = await admin.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hishamos' AND datname = current_database()",
  );
  return rows.length;
}

describe("Stores: Postgres", () => {
  storesContract(async () => {
    const schema = newSchema();
    const stores = await open(schema);
    let current = stores;
    return {
      stores,
      reopen: async () => {
        await current.close();
        current = await open(schema);
        return current;
      },
    };
  });
});

describe("plans: Postgres", () => {
  plansContract(async () => {
    const schema = newSchema();
    const database = await openPostgresDatabase({ url: postgres.url, schema });
    return {
      database,
      plan: async (sql, values) => {
        await admin.query(`ANALYZE ${schema}.executions`);
        const { rows } = await admin.query(`EXPLAIN ${sql}`, [...values]);
        return rows.map((row) => String(row["QUERY PLAN"])).join("\n");
      },
    };
  });
});

describe("Keyv: Postgres", () => {
  const schema = newSchema();
  beforeAll(async () => (await open(schema)).close());
  keyvContract(async () => {
    const connections = openConnections(postgres.url, 2);
    return {
      store: new PostgresStorage("notes", schema, connections, connections, new Writes(2)),
      close: () => connections.close(),
    };
  });
});

describe("one database", () => {
  test("serves several services: of two that save the same revision, one goes on", async () => {
    const schema = newSchema();
    const [here, there] = await Promise.all([open(schema), open(schema)]);
    const executions = Array.from({ length: 100 }, () => anExecution());
    await Promise.all(executions.map((each) => here.executions.create(each)));
    const saves = await Promise.all(
      executions.map((each) =>
        Promise.all([
          here.executions.save(nextRevision(each, { actor: "here" })),
          there.executions.save(nextRevision(each, { actor: "there" })),
        ]),
      ),
    );
    expect(saves.filter(([first, second]) => first !== second)).toHaveLength(100);
    await Promise.all([here.close(), there.close()]);
  });

  test("is prepared once by many services that start at once", async () => {
    const schema = newSchema();
    const all = await Promise.all(Array.from({ length: 6 }, () => open(schema)));
    await all[0]?.blobs.put("hash", "text", "one");
    expect(await Promise.all(all.map((stores) => stores.blobs.get("hash", "one")))).toEqual(
      all.map(() => ({ text: "text", owned: true })),
    );
    await Promise.all(all.map((stores) => stores.close()));
  });

  test("of a newer release is refused, and left as it is", async () => {
    const schema = newSchema();
    await (await open(schema)).close();
    await admin.query(`UPDATE ${schema}.meta SET schema_version = 99`);
    await expect(open(schema)).rejects.toMatchObject({ problem: { code: "HOS603" } });
    const { rows } = await admin.query(`SELECT * FROM ${schema}.meta`);
    expect(rows).toEqual([{ schema_version: 99 }]);
  });

  test("of the first release is brought forward, once, by many services that start at once", async () => {
    const schema = newSchema();
    await admin.query(firstPostgresSchema(schema));
    await admin.query(`INSERT INTO ${schema}.executions (key, value) VALUES ($1, $2)`, [
      firstExecution.key,
      firstExecution.value,
    ]);
    await admin.query(`INSERT INTO ${schema}.deliveries (key, value) VALUES ($1, $2)`, [
      firstDelivery.key,
      firstDelivery.value,
    ]);
    await admin.query(`INSERT INTO ${schema}.blobs (key, value) VALUES ($1, $2)`, [
      firstBlob.key,
      firstBlob.value,
    ]);
    await admin.query(`INSERT INTO ${schema}.definitions (key, value) VALUES ($1, $2)`, [
      firstDefinition.key,
      firstDefinition.value,
    ]);
    const all = await Promise.all(Array.from({ length: 4 }, () => open(schema)));
    if (all[0]) await keepsAndGains(all[0]);
    await Promise.all(all.map((stores) => stores.close()));
    const { rows } = await admin.query(`SELECT * FROM ${schema}.meta`);
    expect(rows).toEqual([{ schema_version: 5 }]);
  });

  test("that can't be reached is named, without the password", async () => {
    const opening = openPostgresStores({ url: "postgres://user:secret@127.0.0.1:1/none" });
    await expect(opening).rejects.toMatchObject({ problem: { code: "HOS608" } });
    await expect(opening).rejects.not.toThrow("secret");
  });

  test("that is not in UTF-8 is refused", async () => {
    const name = `hishamos_latin_${randomBytes(8).toString("hex")}`;
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`);
    const url = new URL(postgres.url);
    url.pathname = `/${name}`;
    await expect(openPostgresStores({ url: url.href })).rejects.toMatchObject({
      problem: { code: "HOS609" },
    });
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  });

  test("a schema's name can't carry SQL", async () => {
    for (const schema of ["", 'a"b', "a; DROP SCHEMA b", "A".repeat(60)]) {
      await expect(open(schema)).rejects.toMatchObject({ problem: { code: "HOS610" } });
    }
  });
});

describe("connections that the server ends", () => {
  test("while idle: reads go on, and saves after at most one rejection", async () => {
    const stores = await open(newSchema());
    const execution = anExecution();
    await stores.executions.create(execution);
    await stores.executions.load(execution.id);
    expect(await endConnections()).toBeGreaterThanOrEqual(2);
    expect(await stores.executions.load(execution.id)).toEqual(execution);
    await answerOf(stores.executions.save(nextRevision(execution)));
    const stored = await stores.executions.load(execution.id);
    expect(await stores.executions.save(nextRevision(stored ?? execution))).toBe(true);
    await stores.close();
  });

  test("under a statement: it rejects, nothing is written, and the same save works afterwards", async () => {
    const schema = newSchema();
    const stores = await open(schema);
    const executions = Array.from({ length: 20 }, () => anExecution());
    await Promise.all(executions.map((each) => stores.executions.create(each)));

    await admin.query(`BEGIN; LOCK TABLE ${schema}.executions IN EXCLUSIVE MODE`);
    const saves = Promise.allSettled(executions.map((each) => stores.executions.save(nextRevision(each))));
    await someoneWaitsForLock();
    await endConnections();
    expect(new Set((await saves).map(({ status }) => status))).toEqual(new Set(["rejected"]));
    await admin.query("ROLLBACK");

    const again = await Promise.all(executions.map((each) => stores.executions.save(nextRevision(each))));
    expect(new Set(again)).toEqual(new Set([true]));
    await stores.close();
  });

  test("again and again during work: no acknowledged save is lost, and all of it is done in the end", async () => {
    const stores = await open(newSchema());
    const executions = Array.from({ length: 50 }, () => anExecution());
    await Promise.all(executions.map((each) => stores.executions.create(each)));
    const lost: string[] = [];
    let saves = 0;
    let ended = 0;
    const work = executions.map(async ({ id }) => {
      let acknowledged = 1;
      for (;;) {
        const execution = await tryAgain(() => stores.executions.load(id));
        if (execution === null || execution.revision < acknowledged) lost.push(id);
        if (execution === null || execution.revision >= 30) return;
        const answer = await answerOf(stores.executions.save(nextRevision(execution)));
        if (answer === true) acknowledged = execution.revision + 1;
        saves += 1;
        if (saves % 200 === 0) ended += await endConnections();
      }
    });
    await Promise.all(work);
    expect(lost).toEqual([]);
    expect(ended).toBeGreaterThan(10);
    await stores.close();
  });

  test("a process killed while it writes leaves every save that it reported", async () => {
    const writer = await startWriter("postgres", postgres.url, 50);
    const saved = await writer.kill();
    const stores = await openPostgresStores({ url: postgres.url });
    expect(saved.size).toBe(2);
    for (const [id, revision] of saved) {
      expect((await stores.executions.load(id))?.revision).toBeGreaterThanOrEqual(revision);
    }
    await stores.close();
  });
});

/** `rejected` where the connection ended under it; any other error is one. */
async function answerOf(save: Promise<boolean>): Promise<boolean | "rejected"> {
  try {
    return await save;
  } catch (error) {
    if (error instanceof Error && /terminat|connection/i.test(error.message)) return "rejected";
    throw error;
  }
}

async function tryAgain<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}

async function someoneWaitsForLock(): Promise<void> {
  for (;;) {
    const { rows } = await admin.query(
      "SELECT 1 FROM pg_stat_activity WHERE application_name = 'hishamos' AND datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
  }
}
