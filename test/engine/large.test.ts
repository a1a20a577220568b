import { afterEach, beforeEach, expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { LargeValues } from "../../src/engine/large.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { anExecution, aRun } from "../support/execution.ts";
import type { Execution, Stores } from "./types.ts";

let stores: Stores;
let puts: string[];
let large: LargeValues;
beforeEach(async () => {
  stores = await openSqliteStores({ directory: ":memory:" });
  puts = [];
  large = counted();
});
afterEach(async () => {
  await stores.close();
});

function counted(): LargeValues {
  return new LargeValues({
    put: async (hash, text, owner) => {
      puts.push(hash);
      await stores.blobs.put(hash, text, owner);
    },
    get: (hash, owner) => stores.blobs.get(hash, owner),
  });
}

const text = (length: number) => ({ text: "x".repeat(length) });
const record = (run: Partial<ReturnType<typeof aRun>>) => ({
  visits: 1,
  attempts: 1,
  since: { round: 0, visit: 0 },
  runs: [aRun(run)],
});
const sizeOf = (execution: Execution) => JSON.stringify(execution).length;

const places: readonly (readonly [string, (value: Json) => Partial<Execution>])[] = [
  ["a step's input", (value) => ({ steps: { a: record({ input: value }) } })],
  ["the items of a for_each", (value) => ({ steps: { each: record({ input: [value, value] }) } })],
  [
    "an item's input",
    (value) => ({ steps: { each: record({}), "each[3]/build": record({ input: value }) } }),
  ],
  [
    "the output of a parallel, which holds those of its branches",
    (value) => ({
      steps: {
        both: {
          ...record({}),
          runs: [{ ...aRun(), state: "completed", endedAt: 1, output: { a: value, b: null } }],
        },
      },
    }),
  ],
  ["the execution's outputs", (value) => ({ outputs: value })],
  ["the execution's input", (value) => ({ input: { value } })],
];

test.for(places)("a large value is stored apart and comes back the same: %s", async ([, place]) => {
  const execution = anExecution(place(text(100_000)));
  const stored = await large.apart(execution);
  expect(sizeOf(stored)).toBeLessThan(5_000);
  expect(puts).toHaveLength(1);
  // In the same process, and in the next.
  expect(await large.together(stored)).toEqual(execution);
  const back = await counted().together(JSON.parse(JSON.stringify(stored)));
  expect(back).toEqual(execution);
});

test("what is small stays where it is, and the document is the same object", async () => {
  const execution = anExecution({ steps: { a: record({ input: text(60_000) }) }, outputs: text(10) });
  expect(await large.apart(execution)).toBe(execution);
  expect(await large.together(execution)).toBe(execution);
  expect(puts).toEqual([]);
});

test("a value is stored once, however many saves name it, also after a restart", async () => {
  const execution = anExecution({ steps: { a: record({ input: text(100_000) }) } });
  const stored = await large.apart(execution);
  await large.apart({ ...execution, revision: 2 });
  const next = counted();
  const back = await next.together(stored);
  await next.apart({ ...back, revision: 3 });
  expect(puts).toHaveLength(1);
});

test("a value that is not there any more is told, not left out", async () => {
  const execution = anExecution({ outputs: { $blob: "gone" } });
  await expect(large.together(execution)).rejects.toThrow("gone");
});

test("each execution has its own, also of a value that another one has in the same process", async () => {
  const value = text(100_000);
  const parent = anExecution({ id: "parent", outputs: value });
  const child = anExecution({ id: "child", outputs: value });
  const stored = [await large.apart(parent), await large.apart(child)];
  expect(stored[0]?.outputs).toEqual(stored[1]?.outputs);
  const told = await large.valueApart(value, "third");
  const back = await counted().together({ ...parent, id: "third", outputs: told });
  expect(back.outputs).toEqual(value);
  const foreign = counted().together({ ...parent, id: "fourth", outputs: told });
  await expect(foreign).rejects.toThrow("execution fourth names is not stored");
});
