import type { DatabaseSync } from "node:sqlite";
import { newerSchema } from "../error.ts";
import {
  type Addition,
  additions,
  type ColumnType,
  type IndexDefinition,
  partsOf,
  schemaVersion,
  type TableName,
  tableDefinition,
  tableNames,
} from "../tables.ts";

/** Creates the tables, brings those of an older release forward, or rejects a file of a newer one. */
export function prepareSchema(database: DatabaseSync, file: string): void {
  const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (found > schemaVersion) throw newerSchema(file, found, schemaVersion);
  if (found === schemaVersion) return;
  const missing = additions.filter(({ version }) => version > found);
  const statements = found === 0 ? tableNames.flatMap(tableStatements) : missing.flatMap(additionStatements);
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const statement of statements) database.exec(statement);
    database.exec(`PRAGMA user_version = ${schemaVersion}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function tableStatements(name: TableName): string[] {
  const { columns, indexes } = tableDefinition(name);
  const generated = Object.entries(columns).map(
    ([column, type]) => `${generatedColumn(column, type)} STORED`,
  );
  return [
    `CREATE TABLE ${name} (${["key TEXT PRIMARY KEY NOT NULL", "value TEXT NOT NULL", ...generated].join(", ")})`,
    ...indexes.map((index) => indexStatement(name, index)),
  ];
}

function additionStatements(addition: Addition): string[] {
  const { columns, indexes } = partsOf(addition);
  return [
    ...addition.tables.flatMap(tableStatements),
    // A column that is stored can't be added to a table; one that is worked out when asked for indexes as well.
    ...columns.map(
      ({ table, column, type }) => `ALTER TABLE ${table} ADD COLUMN ${generatedColumn(column, type)} VIRTUAL`,
    ),
    ...indexes.map(({ table, index }) => indexStatement(table, index)),
  ];
}

function generatedColumn(column: string, type: ColumnType): string {
  const fact = `json_extract(value, '$.facts.${column}')`;
  return type === "counter"
    ? `${column} integer GENERATED ALWAYS AS (coalesce(${fact}, 0))`
    : `${column} ${type} GENERATED ALWAYS AS (${fact})`;
}

function indexStatement(table: TableName, { name, unique, on }: IndexDefinition): string {
  return `CREATE ${unique ? "UNIQUE INDEX" : "INDEX"} ${table}_${name} ON ${table} ${on}`;
}
