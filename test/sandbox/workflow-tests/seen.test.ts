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

// It takes a minute where every place is found by comparing all pairs anew.
test("a thousand visits of one save are put in order, though they are given the other way round", () => {
  const ids = Array.from({ length: 1_500 }, (_, index) => `s${index}`);
  const visits = ids.map((id, index): Visit => (index === 0 ? [id] : [id, `s${index - 1}`]));
  expect(inOrder(visits.toReversed().map(seen)).map(({ path }) => path)).toEqual(ids);
});
