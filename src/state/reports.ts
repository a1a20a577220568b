import type { ReportRecord, ReportStore } from "../engine/ports/store.ts";
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
    async behind(limit) {
      const rows = await database.select(
        `SELECT e.key FROM ${executions} e LEFT JOIN ${reports} r ON r.key = e.key
         WHERE e.updated_at >= (SELECT max(updated_at) FROM ${executions}) - ${windowMs}
           AND (r.revision IS NULL OR r.revision < e.revision)
         ORDER BY e.updated_at DESC, e.key LIMIT $1`,
        [limit],
      );
      return rows.map((row) => String(row["key"]));
    },
  };
}
