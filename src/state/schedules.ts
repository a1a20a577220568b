import type { Schedule, ScheduleStore } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import type { Database, SqlValue } from "./storage.ts";

/** As it is stored: the fence is on a revision, as in all fenced tables. */
type Stored = Schedule & { readonly revision: number };

export function openSchedules(database: Database): ScheduleStore {
  const documents = openDocuments<Stored>(database, "schedules", (schedule) => ({
    revision: schedule.revision,
    repository: schedule.repository.id,
    installation: schedule.installation,
    due: schedule.next,
  }));
  const table = database.name("schedules");

  async function idsWhere(
    column: "repository" | "installation",
    value: SqlValue,
  ): Promise<readonly string[]> {
    const rows = await database.select(`SELECT key FROM ${table} WHERE ${column} = $1`, [value]);
    return rows.map((row) => String(row["key"]));
  }

  async function remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await documents.keyv.delete([...ids]);
  }

  /** Makes it, or brings what is told of an existing one up to date without touching when it fires. */
  async function put(schedule: Schedule): Promise<void> {
    for (;;) {
      const known = await documents.get(schedule.id);
      if (known === undefined) {
        if ((await documents.insert(schedule.id, { ...schedule, revision: 1 })) === "created") return;
        continue;
      }
      const { revision, ...before } = known;
      const now = { ...schedule, next: before.next };
      if (JSON.stringify(told(now)) === JSON.stringify(told(before))) return;
      if (await documents.set(schedule.id, { ...now, revision: revision + 1 })) return;
    }
  }

  return {
    async replaceFor(repositoryId, schedules) {
      const wanted = new Set(schedules.map(({ id }) => id));
      const there = await idsWhere("repository", repositoryId);
      await Promise.all([...schedules.map(put), remove(there.filter((id) => !wanted.has(id)))]);
    },

    async due(until, limit) {
      const rows = await database.select(
        `SELECT value FROM ${table} WHERE due <= $1 ORDER BY due, key LIMIT $2`,
        [until, limit],
      );
      return documents.read(rows).map(({ revision: _revision, ...schedule }) => schedule);
    },

    async nextDue() {
      const rows = await database.select(`SELECT min(due) AS due FROM ${table}`, []);
      const due = rows[0]?.["due"] ?? null;
      return due === null ? null : Number(due);
    },

    async advance(id, from, to) {
      const known = await documents.get(id);
      if (known?.next !== from) return false;
      return documents.set(id, { ...known, next: to, revision: known.revision + 1 });
    },

    async removeInstallation(installation) {
      await remove(await idsWhere("installation", installation));
    },
  };
}

function told({ repository: { id, owner, name }, installation, path, cron, timezone }: Schedule) {
  return [id, owner, name, installation, path, cron, timezone];
}
