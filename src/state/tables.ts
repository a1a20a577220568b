import { afterFirst, afterSecond, hasMore } from "./subjects.ts";

/** The version of the tables below; a database with a higher one belongs to a newer release. */
export const schemaVersion = 5;

/** `counter`: an integer that is 0 in rows which have no such fact. */
export type ColumnType = "integer" | "text" | "counter";

export interface IndexDefinition {
  readonly name: string;
  readonly unique?: true;
  /** `(…) [WHERE …]`, in SQL that both databases take. */
  readonly on: string;
}

export interface TableDefinition {
  /** Generated columns: each reads the fact of its name, which the document is stored with. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly indexes: readonly IndexDefinition[];
  /** Overwritten only by the next revision. */
  readonly fenced?: true;
}

/** States in which an execution is taken up by recovery; written out, so that partial indexes match. */
export const unfinishedStates = "state IN ('running', 'paused')";

/** The others, as what retention walks. */
export const endedStates = "state IN ('completed', 'failed', 'cancelled')";

export const tables = {
  executions: {
    fenced: true,
    columns: {
      revision: "integer",
      repository: "integer",
      /** Numbers of the subject, the linked pull requests and what steps under way are about, as `|12|13|`. */
      subjects: "text",
      workflow: "text",
      stem: "text",
      state: "text",
      slot: "text",
      due: "integer",
      updated_at: "integer",
      wants: "text",
      /** When one that wants a group started: their order. */
      queued_at: "integer",
      /** What it awaits that an event can name, as `|run:7|sha:abc|`; null in rows of before. */
      awaits: "text",
      /** The execution whose step this one is the work of. */
      parent: "text",
      /** Hash of the definition it is pinned to; null in rows of before, and only there. */
      definition: "text",
    },
    indexes: [
      { name: "slot", unique: true, on: "(repository, slot) WHERE slot IS NOT NULL" },
      { name: "newest", on: "(updated_at DESC, key)" },
      { name: "repository_newest", on: "(repository, updated_at DESC, key)" },
      { name: "repository_unfinished", on: `(repository, updated_at DESC, key) WHERE ${unfinishedStates}` },
      { name: "unfinished", on: `(key) WHERE ${unfinishedStates}` },
      { name: "subject", on: "(repository, subjects)" },
      { name: "second_subject", on: `(repository, ${afterFirst}) WHERE ${hasMore(afterFirst)}` },
      { name: "more_subjects", on: `(repository, ${afterSecond}) WHERE ${hasMore(afterSecond)}` },
      { name: "due", on: "(due) WHERE due IS NOT NULL" },
      { name: "queue", on: "(repository, wants, queued_at, key) WHERE wants IS NOT NULL" },
      { name: "ended", on: `(updated_at, key) WHERE ${endedStates}` },
      { name: "definition", on: "(definition)" },
    ],
  },
  messages: {
    columns: { execution_id: "text", at: "integer" },
    indexes: [{ name: "execution", on: "(execution_id, at)" }],
  },
  /** `stored_at`: when a start last said that it needs it; null in rows of before. */
  definitions: { columns: { stored_at: "integer" }, indexes: [] },
  deliveries: {
    fenced: true,
    columns: {
      /** Rows of before have none, and are taken up all the same. */
      revision: "counter",
      received_at: "integer",
      outcome: "text",
      repository: "integer",
      event: "text",
      /** Which process has it in hand. */
      holder: "text",
      /** Where it says that a label was put on: the number and the label, as `12/bug`. */
      labeled: "text",
    },
    indexes: [
      { name: "unfinished", on: "(received_at, key) WHERE outcome IS NULL" },
      { name: "finished", on: "(received_at, key) WHERE outcome IS NOT NULL" },
      { name: "repository", on: "(repository, received_at DESC, key)" },
      { name: "labeled", on: "(repository, labeled, received_at) WHERE labeled IS NOT NULL" },
    ],
  },
  reports: { columns: { revision: "integer" }, indexes: [] },
  /** `owner`: the execution that names it; null in rows of before, which several may name. */
  blobs: { columns: { owner: "text" }, indexes: [{ name: "owner", on: "(owner)" }] },
  schedules: {
    fenced: true,
    columns: { revision: "integer", repository: "integer", installation: "integer", due: "integer" },
    indexes: [
      { name: "due", on: "(due, key)" },
      { name: "repository", on: "(repository)" },
      { name: "installation", on: "(installation) WHERE installation IS NOT NULL" },
    ],
  },
  /** The processes that work here, by their last sign of life. */
  members: { columns: {}, indexes: [] },
  /** Who does what only one process may do at a time. */
  leases: { fenced: true, columns: { revision: "integer" }, indexes: [] },
  /** What the program remembers of itself: its last sweep, its last cleaning. */
  notes: { columns: {}, indexes: [] },
  /** How much was written to GitHub lately, by installation. */
  pacing: { fenced: true, columns: { revision: "integer" }, indexes: [] },
} as const satisfies Record<string, TableDefinition>;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];

export function tableDefinition(name: TableName): TableDefinition {
  return tables[name];
}

/** What a schema version brought, besides what was there; databases of an older one are brought forward by it. */
export interface Addition {
  readonly version: number;
  readonly tables: readonly TableName[];
  readonly columns: readonly { readonly table: TableName; readonly column: string }[];
  readonly indexes: readonly { readonly table: TableName; readonly index: string }[];
}

export const additions: readonly Addition[] = [
  {
    version: 2,
    tables: ["schedules"],
    columns: [
      { table: "executions", column: "wants" },
      { table: "executions", column: "queued_at" },
    ],
    indexes: [{ table: "executions", index: "queue" }],
  },
  {
    version: 3,
    tables: [],
    // Rows of before have neither fact: they are not found by repository.
    columns: [
      { table: "deliveries", column: "repository" },
      { table: "deliveries", column: "event" },
    ],
    indexes: [{ table: "deliveries", index: "repository" }],
  },
  // Rows of before have no such fact until they are saved again: they count as awaiting anything.
  { version: 4, tables: [], columns: [{ table: "executions", column: "awaits" }], indexes: [] },
  {
    version: 5,
    tables: ["members", "leases", "notes", "pacing"],
    columns: [
      { table: "deliveries", column: "revision" },
      { table: "deliveries", column: "holder" },
      { table: "deliveries", column: "labeled" },
      { table: "executions", column: "parent" },
      { table: "executions", column: "definition" },
      { table: "definitions", column: "stored_at" },
      { table: "blobs", column: "owner" },
    ],
    indexes: [
      { table: "deliveries", index: "labeled" },
      { table: "deliveries", index: "finished" },
      { table: "executions", index: "ended" },
      { table: "executions", index: "definition" },
      { table: "executions", index: "subject" },
      { table: "executions", index: "second_subject" },
      { table: "executions", index: "more_subjects" },
      { table: "blobs", index: "owner" },
    ],
  },
];

/** The named column or index of a table, which an addition must name as the table does. */
export function partsOf(addition: Addition) {
  return {
    columns: addition.columns.map(({ table, column }) => {
      const type = tableDefinition(table).columns[column];
      if (type === undefined) throw new Error(`table ${table} has no column ${column}`);
      return { table, column, type };
    }),
    indexes: addition.indexes.map((named) => {
      const index = tableDefinition(named.table).indexes.find(({ name }) => name === named.index);
      if (index === undefined) throw new Error(`table ${named.table} has no index ${named.index}`);
      return { table: named.table, index };
    }),
  };
}
