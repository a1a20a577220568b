import type { DatabaseSync, StatementSync } from "node:sqlite";
import { closed } from "../error.ts";
import type { Database, Removal, Row, SqlValue } from "../storage.ts";
import type { TableName } from "../tables.ts";
import { wellFormedValues } from "../text.ts";
import { Commits } from "./commits.ts";
import { SqliteStorage } from "./storage.ts";

/** The tables in an open SQLite database, which is closed with it. */
export function sqliteDatabase(database: DatabaseSync): Database {
  const commits = new Commits(database);
  const statements = new Map<string, StatementSync>();

  function prepared(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  return {
    name: (table: TableName) => table,
    storage: (table: TableName) => new SqliteStorage(database, commits, table),
    async select(sql: string, values: readonly SqlValue[]) {
      if (!database.isOpen) throw closed();
      return prepared(sql).all(bound(wellFormedValues(values))) as Row[];
    },
    remove: ({ table, keys, still, values, along }: Removal) =>
      commits.add(() => {
        const row = prepared(`DELETE FROM ${table} WHERE key = $1 AND (${still})`);
        const others = along.map((other) =>
          prepared(`DELETE FROM ${other.table} WHERE ${other.column} = $1`),
        );
        const counts = [0, ...along.map(() => 0)];
        const count = (place: number, changes: number | bigint) => {
          counts[place] = (counts[place] ?? 0) + Number(changes);
        };
        for (const key of keys) {
          const { changes } = row.run(bound([key, ...values]));
          if (Number(changes) === 0) continue;
          count(0, changes);
          for (const [index, { prefix = "" }] of along.entries()) {
            count(index + 1, others[index]?.run(bound([prefix + key])).changes ?? 0);
          }
        }
        return counts;
      }),
    async close() {
      if (!database.isOpen) return;
      commits.close();
      database.close();
    },
  };
}

/** Values by the names that SQL of both databases has for them. */
function bound(values: readonly SqlValue[]): Record<string, SqlValue> {
  return Object.fromEntries(values.map((value, index) => [`$${index + 1}`, value]));
}
