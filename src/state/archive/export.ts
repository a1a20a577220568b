import { archivedTables, archiveFormat, archiveVersion, importNote, rowLine } from "./format.ts";
import type { Snapshot } from "./snapshot.ts";

/** The lines of an export, each with its end: a header, every row, and a footer that counts them. */
export async function* exportLines(
  snapshot: Snapshot,
  { id, exportedAt }: { readonly id: string; readonly exportedAt: string },
): AsyncGenerator<string, void> {
  const { schema, from } = snapshot;
  yield `${JSON.stringify({ format: archiveFormat, version: archiveVersion, schema, id, exportedAt, from })}\n`;
  const counts: Record<string, number> = {};
  for (const table of archivedTables) {
    counts[table] = 0;
    for await (const row of snapshot.rows(table)) {
      if (table === "notes" && row.key === importNote) continue;
      counts[table] += 1;
      yield `${rowLine(row)}\n`;
    }
  }
  yield `${JSON.stringify({ end: true, rows: counts })}\n`;
}
