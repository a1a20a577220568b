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

test("each definition is walked with what really came of the start's steps, also of values kept apart; nothing is done or written", async () => {
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

  const workflows = [start.workflow, aStart(definition(8)).workflow];
  const { repository, subject, actor, event, input, occurrence } = start;
  const request = {
    repository,
    subject,
    actor,
    event,
    input,
    occurrence,
    workflows,
    path: start.workflow.path,
    at: 1,
  };
  const states = (rehearsals: Awaited<ReturnType<typeof engine.rehearse>>) =>
    rehearsals.map(
      (each) => each.result === "walked" && [each.visits.map(({ state }) => state), each.recorded],
    );

  expect(states(await engine.rehearse(request))).toEqual([
    [["completed", "completed"], true],
    [["completed", "skipped"], true],
  ]);
  // Another start never ran: nobody knows n.
  expect(states(await engine.rehearse({ ...request, occurrence: "2" }))).toEqual([
    [["completed", "skipped"], false],
    [["completed", "skipped"], false],
  ]);
  expect(calls).toHaveLength(worked);
  expect(JSON.stringify((await stores.executions.list({})).executions)).toBe(before);
  await engine.stop();
});
