import { type CustomTypesConfig, DatabaseError, Pool, type PoolClient, type PoolConfig, types } from "pg";
import { closed } from "../error.ts";
import type { Row, SqlValue } from "../storage.ts";

export type Parameter = SqlValue | readonly SqlValue[] | Buffer;

/** pg hands int8 out as text; all of ours (times, revisions, GitHub's ids) are below 2^53. */
const numbersForInt8: CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === types.builtins.INT8 ? Number : types.getTypeParser(oid, format)),
};

export interface Connections {
  /**
   * Runs one prepared statement. Rejects with what the server or the connection says, never with nothing; within 20 s
   * where nothing is said, and then, as where the connection broke, it may have been carried out all the same.
   */
  query(sql: string, values?: readonly Parameter[]): Promise<readonly Row[]>;
  /** The same for a statement that only reads: it is asked once more where the connection broke. */
  read(sql: string, values?: readonly Parameter[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** How long what the server does not answer is waited for. */
interface Patience {
  /** For a connection: a new one, or one of the pool that others let go (ms). */
  readonly connectMs: number;
  /** Above what any of our statements takes; a server that has vanished must not hold a save for long (ms). */
  readonly queryMs: number;
}

const patience: Patience = { connectMs: 5_000, queryMs: 15_000 };

/** A pool of its own, with at most `max` connections; losing one, idle or not, never ends the process. */
export function openConnections(url: string, max: number, limits: Patience = patience): Connections {
  const pool = new Pool({ ...connectionOptions(url, limits), max, idleTimeoutMillis: 30_000 });
  // The pool drops a connection that the server ends while idle, and says so in an event that would end Node.
  pool.on("error", ignore);
  // The same for one that breaks while it is lent but asks nothing.
  pool.on("connect", (client) => client.on("error", ignore));
  const names = new Map<string, string>();

  async function query(sql: string, values: readonly Parameter[] = []): Promise<readonly Row[]> {
    if (pool.ending) throw closed();
    const client = await pool.connect();
    return await ask(client, sql, values);
  }

  async function ask(client: PoolClient, sql: string, values: readonly Parameter[]): Promise<readonly Row[]> {
    try {
      const { rows } = await client.query<Row>({ name: nameOf(sql, names), text: sql, values: [...values] });
      client.release();
      return rows;
    } catch (error) {
      // A connection whose statement merely failed is as good as before.
      client.release(!isStatementError(error));
      throw error;
    }
  }

  return {
    query,
    async read(sql, values = []) {
      if (pool.ending) throw closed();
      // Where not even a connection can be had, another try would only double the time of who waits.
      const client = await pool.connect();
      try {
        return await ask(client, sql, values);
      } catch (error) {
        if (isStatementError(error) || isTimeout(error)) throw error;
        return query(sql, values);
      }
    },
    async close() {
      if (!pool.ending) await pool.end();
    },
  };
}

export function connectionOptions(url: string, { connectMs, queryMs }: Patience = patience): PoolConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: connectMs,
    query_timeout: queryMs,
    keepAlive: true,
    application_name: "hishamos",
    types: numbersForInt8,
  };
}

/** True where the server refused or undid the statement and said so; otherwise it may have been carried out. */
export function isStatementError(error: unknown): boolean {
  return error instanceof DatabaseError && error.severity === "ERROR";
}

/** pg gives it no code. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === "Query read timeout";
}

function nameOf(sql: string, names: Map<string, string>): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = `hishamos_${names.size}`;
  names.set(sql, name);
  return name;
}

function ignore(): void {}
