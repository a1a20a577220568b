import { expect, test } from "vitest";
import { anExecution, nextRevision, startOfTests } from "../support/execution.ts";
import type { Fixture } from "./stores.ts";

const dayMs = 24 * 60 * 60 * 1000;

export function reportsContract({ stores, reopen }: Fixture): void {
  const owed = async (limit = 10) => (await stores().reports.behind(limit)).owed.map(({ id }) => id);

  test("what was put last is what is shown", async () => {
    expect(await stores().reports.get("execution")).toBeNull();
    await stores().reports.put({ executionId: "execution", revision: 1, shown: { comment: 5 } });
    await stores().reports.put({ executionId: "execution", revision: 2, shown: { comment: 6 } });
    expect(await (await reopen()).reports.get("execution")).toEqual({
      executionId: "execution",
      revision: 2,
      shown: { comment: 6 },
    });
  });

  test("behind is who was never reported, or at an older revision", async () => {
    const [never, older, current] = [
      anExecution(),
      anExecution({ updatedAt: startOfTests - 1 }),
      anExecution(),
    ];
    for (const execution of [never, older, current]) {
      await stores().executions.create(execution);
      if (execution !== never)
        await stores().reports.put({ executionId: execution.id, revision: 1, shown: {} });
    }
    expect(await owed()).toEqual([never.id]);
    await stores().executions.save(nextRevision(older));
    const { owed: both } = await stores().reports.behind(10);
    expect(new Set(both)).toEqual(
      new Set([
        { id: never.id, revision: 1 },
        { id: older.id, revision: 2 },
      ]),
    );
    await stores().reports.put({ executionId: never.id, revision: 1, shown: {} });
    await stores().reports.put({ executionId: older.id, revision: 2, shown: {} });
    expect(await owed()).toEqual([]);
  });

  test("behind goes through all page by page, whether a page has any or none", async () => {
    const all = Array.from({ length: 7 }, (_, index) =>
      anExecution({ updatedAt: startOfTests + (index % 3) }),
    );
    for (const execution of all) await stores().executions.create(execution);
    for (const { id } of all.slice(0, 5))
      await stores().reports.put({ executionId: id, revision: 1, shown: {} });
    const found: string[] = [];
    let pages = 0;
    for (let next: string | null = null; pages === 0 || next !== null; pages++) {
      const page = await stores().reports.behind(2, next);
      found.push(...page.owed.map(({ id }) => id));
      next = page.next;
    }
    expect(new Set(found)).toEqual(new Set(all.slice(5).map(({ id }) => id)));
    expect(found).toHaveLength(2);
    expect(pages).toBe(4);
  });

  test("behind forgets what last changed 30 days before the newest change", async () => {
    const old = anExecution();
    await stores().executions.create(old);
    expect(await owed()).toEqual([old.id]);
    const recent = anExecution({ updatedAt: startOfTests + 31 * dayMs, state: "completed" });
    await stores().executions.create(recent);
    expect(await owed()).toEqual([recent.id]);
  });
}
