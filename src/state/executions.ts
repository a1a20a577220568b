import type { Execution } from "../core/execution.ts";
import { awaitsOf } from "../engine/ports/awaits.ts";
import type { ExecutionQuery, ExecutionStore } from "../engine/ports/store.ts";
import { fromCursor, toCursor } from "./cursor.ts";
import { openDocuments } from "./documents.ts";
import type { Database, SqlValue } from "./storage.ts";
import { keysAbout } from "./subjects.ts";
import { unfinishedStates } from "./tables.ts";
import { upgradeExecution } from "./upgrade.ts";

/** Postgres indexes no value above 2,704 bytes; in UTF-8 this many UTF-16 units stay below it. */
const maxSlotLength = 800;
const maxPage = 1000;

export function openExecutions(database: Database): ExecutionStore {
  const documents = openDocuments<Execution>(database, "executions", factsOf);
  const table = database.name("executions");

  return {
    async create(execution) {
      const insertion = await documents.insert(execution.id, execution);
      return insertion === "conflict" ? "slot_taken" : insertion;
    },

    async load(id) {
      const document = await documents.get(id);
      return document === undefined ? null : upgradeExecution(document);
    },

    async save(execution) {
      return documents.set(execution.id, execution);
    },

    async list(query) {
      const limit = Math.min(Math.max(query.limit ?? 100, 1), maxPage);
      const { where, values, bind } = conditions(query, table);
      // Without a sum, SQLite would rather walk the repository by time than look up the few that are meant.
      const few = query.wants !== undefined || query.subject !== undefined;
      const time = few ? "updated_at + 0" : "updated_at";
      const rows = await database.select(
        `SELECT value FROM ${table} ${where} ORDER BY ${time} DESC, key LIMIT ${bind(limit + 1)}`,
        values,
      );
      const executions = documents.read(rows.slice(0, limit)).map(upgradeExecution);
      const last = executions.at(-1);
      return { executions, next: rows.length > limit && last !== undefined ? toCursor(last) : null };
    },

    async unfinished(afterId, limit) {
      const rows = await database.select(
        `SELECT key FROM ${table} WHERE ${unfinishedStates} AND key > $1 ORDER BY key LIMIT $2`,
        [afterId ?? "", limit],
      );
      return rows.map((row) => String(row["key"]));
    },

    async due(until, limit) {
      const rows = await database.select(
        `SELECT key, due FROM ${table} WHERE due IS NOT NULL AND due <= $1 ORDER BY due, key LIMIT $2`,
        [until, limit],
      );
      return rows.map((row) => ({ id: String(row["key"]), due: Number(row["due"]) }));
    },

    async nextDue() {
      const rows = await database.select(`SELECT min(due) AS due FROM ${table} WHERE due IS NOT NULL`, []);
      const due = rows[0]?.["due"] ?? null;
      return due === null ? null : Number(due);
    },

    async queued(repositoryId, group, limit) {
      const rows = await database.select(
        `SELECT key FROM ${table} WHERE repository = $1 AND wants = $2 AND state = 'running'
         ORDER BY queued_at, key LIMIT $3`,
        [repositoryId, group, limit],
      );
      return rows.map((row) => String(row["key"]));
    },
  };
}

function factsOf(execution: Execution): Record<string, SqlValue> {
  const { slot, wants, subject, linked, workflow } = execution;
  const group = slot ?? wants ?? "";
  if (group.length > maxSlotLength) {
    throw new RangeError(
      `a concurrency group has at most ${maxSlotLength} characters, this one ${group.length}`,
    );
  }
  const subjects = new Set([
    ...(subject === null ? [] : [subject.number]),
    ...linked.map((pull) => pull.number),
    ...subjectsOfSteps(execution),
  ]);
  return {
    revision: execution.revision,
    repository: execution.repository.id,
    subjects: `|${[...subjects].join("|")}|`,
    workflow: workflow.path,
    stem: workflow.stem,
    state: execution.state,
    slot,
    due: execution.due,
    updated_at: execution.updatedAt,
    wants,
    queued_at: wants === null ? null : execution.startedAt,
    awaits: `|${awaitsOf(execution).join("|")}|`,
    parent: execution.parent?.execution ?? null,
    definition: workflow.hash,
  };
}

/** Numbers of what steps under way are about, where that is not the subject. */
function subjectsOfSteps({ steps, round }: Execution): readonly number[] {
  return Object.values(steps).flatMap(({ runs }) => {
    const run = runs.at(-1);
    return run?.state === "running" && run.round === round && run.subject !== undefined ? [run.subject] : [];
  });
}

function conditions(query: ExecutionQuery, table: string) {
  const parts: string[] = [];
  const values: SqlValue[] = [];
  const bind = (value: SqlValue) => `$${values.push(value)}`;
  if (query.repository !== undefined && query.subject !== undefined) {
    // The repository is said within alone, or it is by that one that a planner looks.
    parts.push(`key IN (${keysAbout(table, bind(query.repository), query.subject, bind)})`);
  } else if (query.repository !== undefined) {
    parts.push(`repository = ${bind(query.repository)}`);
  } else if (query.subject !== undefined) {
    parts.push(`subjects LIKE ${bind(`%|${query.subject}|%`)}`);
  }
  if (query.awaits !== undefined) {
    // Exact in both databases, whatever is in the key: LIKE would take some characters for others.
    const any = query.awaits.map((key) => `replace(awaits, ${bind(`|${key}|`)}, '') <> awaits`);
    parts.push(`(${["awaits IS NULL", ...any].join(" OR ")})`, unfinishedStates);
  }
  if (query.workflow !== undefined) {
    const workflow = bind(query.workflow);
    parts.push(`(workflow = ${workflow} OR stem = ${workflow})`);
  }
  if (query.slot !== undefined) parts.push(`slot = ${bind(query.slot)}`);
  if (query.wants !== undefined) parts.push(`wants = ${bind(query.wants)}`);
  if (query.states !== undefined) {
    const states = [...new Set(query.states)].map(bind).join(", ");
    parts.push(query.states.length === 0 ? "1 = 0" : `state IN (${states})`);
    // Said a second time as the partial index says it, or no planner uses that index for bound values.
    if (query.states.every((state) => state === "running" || state === "paused"))
      parts.push(unfinishedStates);
  }
  if (query.cursor !== undefined) {
    const place = fromCursor(query.cursor);
    const at = bind(place.updatedAt);
    parts.push(`updated_at <= ${at} AND (updated_at < ${at} OR key > ${bind(place.id)})`);
  }
  return { where: parts.length === 0 ? "" : `WHERE ${parts.join(" AND ")}`, values, bind };
}
