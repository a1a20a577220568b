import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Execution, Run } from "../../src/core/execution.ts";
import type { Stores } from "../../src/engine/ports/index.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { workflows } from "./random/generate.ts";
import { execute } from "./random/harness.ts";
import { Interpreter } from "./random/interpreter.ts";

let stores: Stores;
let count = 0;
beforeAll(async () => {
  stores = await openSqliteStores({ directory: ":memory:" });
});
afterAll(() => stores.close());

/** Each path as `visits state output`, in the order of the alphabet. */
function told(entries: Iterable<readonly [string, { visits: number; state: string; output: unknown }]>) {
  return [...entries]
    .map(([path, { visits, state, output }]) => {
      const shown = state === "completed" ? ` ${JSON.stringify(output)}` : "";
      return `${path}: ${visits} ${state}${shown}`;
    })
    .toSorted();
}

function walked({ steps }: Execution) {
  return told(
    Object.entries(steps).map(([path, { visits, runs }]) => {
      const run: Run | undefined = runs.at(-1);
      const output = run && "output" in run ? run.output : null;
      return [path, { visits, state: run?.state ?? "pending", output }] as const;
    }),
  );
}

test("random workflows take the same steps to the same outputs in the engine and on paper", async () => {
  const seen = { completed: 0, failed: 0 };
  await fc.assert(
    fc.asyncProperty(workflows, async (document) => {
      const walk = new Interpreter(document).walk();
      const execution = await execute(stores, document, `random ${count++}`);
      expect({ state: execution.state, outputs: execution.outputs, steps: walked(execution) }).toEqual({
        state: walk.state,
        outputs: walk.outputs,
        steps: told(walk.visited),
      });
      seen[walk.state] += 1;
    }),
    { numRuns: 400 },
  );
  // Neither end is so rare that nothing would be tested by it.
  expect(Math.min(seen.completed, seen.failed)).toBeGreaterThan(30);
});
