import { beforeEach, expect, test } from "vitest";
import type { Execution } from "../../src/core/execution.ts";
import { openExecutions } from "../../src/state/executions.ts";
import type { Database, SqlValue } from "../../src/state/storage.ts";
import { anExecution } from "../support/execution.ts";

const { repository, subject } = anExecution();
const executions = 400;

const pull = (number: number): Execution["linked"][number] => {
  const url = `https://github.example/pull/${number}`;
  return { number, url, branch: "fix", head_sha: "abc", state: "open" };
};

/** Every fourth has a second number, one a third. */
function about(number: number): Execution {
  const linked = [1_000, 2_000].slice(0, number === 40 ? 2 : number % 4 === 0 ? 1 : 0);
  return anExecution({
    id: `execution-${number}`,
    subject: subject && { ...subject, number },
    linked: linked.map((more) => pull(number + more)),
    slot: null,
    state: "running",
  });
}

/** How a database looks for executions. `plan`: what it says of a query, as text. */
export function plansContract(
  open: () => Promise<{
    readonly database: Database;
    readonly plan: (sql: string, values: readonly SqlValue[]) => Promise<string>;
  }>,
): void {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    opened = await open();
    const store = openExecutions(opened.database);
    await Promise.all(Array.from({ length: executions }, (_, index) => store.create(about(index + 1))));
    return () => opened.database.close();
  });

  test("who is about a number is looked up in indexes, however many are about others in the repository", async () => {
    const asked: { readonly sql: string; readonly values: readonly SqlValue[] }[] = [];
    const { database, plan } = opened;
    const store = openExecutions({
      ...database,
      select: (sql, values) => {
        asked.push({ sql, values });
        return database.select(sql, values);
      },
    });
    const found = async (number: number) => {
      const query = { repository: repository.id, states: ["running", "paused"], subject: number } as const;
      return (await store.list(query)).executions.map(({ id }) => id);
    };
    expect(await found(40)).toEqual(["execution-40"]);
    expect(await found(1_040)).toEqual(["execution-40"]);
    expect(await found(2_040)).toEqual(["execution-40"]);
    expect(await found(4)).toEqual(["execution-4"]);
    for (const { sql, values } of asked) {
      const told = await plan(sql, values);
      for (const index of ["subject", "second_subject", "more_subjects"]) {
        expect(told).toMatch(new RegExp(`executions_${index}\\b`));
      }
      expect(told).not.toMatch(
        /executions_(newest|repository_newest|repository_unfinished)|Seq Scan|^SCAN executions/m,
      );
    }
  });
}
