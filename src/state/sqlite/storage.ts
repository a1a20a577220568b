import { EventEmitter } from "node:events";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { SlotTaken } from "../../engine/ports/store.ts";
import { revisionOf } from "../documents.ts";
import { closed } from "../error.ts";
import type { DocumentStorage, Insertion } from "../storage.ts";
import { type TableName, tableDefinition } from "../tables.ts";
import type { Commits } from "./commits.ts";
import { fencedUpdate, insert, remove, upsert } from "./statements.ts";

/** https://sqlite.org/rescode.html#constraint_unique */
const constraintUnique = 2067;
const pageSize = 100;

/** One table of an embedded database as a Keyv storage adapter. */
export class SqliteStorage extends EventEmitter implements DocumentStorage {
  /** Keyv makes an iterator only for dialects that it knows. */
  readonly opts = { dialect: "sqlite", url: "sqlite:" };
  namespace?: string;
  readonly #database: DatabaseSync;
  readonly #commits: Commits;
  readonly #fenced: boolean;
  readonly #select: StatementSync;
  readonly #page: StatementSync;
  readonly #upsert: StatementSync;
  readonly #insert: StatementSync;
  readonly #remove: StatementSync;
  readonly #clear: StatementSync;
  readonly #update: StatementSync | null;

  constructor(database: DatabaseSync, commits: Commits, table: TableName) {
    super();
    this.#database = database;
    this.#commits = commits;
    this.#fenced = tableDefinition(table).fenced === true;
    this.#select = database.prepare(`SELECT value FROM ${table} WHERE key = ?`);
    this.#page = database.prepare(
      `SELECT key, value FROM ${table} WHERE key > ? ORDER BY key LIMIT ${pageSize}`,
    );
    this.#upsert = database.prepare(upsert(table));
    this.#insert = database.prepare(insert(table));
    this.#remove = database.prepare(remove(table));
    this.#clear = database.prepare(`DELETE FROM ${table}`);
    this.#update = this.#fenced ? database.prepare(fencedUpdate(table)) : null;
  }

  // Async, so that SQLite's errors reject as the port says, instead of being thrown at the caller.
  async get(key: string): Promise<string | undefined> {
    return this.#read(key);
  }

  async getMany(keys: string[]): Promise<(string | undefined)[]> {
    return keys.map((key) => this.#read(key));
  }

  async has(key: string): Promise<boolean> {
    return this.#read(key) !== undefined;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return keys.map((key) => this.#read(key) !== undefined);
  }

  async set(key: string, text: string): Promise<boolean> {
    const update = this.#update;
    if (update === null) return this.#commits.add(() => this.#upsert.run(key, text).changes === 1);
    const expected = revisionOf(text) - 1;
    return this.#commits.add(() => {
      try {
        return update.run(text, key, expected).changes === 1;
      } catch (error) {
        throw isUniqueViolation(error) ? new SlotTaken(key, { cause: error }) : error;
      }
    });
  }

  setMany(entries: { key: string; value: string }[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value }) => this.set(key, value)));
  }

  insert(key: string, text: string): Promise<Insertion> {
    return this.#commits.add(() => {
      if (this.#insert.run(key, text).changes === 1) return "created";
      return this.#read(key) === undefined ? "conflict" : "exists";
    });
  }

  delete(key: string): Promise<boolean> {
    return this.#commits.add(() => this.#remove.run(key).changes === 1);
  }

  deleteMany(keys: string[]): Promise<boolean> {
    return this.#commits.add(() => keys.filter((key) => this.#remove.run(key).changes === 1).length > 0);
  }

  async clear(): Promise<void> {
    await this.#commits.add(() => this.#clear.run());
  }

  /** All rows by key, in pages, so that writes go on in between. */
  async *iterator(): AsyncGenerator<[string, string], void> {
    let last = "";
    for (;;) {
      if (!this.#database.isOpen) throw closed();
      const rows = this.#page.all(last);
      for (const row of rows) {
        last = String(row["key"]);
        yield [last, String(row["value"])];
      }
      if (rows.length < pageSize) return;
    }
  }

  #read(key: string): string | undefined {
    if (!this.#database.isOpen) throw closed();
    const row = this.#select.get(key);
    return row === undefined ? undefined : String(row["value"]);
  }
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === constraintUnique;
}
