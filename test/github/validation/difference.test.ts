import { expect, test } from "vitest";
import type { Workflow } from "../../../src/core/workflow.ts";
import type { Rehearsal } from "../../../src/engine/ports/index.ts";
import { walk } from "../../../src/engine/rehearsal/walk.ts";
import { difference, type Way, wayText } from "../../../src/github/validation/difference.ts";
import { startOfTests } from "../../support/execution.ts";
import { aWorkflow, type StepSketch, template } from "../../support/workflow.ts";

function wayThrough(workflow: Workflow): Way {
  const start = {
    repository: { id: 1, owner: "acme", name: "shop" },
    subject: null,
    actor: "mona",
    event: {},
    input: {},
    at: startOfTests,
  };
  const walked: Rehearsal = walk(workflow, start, { recording: null, roles: new Map(), isLate: () => false });
  if (walked.result !== "walked") throw new Error(JSON.stringify(walked));
  return { workflow, walked };
}

const fails = { evaluate: () => ({ problem: { code: "HOS1", message: "no `x`\n@octocat" } }) };
const rows: readonly {
  readonly before: readonly StepSketch[];
  readonly after: readonly StepSketch[];
  readonly because: string | null;
}[] = [
  { before: [{ id: "a" }], after: [{ id: "a", timeoutMs: 5 }], because: null },
  {
    before: [{ id: "a" }],
    after: [{ id: "a", condition: "false" }],
    because: "`a` is skipped: its condition `false` is not met",
  },
  {
    before: [{ id: "a", condition: "false" }],
    after: [{ id: "a", condition: "true" }],
    because: "`a` is not skipped: its condition `true` is met",
  },
  {
    before: [{ id: "a", condition: "false" }],
    after: [{ id: "a" }],
    because: "`a` has no condition any more",
  },
  { before: [{ id: "a" }], after: [{ id: "b" }, { id: "a" }], because: "`b` is new" },
  { before: [{ id: "b" }, { id: "a" }], after: [{ id: "a" }], because: "`b` is gone" },
  {
    before: [{ id: "a" }],
    after: [{ id: "a", inputs: fails }],
    because: "`a` fails: no `x`\n@\u200Doctocat",
  },
  { before: [{ id: "a", inputs: fails }], after: [{ id: "a" }], because: "`a` does not fail" },
  {
    before: [{ id: "a", on_success: "b" }, { id: "b" }, { id: "c" }],
    after: [{ id: "a", on_success: "c" }, { id: "b" }, { id: "c" }],
    because: "`a` leads to `c` (success), where it led to `b`",
  },
  {
    before: [{ id: "a", on_success: "b" }, { id: "b" }],
    after: [{ id: "a", on_failure: "b" }, { id: "b" }],
    because: "it ends after `a`",
  },
  {
    before: [{ id: "a", on_failure: "b" }, { id: "b" }],
    after: [{ id: "a", on_success: "b" }, { id: "b" }],
    because: "`a` is followed by `b` (success)",
  },
  { before: [{ id: "a" }], after: [{ id: "a", conclude: "failed" }], because: "it ends failed" },
  {
    before: [{ id: "p", join: "any", steps: [{ id: "x" }, { id: "y" }] }],
    after: [{ id: "p", join: "all", steps: [{ id: "x" }, { id: "y" }] }],
    because: "`p/y` is not skipped",
  },
  {
    before: [{ id: "e", forEach: each("[1, 2]") }],
    after: [{ id: "e", forEach: each("[1, 2, 3]") }],
    because: "`e` is followed by `e`",
  },
];

function each(list: string) {
  return { in: template(list), as: "item", maxParallel: 1, failFast: true };
}

test.for(rows)("$before -> $after: $because", ({ before, after, because }) => {
  const found = difference(wayThrough(aWorkflow(before)), wayThrough(aWorkflow(after)));
  expect(found?.because ?? null).toBe(because);
});

test("steps of a child workflow are new and gone as well", () => {
  const runs = (steps: readonly StepSketch[]) =>
    aWorkflow([{ id: "qa", kind: { kind: "workflow", workflow: "./qa.yml" } }], {
      children: new Map([["./qa.yml", aWorkflow(steps)]]),
    });
  const [one, two] = [wayThrough(runs([{ id: "a" }])), wayThrough(runs([{ id: "b" }, { id: "a" }]))];
  expect(difference(one, two)?.because).toBe("`qa/b` is new");
  expect(difference(two, one)?.because).toBe("`qa/b` is gone");
});

test("a way is shown around its first difference, equal steps counted", () => {
  const steps = Array.from({ length: 30 }, (_, at): StepSketch => ({ id: `s${at}` }));
  const changed = steps.map((step, at) => (at === 20 ? { ...step, condition: "false" } : step));
  const found = difference(wayThrough(aWorkflow(steps)), wayThrough(aWorkflow(changed)));
  expect(found?.after).toBe(
    "… → `s18` → `s19` → `s20` (skipped) → `s21` → `s22` → `s23` → `s24` → `s25` → `s26` → `s27` → … 2 more → *completed*",
  );
  const { walked } = wayThrough(aWorkflow([{ id: "e", forEach: each("[1, 2, 3]") }, { id: "b" }]));
  expect(wayText(walked)).toBe("`e` ×3 → `b` → *completed*");
});
