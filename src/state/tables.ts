/** The version of the tables below; a database with a higher one belongs to a newer release. */
export const schemaVersion = 1;

export type ColumnType = "integer" | "text";

export interface TableDefinition {
  /** Generated columns: each reads the fact of its name, which the document is stored with. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** `[unique] ON (…) [WHERE …]`, in SQL that both databases take. */
  readonly indexes: readonly { readonly name: string; readonly unique?: true; readonly on: string }[];
  /** Overwritten only by the next revision. */
  readonly fenced?: true;
}

/** States in which an execution is taken up by recovery; written out, so that partial indexes match. */
export const unfinishedStates = "state IN ('running', 'paused')";

export const tables = {
  executions: {
    fenced: true,
    columns: {
      revision: "integer",
      repository: "integer",
      /** Numbers of the subject and the linked pull requests, as `|12|13|`. */
      subjects: "text",
      workflow: "text",
      stem: "text",
      state: "text",
      slot: "text",
      due: "integer",
      updated_at: "integer",
    },
    indexes: [
      { name: "slot", unique: true, on: "(repository, slot) WHERE slot IS NOT NULL" },
      { name: "newest", on: "(updated_at DESC, key)" },
      { name: "repository_newest", on: "(repository, updated_at DESC, key)" },
      { name: "repository_unfinished", on: `(repository, updated_at DESC, key) WHERE ${unfinishedStates}` },
      { name: "unfinished", on: `(key) WHERE ${unfinishedStates}` },
      { name: "due", on: "(due) WHERE due IS NOT NULL" },
    ],
  },
  messages: {
    columns: { execution_id: "text", at: "integer" },
    indexes: [{ name: "execution", on: "(execution_id, at)" }],
  },
  definitions: { columns: {}, indexes: [] },
  deliveries: {
    columns: { received_at: "integer", outcome: "text" },
    indexes: [{ name: "unfinished", on: "(received_at, key) WHERE outcome IS NULL" }],
  },
  reports: { columns: { revision: "integer" }, indexes: [] },
  blobs: { columns: {}, indexes: [] },
} as const satisfies Record<string, TableDefinition>;

export type TableName = keyof typeof tables;
export const tableNames = Object.keys(tables) as TableName[];

export function tableDefinition(name: TableName): TableDefinition {
  return tables[name];
}
