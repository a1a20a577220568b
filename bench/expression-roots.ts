import type { Execution } from "../src/core/execution.ts";
import { isObject, type JsonObject } from "../src/core/json.ts";
import { scopeOf } from "../src/core/scope.ts";
import { sqliteDatabase } from "../src/state/sqlite/database.ts";
import { openSqliteFile } from "../src/state/sqlite/open.ts";
import { openStores } from "../src/state/stores.ts";
import { createDirectQueue } from "./direct-queue.ts";
import { measureEngine } from "./engine.ts";
import { firstNumber } from "./load.ts";

/** Labels as GitHub's events have them. */
const labels = ["checkout", "bug", "needs-triage"].map((name, index) => ({
  id: 208_045_946 + index,
  name,
  color: "d73a4a",
  default: name === "bug",
  description: null,
}));

/** A pull request's files, as an input may list them: a hundred, none of them removed. */
const files = Array.from({ length: 100 }, (_, index) => ({
  filename: `src/cart/price-${index}.ts`,
  status: index % 3 === 0 ? "added" : "modified",
  additions: index,
}));

/** An execution that has run all its seven steps, and what its expressions see as plain JSON. */
export async function expressionRoots(): Promise<{
  readonly execution: Execution;
  readonly roots: JsonObject;
}> {
  const stores = openStores(sqliteDatabase(openSqliteFile(":memory:")));
  await measureEngine(stores, createDirectQueue(), [firstNumber - 2], 1);
  const [ran] = (await stores.executions.list({ limit: 1 })).executions;
  await stores.close();
  if (ran === undefined) throw new Error("the execution is not there");
  const { issue, ...event } = ran.event;
  if (!isObject(issue)) throw new Error("the event has no issue");
  const execution: Execution = {
    ...ran,
    event: { ...event, issue: { ...issue, labels, locked: false } },
    input: { ...ran.input, files },
  };
  const scope = scopeOf(execution, ran.updatedAt);
  const names = ["input", "steps", "event", "subject"];
  const roots = Object.fromEntries(names.map((name) => [name, scope.root(name) ?? null]));
  return { execution, roots: structuredClone(roots) };
}
