import type { ReportRecord, ReportStore } from "../engine/ports/store.ts";
import { fromCursor, toCursor } from "./cursor.ts";
import { openDocuments } from "./documents.ts";
import type { Database } from "./storage.ts";

/** `behind` looks at executions changed in the 30 days before the newest change; what is older is owed no longer. */
const windowMs = 30 * 24 * 60 * 60 * 1000;

export function openReports(database: Database): ReportStore {
  const documents = openDocuments<ReportRecord>(database, "reports", (report) => ({
    revision: report.revision,
  }));
  const executions = database.name("executions");
  const reports = database.name("reports");

  return {
    async get(executionId) {
      return (await documents.get(executionId)) ?? null;
    },
    async put(report) {
      await documents.set(report.executionId, report);
    },
    async behind(limit, from = null) {
      const place = from === null ? null : fromCursor(from);
      const after = place === null ? "" : "AND updated_at <= $2 AND (updated_at < $2 OR key > $3)";
      // The page is of executions, not of those behind: else the last page would look at all that there are.
      const rows = await database.select(
        `SELECT e.key, e.revision, e.updated_at,
                CASE WHEN r.revision IS NULL OR r.revision < e.revision THEN 1 ELSE 0 END AS owed
         FROM (SELECT key, revision, updated_at FROM ${executions}
               WHERE updated_at >= (SELECT max(updated_at) FROM ${executions}) - ${windowMs} ${after}
               ORDER BY updated_at DESC, key LIMIT $1) e
         LEFT JOIN ${reports} r ON r.key = e.key
         ORDER BY e.updated_at DESC, e.key`,
        [limit, ...(place === null ? [] : [place.updatedAt, place.id])],
      );
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        owed: rows
          .filter((row) => Number(row["owed"]) === 1)
          .map((row) => ({ id: String(row["key"]), revision: Number(row["revision"]) })),
        next: last ? toCursor({ updatedAt: Number(last["updated_at"]), id: String(last["key"]) }) : null,
      };
    },
  };
}
