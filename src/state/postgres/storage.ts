import { KeyvPostgres, type KeyvPostgresOptions } from "@keyv/postgres";
import type { DocumentStorage, Insertion, Row, SqlValue } from "../storage.ts";
import { type TableName, tableDefinition } from "../tables.ts";
import { insertOperation, removeOperation, saveOperation, upsertOperation } from "./operations.ts";
import type { Connections } from "./pool.ts";
import { Reads } from "./reads.ts";
import type { Operation, Writes } from "./writes.ts";

const pageSize = 100;

interface Base {
  readonly opts: KeyvPostgresOptions;
  get(key: string): Promise<string | undefined>;
  getMany(keys: string[]): Promise<(string | undefined)[]>;
  has(key: string): Promise<boolean>;
}

interface Options extends KeyvPostgresOptions {
  readonly schema: string;
  readonly table: TableName;
  readonly connections: Connections;
}

/** KeyvPostgres as its source has it; its types don't know that Keyv hands a boolean of `set` on. */
const Adapter = KeyvPostgres as unknown as new (options: Options) => Base;

/**
 * KeyvPostgres on a pool of ours, with fenced and coalesced writes. As it ships, a connection that the server
 * ends crashes Node, every instance shares one pool, and a failed iterator looks like an empty table.
 */
export class PostgresStorage extends Adapter implements DocumentStorage {
  readonly #connections: Connections;
  readonly #reads: Reads;
  readonly #writes: Writes;
  readonly #table: string;
  readonly #set: Operation<boolean>;
  readonly #insert: Operation<Insertion>;
  readonly #remove: Operation<boolean>;

  /** `reads` are the connections that Keyv's own statements use, `saves` those of our writes. */
  constructor(table: TableName, schema: string, reads: Connections, saves: Connections, writes: Writes) {
    super({ schema, table, connections: reads, dialect: "postgres" });
    this.#connections = reads;
    this.#writes = writes;
    this.#table = `${schema}.${table}`;
    // Not KeyvPostgres' own statement, which fetches the generated columns too.
    const select = `SELECT key, value FROM ${this.#table} WHERE key = ANY($1)`;
    this.#reads = new Reads(async (keys) => {
      const rows = await reads.read(select, [keys]);
      return new Map(rows.map((row) => [String(row["key"]), String(row["value"])]));
    });
    const set = tableDefinition(table).fenced ? saveOperation : upsertOperation;
    this.#set = set(saves, this.#table);
    this.#insert = insertOperation(saves, this.#table);
    this.#remove = removeOperation(saves, this.#table);
  }

  /** Called by KeyvPostgres' constructor: how its own statements reach the database. */
  async connect(): Promise<(sql: string, values?: SqlValue[]) => Promise<readonly Row[]>> {
    const { connections } = this.opts as Options;
    return async (sql, values) => {
      // Its first statement; the tables are there already, with their generated columns.
      if (sql.startsWith("CREATE ")) return [];
      return connections.read(sql, values);
    };
  }

  override get(key: string): Promise<string | undefined> {
    return this.#reads.get(key);
  }

  set(key: string, text: string): Promise<boolean> {
    return this.#writes.add(this.#set, { key, text });
  }

  setMany(entries: { key: string; value: string }[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value }) => this.set(key, value)));
  }

  insert(key: string, text: string): Promise<Insertion> {
    return this.#writes.add(this.#insert, { key, text });
  }

  delete(key: string): Promise<boolean> {
    return this.#writes.add(this.#remove, { key, text: "" });
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    const removed = await Promise.all(keys.map((key) => this.delete(key)));
    return removed.includes(true);
  }

  async clear(): Promise<void> {
    await this.#connections.query(`DELETE FROM ${this.#table}`);
  }

  /** All rows by key, in pages; rejects where the database can't answer. */
  async *iterator(): AsyncGenerator<[string, string], void> {
    const page = `SELECT key, value FROM ${this.#table} WHERE key > $1 ORDER BY key LIMIT ${pageSize}`;
    let last = "";
    for (;;) {
      const rows = await this.#connections.read(page, [last]);
      for (const row of rows) {
        last = String(row["key"]);
        yield [last, String(row["value"])];
      }
      if (rows.length < pageSize) return;
    }
  }

  /** The connections belong to the whole set of stores, which ends them. */
  async disconnect(): Promise<void> {}
}
