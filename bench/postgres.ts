import { Client } from "pg";
import { openPostgresStores, postgresDatabase } from "../src/state/postgres/open.ts";
import { fencedUpdate, insert } from "../src/state/postgres/statements.ts";
import { startPostgres } from "../test/support/postgres.ts";
import type { Ground } from "./ground.ts";

const schema = "hishamos";

/** A real Postgres to throw away, with fsync; or a new database on the server of TEST_DATABASE_URL as that is. */
export async function openPostgres(): Promise<Ground> {
  const server = await startPostgres({ durable: true });
  const stores = await openPostgresStores({ url: server.url, schema });
  const database = postgresDatabase(server.url, schema);
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const show = async (name: string) => {
    const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
    return rows[0]?.[name] ?? "unknown";
  };
  const create = { name: "create", text: insert(`${schema}.executions`) };
  const update = { name: "update", text: fencedUpdate(`${schema}.executions`) };
  return {
    name: "postgres",
    facts: {
      version: `Postgres ${await show("server_version")}`,
      from: server.source,
      fsync: await show("fsync"),
      synchronous_commit: await show("synchronous_commit"),
    },
    stores,
    executions: database.storage("executions"),
    single: {
      insert: async (key, text) => (await client.query({ ...create, values: [key, text] })).rows.length === 1,
      save: async (key, text, expected) =>
        (await client.query({ ...update, values: [key, text, expected] })).rows.length === 1,
    },
    async close() {
      await Promise.all([client.end(), database.close(), stores.close()]);
      await server.stop();
    },
  };
}
