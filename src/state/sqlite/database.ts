import type { DatabaseSync, StatementSync } from "node:sqlite";
import { closed } from "../error.ts";
import type { Database, Row, SqlValue } from "../storage.ts";
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
      const named = Object.fromEntries(
        wellFormedValues(values).map((value, index) => [`$${index + 1}`, value]),
      );
      return prepared(sql).all(named) as Row[];
    },
    async close() {
      if (!database.isOpen) return;
      commits.close();
      database.close();
    },
  };
}
