import { openDocuments } from "../documents.ts";
import { StateError } from "../error.ts";
import { openMembers, openNotes } from "../members.ts";
import type { Database } from "../storage.ts";
import { schemaVersion } from "../tables.ts";
import {
  type ArchiveFooter,
  type ArchiveRow,
  archivedTables,
  damaged,
  importNote,
  readHeader,
  readLine,
} from "./format.ts";

export interface ImportOptions {
  readonly database: Database;
  /** Lines without their ends. */
  readonly lines: AsyncIterable<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Rows and characters that are on their way at once. */
const mostRows = 500;
const mostCharacters = 4_000_000;
/** More than twice the time between two signs of life. */
const listenMs = 5_000;

/**
 * Stores every row of an export in an empty store; answers how many, by table. After a crash the same file goes on where
 * it was: what is there already must be equal. Rejects with a StateError where the store is not empty or in use, or the
 * lines are not a whole export.
 */
export async function importLines(options: ImportOptions): Promise<ArchiveFooter["rows"]> {
  const { database, lines, now } = options;
  const notes = openNotes(database);
  const storages = new Map(archivedTables.map((table) => [table, database.storage(table)]));
  let footer: ArchiveFooter | null = null;
  let header = null;
  let number = 0;
  let batch: ArchiveRow[] = [];
  let characters = 0;
  const counts: Record<string, number> = Object.fromEntries(archivedTables.map((table) => [table, 0]));

  async function store(row: ArchiveRow): Promise<void> {
    const storage = storages.get(row.table);
    if (storage === undefined) throw new Error(`no table ${row.table}`);
    const result = await storage.insert(row.key, row.text);
    if (result === "created") return;
    if (result === "exists" && (await storage.get(row.key)) === row.text) return;
    // What the program notes of itself may be newer here.
    if (row.table === "notes") return;
    throw notEmpty(`another row ${JSON.stringify(row.key)} is in its table ${row.table}`);
  }

  async function flush(): Promise<void> {
    const rows = batch;
    batch = [];
    characters = 0;
    await Promise.all(rows.map(store));
  }

  for await (const line of lines) {
    number += 1;
    if (header === null) {
      header = readHeader(line, schemaVersion);
      await refuseInUse(options);
      await refuseFilled(database, header.id);
      await notes.put(importNote, { id: header.id, at: now(), state: "unfinished" });
      continue;
    }
    if (footer !== null) throw damaged(`line ${number} comes after its end`);
    const read = readLine(line, number);
    if ("end" in read) {
      footer = read;
      continue;
    }
    if (read.table === "notes" && read.key === importNote) continue;
    counts[read.table] = (counts[read.table] ?? 0) + 1;
    batch.push(read);
    characters += read.text.length;
    if (batch.length >= mostRows || characters >= mostCharacters) await flush();
  }
  await flush();
  if (header === null) throw damaged("it is empty");
  if (footer === null) throw damaged(`it is cut off after line ${number}`);
  for (const table of archivedTables) {
    const told = footer.rows[table] ?? 0;
    if (counts[table] !== told)
      throw damaged(`it has ${counts[table]} rows of ${table}, and should have ${told}`);
    if (table === "notes") continue;
    const there = await countOf(database, table);
    if (there !== told) throw notEmpty(`its table ${table} has ${there} rows, and the export ${told}`);
  }
  await notes.put(importNote, { id: header.id, at: now(), state: "done" });
  return counts;
}

/** Rejects with a StateError where an import into these stores was broken off: what is there is not all. */
export async function refuseUnfinishedImport(notes: { get(name: string): Promise<unknown> }): Promise<void> {
  const note = await notes.get(importNote);
  if (typeof note === "object" && note !== null && "state" in note && note.state === "unfinished") {
    throw new StateError({
      code: "HOS617",
      message: "An import into this store was broken off: not everything is there.",
      hint: "Repeat `hishamos import` with the same file; then start the service.",
    });
  }
}

async function refuseInUse({ database, wait }: ImportOptions): Promise<void> {
  const members = openMembers(database);
  const before = new Map((await members.list()).map(({ id, beats }) => [id, beats]));
  if (before.size === 0) return;
  await wait(listenMs);
  const alive = (await members.list()).filter(({ id, beats }) => before.get(id) !== beats);
  if (alive.length === 0) return;
  throw new StateError({
    code: "HOS616",
    message: `${alive.length} ${alive.length === 1 ? "process" : "processes"} of the service work on this store.`,
    hint: "Stop them, import, and start them again.",
  });
}

async function refuseFilled(database: Database, id: string): Promise<void> {
  const documents = openDocuments<{ id?: string; state?: string }>(database, "notes", () => ({}));
  const note = await documents.get(importNote);
  const known = note?.state === "unfinished" ? (note.id ?? "") : null;
  if (known === id) return;
  if (known !== null) throw notEmpty("an import of another file into it was broken off");
  for (const table of archivedTables) {
    if (table === "notes") continue;
    const rows = await countOf(database, table);
    if (rows > 0) throw notEmpty(`its table ${table} has ${rows} ${rows === 1 ? "row" : "rows"}`);
  }
}

async function countOf(database: Database, table: (typeof archivedTables)[number]): Promise<number> {
  const rows = await database.select(`SELECT count(*) AS count FROM ${database.name(table)}`, []);
  return Number(rows[0]?.["count"]);
}

function notEmpty(what: string): StateError {
  return new StateError({
    code: "HOS615",
    message: `The store to import into is not empty: ${what}.`,
    hint: "Import into a new database or directory, or empty this one: DROP SCHEMA hishamos CASCADE, or move hishamos.db away.",
  });
}
