import { DatabaseError } from "pg";
import { SlotTaken } from "../../engine/ports/store.ts";
import { revisionOf } from "../documents.ts";
import type { Insertion } from "../storage.ts";
import type { Connections } from "./pool.ts";
import {
  existing,
  fencedUpdate,
  fencedUpdates,
  insert,
  inserts,
  removes,
  upsert,
  upserts,
} from "./statements.ts";
import { textArray } from "./text-array.ts";
import type { Entry, Operation } from "./writes.ts";

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const uniqueViolation = "23505";

type Rows = Awaited<ReturnType<Connections["query"]>>;

/** True where the stored revision was the one before the text's; false, and nothing written, elsewhere. */
export function saveOperation(connections: Connections, table: string): Operation<boolean> {
  const [many, one] = [fencedUpdates(table), fencedUpdate(table)];
  return {
    table,
    async perform(entries) {
      const expected = entries.map((entry) => revisionOf(entry.text) - 1);
      const [first] = entries;
      if (first === undefined || entries.length > 1) {
        return written(entries, await connections.query(many, [...columns(entries), expected]));
      }
      try {
        return written(entries, await connections.query(one, [first.key, first.text, expected[0] ?? null]));
      } catch (error) {
        throw isUniqueViolation(error) ? new SlotTaken(first.key, { cause: error }) : error;
      }
    },
  };
}

export function upsertOperation(connections: Connections, table: string): Operation<boolean> {
  const [many, one] = [upserts(table), upsert(table)];
  return {
    table,
    perform: async (entries) => written(entries, await perform(connections, many, one, entries)),
  };
}

export function insertOperation(connections: Connections, table: string): Operation<Insertion> {
  const [many, one, look] = [inserts(table), insert(table), existing(table)];
  return {
    table,
    async perform(entries) {
      const created = keysOf(await perform(connections, many, one, entries));
      const rest = entries.filter((entry) => !created.has(entry.key));
      const there =
        rest.length === 0
          ? new Set()
          : keysOf(await connections.query(look, [textArray(rest.map(({ key }) => key))]));
      return entries.map(({ key }) =>
        created.has(key) ? "created" : there.has(key) ? "exists" : "conflict",
      );
    },
  };
}

/** True where there was such a row. */
export function removeOperation(connections: Connections, table: string): Operation<boolean> {
  const many = removes(table);
  return {
    table,
    perform: async (entries) =>
      written(entries, await connections.query(many, [textArray(entries.map(({ key }) => key))])),
  };
}

function perform(
  connections: Connections,
  many: string,
  one: string,
  entries: readonly Entry[],
): Promise<Rows> {
  const [first] = entries;
  if (first !== undefined && entries.length === 1) return connections.query(one, [first.key, first.text]);
  return connections.query(many, columns(entries));
}

function columns(entries: readonly Entry[]): [Buffer, Buffer] {
  return [textArray(entries.map(({ key }) => key)), textArray(entries.map(({ text }) => text))];
}

function keysOf(rows: Rows): Set<string> {
  return new Set(rows.map((row) => String(row["key"])));
}

function written(entries: readonly Entry[], rows: Rows): boolean[] {
  const keys = keysOf(rows);
  return entries.map((entry) => keys.has(entry.key));
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === uniqueViolation;
}
