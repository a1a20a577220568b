import { afterEach, expect, test } from "vitest";
import type { Stores } from "../../../src/engine/ports/index.ts";
import { openSqliteStores } from "../../../src/state/sqlite/open.ts";
import { aBench, aStart, done } from "../support.ts";

const closing: Stores[] = [];
afterEach(async () => {
  for (const stores of closing.splice(0)) await stores.close();
});

const text = `name: Test
steps:
  - { id: a, agent: qa-agent }
  - { id: b, agent: qa-agent, condition: steps.a.output.n > LEAST }
`;
const definition = (least: number) => text.replace("LEAST", String(least));

test("a definition is walked with what really came of the start's steps, also of values kept apart; nothing is done or written", async () => {
  const stores = await openSqliteStores({ directory: ":memory:" });
  closing.push(stores);
  const { engine, calls } = aBench(stores, ({ path }) =>
    done(path === "a" ? { n: 5, padding: "x".repeat(70_000) } : null),
  );
  await engine.run();
  const start = aStart(definition(3));
  await engine.start(start);
  await engine.idle();
  const before = JSON.stringify((await stores.executions.list({})).executions);
  const worked = calls.length;

  const { repository, subject, actor, event, input, occurrence } = start;
  const request = { repository, subject, actor, event, input, occurrence, path: start.workflow.path, at: 1 };
  const states = async (least: number, over: Partial<typeof request> = {}) => {
    const { workflow } = aStart(definition(least));
    const rehearsal = await engine.rehearse({ ...request, ...over, workflow });
    return rehearsal.result === "walked" && [rehearsal.visits.map(({ state }) => state), rehearsal.recorded];
  };
  expect(await states(3)).toEqual([["completed", "completed"], true]);
  expect(await states(8)).toEqual([["completed", "skipped"], true]);
  // Another start never ran: nobody knows n.
  expect(await states(3, { occurrence: "2" })).toEqual([["completed", "skipped"], false]);
  expect(calls).toHaveLength(worked);
  expect(JSON.stringify((await stores.executions.list({})).executions)).toBe(before);
  await engine.stop();
});
