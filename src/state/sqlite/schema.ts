import type { DatabaseSync } from "node:sqlite";
import { newerSchema } from "../error.ts";
import { schemaVersion, type TableName, tableDefinition, tableNames } from "../tables.ts";

/** Creates the tables, or rejects a file of a newer release. */
export function prepareSchema(database: DatabaseSync, file: string): void {
  const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (found > schemaVersion) throw newerSchema(file, found, schemaVersion);
  if (found === schemaVersion) return;
  database.exec("BEGIN IMMEDIATE");
  for (const name of tableNames) database.exec(tableStatements(name).join(";\n"));
  database.exec(`PRAGMA user_version = ${schemaVersion}`);
  database.exec("COMMIT");
}

export function tableStatements(name: TableName): string[] {
  const { columns, indexes } = tableDefinition(name);
  const generated = Object.entries(columns).map(
    ([column, type]) =>
      `${column} ${type} GENERATED ALWAYS AS (json_extract(value, '$.facts.${column}')) STORED`,
  );
  return [
    `CREATE TABLE ${name} (${["key TEXT PRIMARY KEY NOT NULL", "value TEXT NOT NULL", ...generated].join(", ")})`,
    ...indexes.map((index) => {
      const kind = index.unique ? "UNIQUE INDEX" : "INDEX";
      return `CREATE ${kind} ${name}_${index.name} ON ${name} ${index.on}`;
    }),
  ];
}
