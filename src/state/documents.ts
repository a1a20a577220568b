import { Keyv } from "keyv";
import type { Database, Insertion, Row, SqlValue } from "./storage.ts";
import type { TableName } from "./tables.ts";
import { toJson, wellFormed } from "./text.ts";

/** What a table's generated columns read, by column name. */
export type Facts = Readonly<Record<string, SqlValue>>;

/**
 * The documents of one table, through Keyv. A stored text is two lines, `{"facts":{…},` and `"value":…}`:
 * one JSON object for Keyv, while a database finds what it indexes without parsing a large document.
 */
export interface Documents<T> {
  readonly keyv: Keyv<T>;
  get(key: string): Promise<T | undefined>;
  set(key: string, document: T): Promise<boolean>;
  insert(key: string, document: T): Promise<Insertion>;
  /** The documents in a result's `value` column. */
  read(rows: readonly Row[]): T[];
}

export function openDocuments<T>(
  database: Database,
  table: TableName,
  factsOf: (document: T) => Facts,
): Documents<T> {
  const storage = database.storage(table);
  const toText = (document: T) => `{"facts":${toJson(factsOf(document))},\n"value":${toJson(document)}}`;
  const keyv = new Keyv<T>({
    store: storage,
    // Keyv's own serializer rewrites strings that begin with a colon, and reads some of them as Buffers.
    serialize: (data) => toText(data.value as T),
    deserialize: (text) => JSON.parse(text),
    throwOnErrors: true,
    namespace: "",
    useKeyPrefix: false,
  });
  return {
    keyv,
    // Keys are text like any other: what is looked up is what was stored.
    get: (key) => keyv.get<T>(wellFormed(key)),
    set: (key, document) => keyv.set(wellFormed(key), document),
    insert: (key, document) => storage.insert(wellFormed(key), toText(document)),
    read: (rows) => rows.map((row) => JSON.parse(String(row["value"])).value as T),
  };
}

/** The revision that a fenced text carries: the first of its facts, which is not worth parsing the others for. */
export function revisionOf(text: string): number {
  const [, revision] = /^\{"facts":\{"revision":(\d+)[,}]/.exec(text) ?? [];
  if (revision === undefined) throw new TypeError("a document without a revision can't be saved here");
  return Number(revision);
}
