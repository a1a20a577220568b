import { expect, test } from "vitest";
import type { Execution, Run, StepRecord } from "../../src/core/execution.ts";
import { traceOf } from "../../src/engine/trace.ts";
import { anExecution } from "../support/execution.ts";

const facts = { round: 1, visit: 1, attempt: 1, enteredAt: 0, from: null, input: null, effects: [] } as const;
const running: Run = { ...facts, state: "running", waiting: null, deadline: null, remind: null };
const completed: Run = { ...facts, state: "completed", endedAt: 1, output: null };
const error = { step: "a", code: "http_500", message: "it broke", class: "transient" } as const;

const recordOf = (...runs: readonly Run[]): StepRecord => ({
  visits: runs.length,
  since: { round: 0, visit: 0 },
  attempts: runs.length,
  runs,
});
const withSteps = (steps: Execution["steps"], over: Partial<Execution> = {}) =>
  anExecution({ id: "x", steps, ...over });

/** As `a#1.1 completed`, or `running` for the execution itself. */
function told(before: Execution | null, after: Execution): readonly string[] {
  return traceOf(before, after).map((trace) => {
    if (trace.kind === "execution") return `round ${trace.round} ${trace.state}`;
    const { step, visit, attempt, state, for: what, asking, error: why } = trace;
    return [`${step}#${visit}.${attempt} ${state}`, what, asking, why]
      .filter((one) => one !== undefined)
      .join(" ");
  });
}

test("a start tells of the execution and of the steps that it began", () => {
  expect(told(null, withSteps({ a: recordOf(running) }))).toEqual(["round 1 running", "a#1.1 running"]);
});

test("a save that changes no run tells nothing", () => {
  const before = withSteps({ a: recordOf(running) });
  expect(told(before, { ...before, revision: 2, updatedAt: 9 })).toEqual([]);
});

test("what ended is told before what it began, and the end of the execution last", () => {
  const before = withSteps({ a: recordOf(running) });
  expect(told(before, withSteps({ b: recordOf(running), a: recordOf(completed) }))).toEqual([
    "a#1.1 completed",
    "b#1.1 running",
  ]);
  expect(told(before, withSteps({ a: recordOf(completed) }, { state: "completed" }))).toEqual([
    "a#1.1 completed",
    "round 1 completed",
  ]);
});

test("of a step's runs those are told that are new", () => {
  const second = { ...running, visit: 2 };
  const before = withSteps({ a: recordOf(completed), b: recordOf(completed) });
  const after = withSteps({ ...before.steps, a: recordOf(completed, second) });
  expect(told(before, after)).toEqual(["a#2.1 running"]);
});

test("a retry tells of the execution again, in its new round", () => {
  const before = withSteps({ a: recordOf(completed) }, { state: "failed" });
  expect(told(before, withSteps(before.steps, { state: "running", round: 2 }))).toEqual(["round 2 running"]);
  expect(told({ ...before, state: "running" }, withSteps(before.steps, { round: 2 }))).toEqual([
    "round 2 running",
  ]);
});

test.for<readonly [string, Run]>([
  ["a#1.1 failed http_500: it broke", { ...facts, state: "failed", endedAt: 1, output: null, error }],
  ["a#1.1 skipped", { ...facts, state: "skipped", endedAt: 1, reason: "condition" }],
  ["a#1.2 running", { ...running, attempt: 2 }],
  ["a#1.1 waiting delay", { ...running, waiting: { for: "delay", until: 5 } }],
  ["a#1.1 waiting retry http_500: it broke", { ...running, waiting: { for: "retry", until: 5, error } }],
  ["a#1.1 waiting event", { ...running, waiting: { for: "event", events: ["push"], since: 0 } }],
  [
    "a#1.1 waiting approval 2",
    { ...running, waiting: { for: "approval", asking: 2, headSha: null, message: null, approvals: [] } },
  ],
  [
    "a#1.1 waiting person",
    { ...running, waiting: { for: "person", agent: "q", question: "?", outputSchema: null, produces: null } },
  ],
])("a run is told as %s", ([text, run]) => {
  expect(told(withSteps({}), withSteps({ a: recordOf(run) }))).toEqual([text]);
});

test("a step may be called as an object's own property is", () => {
  const steps = Object.assign(Object.create(null) as Record<string, StepRecord>, {
    constructor: recordOf(running),
  });
  expect(told(withSteps({}), withSteps(steps))).toEqual(["constructor#1.1 running"]);
});

test("what is around a step begins before it and ends after it, however the document lists them", () => {
  const before = withSteps({ each: recordOf(running), "each[0]": recordOf(running) });
  const begun = {
    "g/a": recordOf(running),
    g: recordOf(running),
    "g/in/b": recordOf(running),
    "g/in": recordOf(running),
  };
  expect(told(null, withSteps(begun))).toEqual([
    "round 1 running",
    "g#1.1 running",
    "g/a#1.1 running",
    "g/in#1.1 running",
    "g/in/b#1.1 running",
  ]);
  const ended = {
    each: recordOf(completed),
    "each[0]": recordOf(completed),
    first: recordOf(completed),
    "each[0]/b": recordOf(completed),
    "each[0]/a": recordOf(completed),
    next: recordOf(running),
  };
  expect(told(before, withSteps(ended))).toEqual([
    "first#1.1 completed",
    "each[0]/b#1.1 completed",
    "each[0]/a#1.1 completed",
    "each[0]#1.1 completed",
    "each#1.1 completed",
    "next#1.1 running",
  ]);
});
