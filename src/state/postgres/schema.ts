import type { Client } from "pg";
import { newerSchema, StateError } from "../error.ts";
import {
  additions,
  type ColumnType,
  type IndexDefinition,
  partsOf,
  schemaVersion,
  type TableName,
  tableDefinition,
  tableNames,
} from "../tables.ts";

/**
 * Creates schema and tables, one service at a time, brings those of an older release forward, or rejects those of
 * a newer one. A schema that is
 * there already is used as it is, so a user without the right to create one will do.
 */
export async function prepareSchema(client: Client, schema: string): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('hishamos'), hashtext($1))", [schema]);
    const found = await installedVersion(client, schema);
    if (found > schemaVersion) throw newerSchema(`Schema ${schema} of the database`, found, schemaVersion);
    if (found === 0) await install(client, schema);
    else if (found < schemaVersion) await bringForward(client, schema, found);
    await client.query("COMMIT");
  } catch (error) {
    // Where the connection broke, the server has rolled back already.
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function installedVersion(client: Client, schema: string): Promise<number> {
  const { rows: schemas } = await client.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]);
  if (schemas.length === 0) await client.query(`CREATE SCHEMA ${schema}`);
  const { rows: encodings } = await client.query<{ server_encoding: string }>("SHOW server_encoding");
  const encoding = encodings[0]?.server_encoding;
  if (encoding !== "UTF8") {
    throw new StateError({
      code: "HOS609",
      message: `The database keeps its text as ${encoding}, which can't hold all that GitHub sends.`,
      hint: "Create it with ENCODING 'UTF8' TEMPLATE template0.",
    });
  }
  const { rows: tables } = await client.query(
    "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'meta'",
    [schema],
  );
  if (tables.length === 0) return 0;
  const { rows } = await client.query<{ version: number }>(
    `SELECT schema_version AS version FROM ${schema}.meta`,
  );
  return rows[0]?.version ?? 0;
}

async function install(client: Client, schema: string): Promise<void> {
  await client.query(`CREATE TABLE ${schema}.meta (schema_version integer NOT NULL)`);
  await createTables(client, schema, tableNames);
  await client.query(`INSERT INTO ${schema}.meta VALUES ($1)`, [schemaVersion]);
}

/** A stored column is worked out for all rows while the table is locked: services of the older release wait. */
async function bringForward(client: Client, schema: string, found: number): Promise<void> {
  for (const addition of additions.filter(({ version }) => version > found)) {
    const { columns, indexes } = partsOf(addition);
    await createTables(client, schema, addition.tables);
    for (const { table, column, type } of columns) {
      await client.query(`ALTER TABLE ${schema}.${table} ADD COLUMN ${generatedColumn(column, type)}`);
    }
    for (const { table, index } of indexes) await client.query(indexStatement(schema, table, index));
  }
  await client.query(`UPDATE ${schema}.meta SET schema_version = $1`, [schemaVersion]);
}

async function createTables(client: Client, schema: string, names: readonly TableName[]): Promise<void> {
  const compression = await fastCompression(client);
  for (const name of names) {
    for (const statement of tableStatements(schema, name)) await client.query(statement);
    if (compression !== null) {
      await client.query(`ALTER TABLE ${schema}.${name} ALTER COLUMN value SET COMPRESSION ${compression}`);
    }
  }
}

/** lz4, where the server is built with it: saves of 4 KB documents are a fifth faster than with its default. */
async function fastCompression(client: Client): Promise<"lz4" | null> {
  const { rows } = await client.query(
    "SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)",
  );
  return rows.length === 0 ? null : "lz4";
}

/** Keys sort by their bytes, as in SQLite, whatever the database's own order is. */
const ownColumns = ['key text COLLATE "C" PRIMARY KEY', "value text NOT NULL"];

/** The value's first line, closed to a JSON object of its own: no column reads a large document through. */
const facts = String.raw`(rtrim(split_part(value, E'\n', 1), ',') || '}')::jsonb -> 'facts'`;

function tableStatements(schema: string, name: TableName): string[] {
  const { columns, indexes } = tableDefinition(name);
  const generated = Object.entries(columns).map(([column, type]) => generatedColumn(column, type));
  return [
    `CREATE TABLE ${schema}.${name} (${[...ownColumns, ...generated].join(", ")})`,
    ...indexes.map((index) => indexStatement(schema, name, index)),
  ];
}

function generatedColumn(column: string, type: ColumnType): string {
  const fact = `${facts} ->> '${column}'`;
  if (type === "counter") {
    return `${column} bigint GENERATED ALWAYS AS (coalesce((${fact})::bigint, 0)) STORED`;
  }
  return type === "integer"
    ? `${column} bigint GENERATED ALWAYS AS ((${fact})::bigint) STORED`
    : `${column} text COLLATE "C" GENERATED ALWAYS AS (${fact}) STORED`;
}

function indexStatement(schema: string, table: TableName, { name, unique, on }: IndexDefinition): string {
  return `CREATE ${unique ? "UNIQUE INDEX" : "INDEX"} ${table}_${name} ON ${schema}.${table} ${on}`;
}
