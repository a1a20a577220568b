import type { TableName } from "./tables.ts";

/** `conflict`: the key is new, but another row holds a value that must be unique. */
export type Insertion = "created" | "exists" | "conflict";

/**
 * One table of JSON texts under Keyv: a Keyv storage adapter, and what Keyv has no word for. Every method
 * rejects when the database can't answer; a write is durable when it resolves.
 */
export interface DocumentStorage {
  get(key: string): Promise<string | undefined>;
  getMany(keys: string[]): Promise<(string | undefined)[]>;
  has(key: string): Promise<boolean>;
  /**
   * In a fenced table false means that the stored revision is not the one before the text's, and that nothing
   * was written; Keyv hands the answer on. Elsewhere it overwrites and is true.
   */
  set(key: string, text: string): Promise<boolean>;
  setMany(entries: { key: string; value: string }[]): Promise<boolean[]>;
  /** Writes nothing if the key exists. */
  insert(key: string, text: string): Promise<Insertion>;
  delete(key: string): Promise<boolean>;
  deleteMany(keys: string[]): Promise<boolean>;
  clear(): Promise<void>;
  iterator(namespace?: string): AsyncGenerator<[string, string], void>;
}

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

/** Rows to be removed, and what goes with each of them. */
export interface Removal {
  readonly table: TableName;
  readonly keys: readonly string[];
  /** What must still be true of a row, in SQL that both databases take: `$2`, `$3`, … are `values`. */
  readonly still: string;
  readonly values: readonly SqlValue[];
  /** Rows of other tables whose column is the removed row's key, after `prefix`. */
  readonly along: readonly { readonly table: TableName; readonly column: string; readonly prefix?: string }[];
}

/** The tables of one service. */
export interface Database {
  /** The table's name as SQL has to say it. */
  name(table: TableName): string;
  storage(table: TableName): DocumentStorage;
  /** Runs a SELECT with `$1`, `$2`, … in SQL that both databases take. */
  select(sql: string, values: readonly SqlValue[]): Promise<readonly Row[]>;
  /** Removes them in one transaction; answers how many, and how many of `along` in its order. A row that is being changed stays. */
  remove(removal: Removal): Promise<readonly number[]>;
  close(): Promise<void>;
}
