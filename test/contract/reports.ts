import { expect, test } from "vitest";
import { anExecution, nextRevision, startOfTests } from "../support/execution.ts";
import type { Fixture } from "./stores.ts";

const dayMs = 24 * 60 * 60 * 1000;

export function reportsContract({ stores, reopen }: Fixture): void {
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
    expect(await stores().reports.behind(10)).toEqual([never.id]);
    await stores().executions.save(nextRevision(older));
    expect(new Set(await stores().reports.behind(10))).toEqual(new Set([never.id, older.id]));
    expect(await stores().reports.behind(1)).toHaveLength(1);
    await stores().reports.put({ executionId: never.id, revision: 1, shown: {} });
    await stores().reports.put({ executionId: older.id, revision: 2, shown: {} });
    expect(await stores().reports.behind(10)).toEqual([]);
  });

  test("behind forgets what last changed 30 days before the newest change", async () => {
    const old = anExecution();
    await stores().executions.create(old);
    expect(await stores().reports.behind(10)).toEqual([old.id]);
    const recent = anExecution({ updatedAt: startOfTests + 31 * dayMs, state: "completed" });
    await stores().executions.create(recent);
    expect(await stores().reports.behind(10)).toEqual([recent.id]);
  });
}
