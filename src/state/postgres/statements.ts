import type { Removal } from "../storage.ts";

/** Every write: for one row, and for many that fall together. `table` is the qualified name. */

/** Overwrites rows that are at the revision expected: keys, values, expected revisions. Returns their keys. */
export const fencedUpdates = (table: string) =>
  `UPDATE ${table} AS t SET value = n.value
   FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n(key, value, expected)
   WHERE t.key = n.key AND t.revision = n.expected RETURNING t.key`;

/** key, value, expected revision */
export const fencedUpdate = (table: string) =>
  `UPDATE ${table} SET value = $2 WHERE key = $1 AND revision = $3 RETURNING key`;

/** Overwrites without asking: keys (each once), values. */
export const upserts = (table: string) =>
  `INSERT INTO ${table} (key, value) SELECT * FROM unnest($1::text[], $2::text[])
   ON CONFLICT (key) DO UPDATE SET value = excluded.value RETURNING key`;

/** key, value */
export const upsert = (table: string) =>
  `INSERT INTO ${table} (key, value) VALUES ($1, $2)
   ON CONFLICT (key) DO UPDATE SET value = excluded.value RETURNING key`;

/** Writes the rows whose key, and whatever must be unique, is new: keys, values. Returns their keys. */
export const inserts = (table: string) =>
  `INSERT INTO ${table} (key, value) SELECT * FROM unnest($1::text[], $2::text[])
   ON CONFLICT DO NOTHING RETURNING key`;

/** key, value */
export const insert = (table: string) =>
  `INSERT INTO ${table} (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING key`;

/** keys */
export const removes = (table: string) => `DELETE FROM ${table} WHERE key = ANY($1::text[]) RETURNING key`;

/** Which of these keys there are: keys. */
export const existing = (table: string) => `SELECT key FROM ${table} WHERE key = ANY($1::text[])`;

/**
 * Removes rows and what goes with them: keys, and the values of `still`. One row of counts. Rows that somebody changes are
 * passed over, and the others looked at once more after they are locked. ARRAY has the planner look the keys up, however
 * many it takes them for.
 */
export function removeAlong(schema: string, { table, still, along }: Omit<Removal, "keys" | "values">) {
  const others = along.map(
    ({ table: other, column, prefix = "" }, index) =>
      `along_${index} AS (DELETE FROM ${schema}.${other}
         WHERE ${column} = ANY(ARRAY(SELECT '${prefix}' || key FROM gone)) RETURNING 1)`,
  );
  const parts = [
    `picked AS (SELECT key FROM ${schema}.${table} WHERE key = ANY($1::text[]) AND (${still}) FOR UPDATE SKIP LOCKED)`,
    `gone AS (DELETE FROM ${schema}.${table} WHERE key = ANY(ARRAY(SELECT key FROM picked)) RETURNING key)`,
    ...others,
  ];
  const counts = ["gone", ...along.map((_, index) => `along_${index}`)];
  return `WITH ${parts.join(",\n")}
   SELECT ${counts.map((name, index) => `(SELECT count(*) FROM ${name}) AS n${index}`).join(", ")}`;
}
