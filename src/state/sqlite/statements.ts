/** Every write, with `?` parameters in the order that the comments name. */

/** Overwrites a row only if it is at the revision expected: value, key, expected revision. */
export const fencedUpdate = (table: string) => `UPDATE ${table} SET value = ? WHERE key = ? AND revision = ?`;

/** Overwrites without asking: key, value. */
export const upsert = (table: string) =>
  `INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`;

/** Writes nothing where the key, or a value that must be unique, is there already: key, value. */
export const insert = (table: string) =>
  `INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING`;

/** key */
export const remove = (table: string) => `DELETE FROM ${table} WHERE key = ?`;
