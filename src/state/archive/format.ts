import { isObject, type Json } from "../../core/json.ts";
import { StateError } from "../error.ts";
import { type TableName, tableNames } from "../tables.ts";
import { toJson } from "../text.ts";

/** The version of the lines themselves; what is in the rows has the schema's. */
export const archiveVersion = 1;
export const archiveFormat = "hishamos-export";

/** Everything but what says which processes are alive, and what they hold. */
export const archivedTables: readonly TableName[] = tableNames.filter(
  (name) => name !== "members" && name !== "leases",
);

/** The note by which an import that was broken off is known; it is of its database, and never moves. */
export const importNote = "import";

export interface ArchiveHeader {
  readonly format: typeof archiveFormat;
  readonly version: number;
  /** Version of the tables it was taken from. */
  readonly schema: number;
  /** Of this very export: an import that was broken off goes on with the same only. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly exportedAt: string;
  readonly from: "postgres" | "embedded";
}

/** The last line, without which the file was cut off. */
export interface ArchiveFooter {
  readonly end: true;
  readonly rows: Readonly<Record<string, number>>;
}

export interface ArchiveRow {
  readonly table: TableName;
  readonly key: string;
  /** As it is stored: two lines, facts and value. */
  readonly text: string;
}

/** The stored text is a JSON object in two lines: with table and key before it, it is one line of the export. */
export function rowLine({ table, key, text }: ArchiveRow): string {
  return `${prefixOf(table, key)}${text.slice(1).replace("\n", "")}`;
}

function prefixOf(table: string, key: string): string {
  return `{"table":${JSON.stringify(table)},"key":${JSON.stringify(key)},`;
}

/** What a line after the header is; `number` counts from 1. Throws a StateError where it is neither. */
export function readLine(line: string, number: number): ArchiveRow | ArchiveFooter {
  const parsed = parse(line);
  if (!isObject(parsed)) throw damaged(`line ${number} is not a JSON object`);
  const { end, rows, table, key, facts, value } = parsed;
  if (end === true && isObject(rows)) return { end, rows: rows as Readonly<Record<string, number>> };
  const known = archivedTables.find((name) => name === table);
  if (known === undefined || typeof key !== "string" || !isObject(facts) || value === undefined) {
    throw damaged(`line ${number} is no row of a table that this release knows`);
  }
  // As it was stored, to the last character; what somebody has written anew is made such a text.
  const prefix = `${prefixOf(known, key)}"facts":${JSON.stringify(facts)},`;
  const text = line.startsWith(`${prefix}"value":`)
    ? `{"facts":${JSON.stringify(facts)},\n${line.slice(prefix.length)}`
    : `{"facts":${toJson(facts)},\n"value":${toJson(value)}}`;
  return { table: known, key, text };
}

/** Throws a StateError where it is not the first line of an export, or that of a newer release. */
export function readHeader(line: string, schema: number): ArchiveHeader {
  const header = parse(line);
  if (!isObject(header) || header["format"] !== archiveFormat) throw damaged("line 1 is not its header");
  const found = [header["version"], header["schema"]].map(Number);
  if ((found[0] ?? 0) > archiveVersion || (found[1] ?? 0) > schema) {
    throw new StateError({
      code: "HOS614",
      message: `The export was made by a newer release (format ${found[0]}, schema ${found[1]}; this release knows ${archiveVersion} and ${schema}).`,
      hint: "Import it with that release, or with a newer one.",
    });
  }
  if (typeof header["id"] !== "string" || !found.every(Number.isInteger)) {
    throw damaged("line 1 is not its header");
  }
  return header as unknown as ArchiveHeader;
}

export function damaged(what: string): StateError {
  return new StateError({
    code: "HOS613",
    message: `This is no whole export: ${what}.`,
    hint: "Make it anew with `hishamos export`; an import that was broken off goes on with the same file.",
  });
}

function parse(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
}
