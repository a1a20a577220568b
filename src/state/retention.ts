import type { Place, Removed, RetentionStore } from "../engine/ports/retention.ts";
import type { Database, Removal, Row } from "./storage.ts";
import { endedStates } from "./tables.ts";

const nothing: Removed = { executions: 0, deliveries: 0, blobs: 0, definitions: 0, next: null };

export function openRetention(database: Database): RetentionStore {
  const executions = database.name("executions");
  const definitions = database.name("definitions");

  /** An execution that a release saved which did not write down its definition: what it names can't be told. */
  async function hasOld(): Promise<boolean> {
    const rows = await database.select(
      `SELECT 1 AS one FROM ${executions} WHERE definition IS NULL LIMIT 1`,
      [],
    );
    return rows.length > 0;
  }

  /** Nothing is asked of the database where nothing is to go. */
  async function remove(removal: Removal): Promise<readonly number[]> {
    return removal.keys.length === 0 ? [] : database.remove(removal);
  }

  return {
    async executions(until, limit, place) {
      const [at = -1, after = ""] = place ?? [];
      const rows = await database.select(
        `SELECT key, updated_at FROM ${executions} e
         WHERE ${endedStates} AND updated_at <= $1 AND (updated_at, key) > ($2, $3)
           AND (parent IS NULL OR NOT EXISTS (SELECT 1 FROM ${executions} p WHERE p.key = e.parent))
         ORDER BY updated_at, key LIMIT $4`,
        [until, at, after, limit],
      );
      const [gone = 0, , , , blobs = 0] = await remove({
        table: "executions",
        keys: keysOf(rows),
        // One that somebody retries is not removed.
        still: `${endedStates} AND updated_at <= $2`,
        values: [until],
        along: [
          { table: "messages", column: "execution_id" },
          { table: "reports", column: "key" },
          { table: "leases", column: "key", prefix: "report/" },
          { table: "blobs", column: "owner" },
        ],
      });
      return { ...nothing, executions: gone, blobs, next: placeOf(rows, limit, "updated_at") };
    },

    async deliveries(until, limit, place) {
      const [at = -1, after = ""] = place ?? [];
      const rows = await database.select(
        `SELECT key, received_at FROM ${database.name("deliveries")}
         WHERE outcome IS NOT NULL AND received_at <= $1 AND (received_at, key) > ($2, $3)
         ORDER BY received_at, key LIMIT $4`,
        [until, at, after, limit],
      );
      const [deliveries = 0] = await remove({
        table: "deliveries",
        keys: keysOf(rows),
        still: "outcome IS NOT NULL",
        values: [],
        along: [],
      });
      return { ...nothing, deliveries, next: placeOf(rows, limit, "received_at") };
    },

    async definitions(until, limit, place) {
      if (place === null && (await hasOld())) return nothing;
      const [after = ""] = place ?? [];
      const free = `coalesce(stored_at, 0) <= $2
        AND NOT EXISTS (SELECT 1 FROM ${executions} e WHERE e.definition = ${definitions}.key)`;
      const rows = await database.select(
        `SELECT key, CASE WHEN ${free} THEN 1 ELSE 0 END AS free FROM ${definitions}
         WHERE key > $1 ORDER BY key LIMIT $3`,
        [after, until, limit],
      );
      const [gone = 0] = await remove({
        table: "definitions",
        keys: keysOf(rows.filter((row) => Number(row["free"]) === 1)),
        still: free,
        values: [until],
        along: [],
      });
      return { ...nothing, definitions: gone, next: placeOf(rows, limit) };
    },

    async blobs(limit, place) {
      if (place === null && (await hasOld())) return nothing;
      const rows = await database.select(
        `SELECT key FROM ${database.name("blobs")} WHERE owner IS NULL LIMIT $1`,
        [limit],
      );
      const [blobs = 0] = await remove({
        table: "blobs",
        keys: keysOf(rows),
        still: "owner IS NULL",
        values: [],
        along: [],
      });
      // What is gone is not met again: the next step begins where this one did.
      return { ...nothing, blobs, next: rows.length === limit && blobs > 0 ? [] : null };
    },
  };
}

function keysOf(rows: readonly Row[]): string[] {
  return rows.map((row) => String(row["key"]));
}

/** After the last row of a full page. */
function placeOf(rows: readonly Row[], limit: number, time?: string): Place {
  const last = rows.at(-1);
  if (last === undefined || rows.length < limit) return null;
  const key = String(last["key"]);
  return time === undefined ? [key] : [Number(last[time]), key];
}
