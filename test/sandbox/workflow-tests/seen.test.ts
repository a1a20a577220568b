import { expect, test } from "vitest";
import type { Run } from "../../../src/core/execution.ts";
import { inOrder } from "../../../src/sandbox/workflow-tests/seen.ts";

/** `path#visit`, and the visit it was led to from. */
type Visit = readonly [visit: string, from?: string];

function seen([visit, from]: Visit) {
  const [path = "", count = "1"] = visit.split("#");
  const [step = "", times = "1"] = (from ?? "").split("#");
  const arrival =
    from === undefined ? null : { step, visit: Number(times), via: "success" as const, error: null };
  const run: Run = {
    round: 1,
    visit: Number(count),
    attempt: 1,
    enteredAt: 0,
    from: arrival,
    input: null,
    effects: [],
    state: "completed",
    endedAt: 0,
    output: null,
  };
  return { path, run };
}

const orders: readonly (readonly [says: string, visits: readonly Visit[], order: readonly string[]])[] = [
  ["what led to a step comes before it", [["c", "b"], ["b", "a"], ["a"]], ["a", "b", "c"]],
  [
    "visits of a cycle take turns",
    [["fix#1"], ["fix#2", "review#1"], ["review#1", "fix#1"], ["review#2", "fix#2"]],
    ["fix#1", "review#1", "fix#2", "review#2"],
  ],
  [
    "what is around a step comes before it",
    [["checks/lint"], ["each[0]"], ["checks", "start"], ["each", "checks"], ["start"]],
    ["start", "checks", "checks/lint", "each", "each[0]"],
  ],
  [
    "a step comes after all that is in the group before it",
    [["say", "checks"], ["checks"], ["checks/lint"], ["checks/test"]],
    ["checks", "checks/lint", "checks/test", "say"],
  ],
];

test.for(orders)("%s", ([, visits, order]) => {
  const found = inOrder(visits.map(seen)).map(({ path, run }) => `${path}#${run.visit}`);
  expect(found).toEqual(order.map((each) => (each.includes("#") ? each : `${each}#1`)));
});

// It takes minutes where every place is found by comparing all pairs anew.
test("three thousand items of one save come after what is around them", () => {
  const numbers = Array.from({ length: 55 }, (_, index) => index);
  const outer = numbers.map((index): Visit => [`o[${index}]`, "o"]);
  const inner = numbers.map((index): Visit => [`o[${index}]/i`, `o[${index}]`]);
  const items = inner.flatMap(([path]) => numbers.map((index): Visit => [`${path}[${index}]`, path]));
  const visits: readonly Visit[] = [["o"], ...outer, ...inner, ...items];
  const found = inOrder(visits.map(seen)).map(({ path }) => path);
  const places = new Map(found.map((path, index) => [path, index]));
  expect(found).toHaveLength(visits.length);
  expect(
    visits.filter(([path, from]) => from && (places.get(path) ?? 0) < (places.get(from) ?? Infinity)),
  ).toEqual([]);
});
