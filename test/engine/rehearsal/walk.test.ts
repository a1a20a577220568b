import { describe, expect, test } from "vitest";
import type { Execution, Run } from "../../../src/core/execution.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { AgentDefinition, Workflow } from "../../../src/core/workflow.ts";
import type { Rehearsal } from "../../../src/engine/ports/index.ts";
import { type Known, walk } from "../../../src/engine/rehearsal/walk.ts";
import { anExecution, aRun, startOfTests } from "../../support/execution.ts";
import { aList, aStep, aWorkflow, type StepSketch, template } from "../../support/workflow.ts";

const nothing: Known = { recording: null, roles: new Map(), isLate: () => false };
const start = {
  repository: { id: 1, owner: "acme", name: "shop" },
  subject: null,
  actor: "mona",
  event: { action: "opened", severity: 4 },
  input: {},
  at: startOfTests,
};

/** `a -> b~ -> c!`: `~` skipped, `!` failed, `…` under way; then the end. */
function shown(rehearsal: Rehearsal): string {
  if (rehearsal.result === "invalid") return rehearsal.problems.map(({ message }) => message).join();
  const marks = { completed: "", skipped: "~", failed: "!", running: "…" };
  const path = rehearsal.visits.map((each) => each.path + marks[each.state]).join(" -> ");
  return `${path} = ${rehearsal.state}`;
}

const agent = (id: string, over: Partial<StepSketch> = {}): StepSketch => ({
  id,
  kind: { kind: "agent", agent: `${id}-agent` },
  ...over,
});

const rows: readonly {
  readonly what: string;
  readonly steps: readonly StepSketch[];
  readonly path: string;
}[] = [
  { what: "a list", steps: [agent("a"), { id: "b" }], path: "a -> b = completed" },
  {
    what: "a condition on the event",
    steps: [agent("a", { condition: "event.severity > 5" }), { id: "b", condition: "event.severity > 3" }],
    path: "a~ -> b = completed",
  },
  {
    what: "routes, the later step first in the file",
    steps: [agent("a", { on_success: "c" }), { id: "b" }, { id: "c", on_success: "b" }],
    path: "a -> c -> b = completed",
  },
  {
    what: "a chain of skips in one transition, against the order of the file",
    steps: [
      { id: "a", on_skip: "c", condition: "false", on_success: "b" },
      { id: "b", condition: "false" },
      { id: "c", condition: "false", on_skip: "b" },
    ],
    path: "a~ -> c~ -> b~ = completed",
  },
  {
    what: "approvals, delays and every wait",
    steps: [
      {
        id: "a",
        kind: { kind: "approval", from: [], count: 3, by: ["command"], exclude: [], message: null },
      },
      { id: "b", kind: { kind: "delay", duration: template('"7d"') } },
      { id: "c", kind: { kind: "wait_for", events: ["push"], match: null, since: null } },
      { id: "d", kind: { kind: "wait_for_checks", checks: "all" } },
      {
        id: "e",
        kind: { kind: "wait_for_pull_request", state: "merged" },
        condition: "steps.a.output.approved",
      },
      { id: "f", condition: 'steps.e.output.state == "merged"' },
    ],
    path: "a -> b -> c -> d -> e -> f = completed",
  },
  {
    what: "a group and branches",
    steps: [
      { id: "g", steps: [{ id: "x" }, { id: "y", condition: "false" }] },
      { id: "p", join: "all", steps: [{ id: "x" }, { id: "y" }] },
    ],
    path: "g/x -> g/y~ -> p/x -> p/y = completed",
  },
  {
    what: "of branches of which one is enough the first one",
    steps: [{ id: "p", join: "any", steps: [{ id: "x" }, { id: "y" }] }],
    path: "p/x -> p/y~ = completed",
  },
  {
    what: "a group that is skipped",
    steps: [{ id: "g", condition: "false", steps: [{ id: "x" }] }],
    path: "g~ = completed",
  },
  {
    what: "for_each",
    steps: [
      {
        id: "a",
        forEach: { in: template("[1, 2, 3]"), as: "item", maxParallel: 1, failFast: true },
        condition: "item != 2",
      },
    ],
    path: "a[0] -> a[1]~ -> a[2] = completed",
  },
  {
    what: "a repeat whose end nobody can know: taken to be met",
    steps: [{ id: "a", repeat: { until: condition("self.done"), everyMs: 60_000, max: 100 } }],
    path: "a[] = completed",
  },
  {
    what: "a repeat of a group, too",
    steps: [
      { id: "a", steps: [{ id: "x" }], repeat: { until: condition("self.x.done"), everyMs: 0, max: 100 } },
    ],
    path: "a[]/x = completed",
  },
  {
    what: "a repeat that counts",
    steps: [{ id: "a", repeat: { until: null, everyMs: 60_000, max: 3 } }],
    path: "a[] -> a[] -> a[] = completed",
  },
  {
    what: "an output that is assumed fails no step",
    steps: [{ id: "a", failIf: "self.ok != true" }, { id: "b" }],
    path: "a -> b = completed",
  },
  {
    what: "an input that can't be evaluated",
    steps: [
      {
        id: "a",
        inputs: { evaluate: () => ({ problem: { code: "HOS1", message: "no" } }) },
        on_failure: "b",
      },
      { id: "b" },
    ],
    path: "a! -> b = failed",
  },
  {
    what: "conclude",
    steps: [{ id: "a", conclude: "failed" }, { id: "b" }],
    path: "a = failed",
  },
  {
    what: "a loop that never ends by itself",
    steps: [
      { id: "a", on_success: "b" },
      { id: "b", on_success: "a", maxVisits: 100_000 },
    ],
    path: `${Array.from({ length: 100 }, () => "a -> b").join(" -> ")} = unfinished`,
  },
];

function condition(text: string) {
  const { repeat, ...step } = aStep({ id: "x", condition: text });
  if (step.condition === null || repeat !== null) throw new Error(text);
  return step.condition;
}

test.for(rows)("$what: $path", ({ steps, path }) => {
  expect(shown(walk(aWorkflow(steps), start, nothing))).toBe(path);
});

test("finally is walked, too", () => {
  const last = aList([aStep({ id: "z", condition: 'execution.ending == "completed"' })]);
  const workflow = aWorkflow([{ id: "a" }], { finally: last });
  expect(shown(walk(workflow, start, nothing))).toBe("a -> finally/z = completed");
});

test("inputs are resolved as for a start, and what is missing is said", () => {
  const input = { name: "size", schema: null, from: null, default: undefined, required: true };
  const workflow = aWorkflow([{ id: "a" }], { inputs: [input] });
  expect(shown(walk(workflow, start, nothing))).toBe("input size is missing");
  expect(shown(walk(workflow, { ...start, input: { size: 1 } }, nothing))).toBe("a = completed");
});

describe("agents answer by their schema", () => {
  const schemas: readonly (readonly [JsonObject, string, boolean])[] = [
    [{ type: "object", properties: { n: { type: "integer", minimum: 1, maximum: 5 } } }, "n == 3", true],
    [{ type: "object", properties: { n: { type: "number", minimum: 7 } } }, "n == 7", true],
    [{ properties: { n: { enum: ["low", "high"] } } }, 'n == "low"', true],
    [{ type: "object", properties: { n: { const: 4 } } }, "n == 4", true],
    [{ type: "object", properties: { n: { type: "string", examples: ["yes"] } } }, 'n == "yes"', true],
    [{ type: "object", properties: { n: { type: "boolean" } } }, "n", true],
    [
      { type: "object", properties: { n: { type: "array", minItems: 2, items: { type: "integer" } } } },
      "length(n) == 2",
      true,
    ],
    [{ type: "object", properties: { n: { type: ["null", "string"] } } }, "n == null", true],
    [
      { type: "object", properties: { n: { type: "object", properties: { x: { default: 2 } } } } },
      "n.x == 2",
      true,
    ],
  ];

  test.for(schemas)("%j", ([outputSchema, text, expected]) => {
    const definition: AgentDefinition = {
      name: "a-agent",
      engines: [],
      instructions: "",
      outputSchema,
      produces: null,
      tools: [],
      limits: { tokens: null, costUsd: null, timeoutMs: null, steps: null },
    };
    const workflow = aWorkflow([
      agent("a"),
      { id: "b", condition: text.replaceAll(/\bn\b/g, "steps.a.output.n") },
    ]);
    const roles = new Map([["a-agent", definition]]);
    expect(shown(walk(workflow, start, { ...nothing, roles }))).toBe(
      expected ? "a -> b = completed" : "a -> b~ = completed",
    );
    const own = { ...workflow, agents: roles };
    expect(shown(walk(own, start, nothing))).toBe(shown(walk(workflow, start, { ...nothing, roles })));
  });
});

test("a child workflow is walked below the step that runs it, and its end is the step's", () => {
  const child = aWorkflow([{ id: "x" }, { id: "y", condition: "input.deep" }], {
    outputs: template("input"),
    path: ".hishamos/qa.yml",
    inputs: [{ name: "deep", schema: null, from: null, default: undefined, required: true }],
  });
  const ran = (inputs: StepSketch["inputs"]) =>
    aWorkflow(
      [
        {
          id: "qa",
          kind: { kind: "workflow", workflow: "./qa.yml" },
          inputs: inputs ?? null,
          on_success: "ok",
          on_failure: "bad",
        },
        { id: "ok", condition: "steps.qa.output.deep" },
        { id: "bad" },
      ],
      { children: new Map([["./qa.yml", child]]) },
    );
  const given = (value: Json) => ({ evaluate: () => ({ value: { deep: value } }) });
  expect(shown(walk(ran(given(true)), start, nothing))).toBe("qa/x -> qa/y -> ok = completed");
  expect(shown(walk(ran(given(false)), start, nothing))).toBe("qa/x -> qa/y~ -> ok~ = completed");
  expect(shown(walk(ran(null), start, nothing))).toBe("qa! -> bad = failed");
});

test("children of children together walk no more than one rehearsal does", () => {
  const many = Array.from(
    { length: 10 },
    (_, index): StepSketch => ({
      id: `s${index}`,
      kind: { kind: "workflow", workflow: "./x.yml" },
    }),
  );
  let inner: Workflow = aWorkflow([{ id: "leaf" }]);
  for (let depth = 0; depth < 4; depth++)
    inner = aWorkflow(many, { children: new Map([["./x.yml", inner]]) });
  const rehearsal = walk(inner, start, nothing);
  expect(rehearsal).toMatchObject({ result: "walked", state: "unfinished" });
  expect(rehearsal.result === "walked" && rehearsal.visits.length).toBeLessThan(300);
});

test("a walk that has taken too long evaluates nothing more and says that it is not over", () => {
  let evaluated = 0;
  const inputs = {
    evaluate: () => {
      evaluated += 1;
      return { value: {} };
    },
  };
  const isLate = () => evaluated >= 2;
  const workflow = aWorkflow([1, 2, 3, 4].map((n) => ({ id: `s${n}`, inputs })));
  expect(walk(workflow, start, { ...nothing, isLate })).toMatchObject({ state: "unfinished" });
  expect(evaluated).toBe(2);
});

describe("what really ran", () => {
  const ended = (over: Partial<Run> & Pick<Run, "state">, endedAt = 5): Run => {
    const { waiting: _, deadline: __, remind: ___, state: ____, ...facts } = aRun();
    return { ...facts, endedAt, ...over } as Run;
  };
  const completed = (output: Json, endedAt = 5) => ended({ state: "completed", output }, endedAt);
  const failed = (code: string, output: Json = null) =>
    ended({ state: "failed", output, error: { step: "a", code, message: "no", class: "error" } });

  function ran(workflow: Workflow, runs: Readonly<Record<string, readonly Run[]>>): Known {
    const steps: Execution["steps"] = Object.fromEntries(
      Object.entries(runs).map(([path, list]) => [
        path,
        { visits: list.length, attempts: 1, since: { round: 0, visit: 0 }, runs: list },
      ]),
    );
    return { ...nothing, recording: { workflow, execution: anExecution({ steps }) } };
  }

  const graph = [
    agent("a", { on_success: "b", on_failure: "c" }),
    { id: "b", condition: "steps.a.output.n > 3" },
    { id: "c" },
  ];

  test("outputs decide as they did", () => {
    const workflow = aWorkflow(graph);
    expect(
      shown(walk(workflow, start, ran(workflow, { a: [completed({ n: 4 })], b: [completed(null)] }))),
    ).toBe("a -> b = completed");
    expect(shown(walk(workflow, start, ran(workflow, { a: [completed({ n: 2 })] })))).toBe(
      "a -> b~ = completed",
    );
  });

  test("so do failures, timeouts and what a person skipped", () => {
    const workflow = aWorkflow(graph);
    expect(shown(walk(workflow, start, ran(workflow, { a: [failed("http_404")] })))).toBe("a! -> c = failed");
    const skipped = ended({ state: "skipped", reason: "command" });
    expect(shown(walk(workflow, start, ran(workflow, { a: [skipped] })))).toBe("a~ = completed");
    const late = ended({
      state: "failed",
      output: null,
      error: { step: "a", code: "timeout", message: "late", class: "timeout" },
    });
    const timed = aWorkflow([agent("a", { on_timeout: "c", on_failure: "b" }), { id: "b" }, { id: "c" }]);
    expect(shown(walk(timed, start, ran(timed, { a: [late] })))).toBe("a! -> c = failed");
  });

  test("fail_if is asked again of the output that failed by it", () => {
    const [old, now] = ["self.n > 1", "self.n > 5"].map((failIf) => aWorkflow([agent("a", { failIf })]));
    if (!old || !now) throw new Error("two are made");
    const known = ran(old, { a: [failed("fail_if", { n: 3 })] });
    expect(shown(walk(old, start, known))).toBe("a! = failed");
    expect(shown(walk(now, start, known))).toBe("a = completed");
  });

  test("only what is all known counts as recorded", () => {
    const workflow = aWorkflow([agent("a"), { id: "b" }]);
    const both = ran(workflow, { a: [completed(1)], b: [completed(2)] });
    expect(walk(workflow, start, both)).toMatchObject({ recorded: true });
    expect(walk(workflow, start, ran(workflow, { a: [completed(1)] }))).toMatchObject({ recorded: false });
  });

  test("the result of another action says nothing; that of a step in another place does", () => {
    const then = aWorkflow([{ id: "a", kind: { kind: "action", action: "issues.get" } }]);
    const known = ran(then, { a: [completed({ ok: true })] });
    const now = (action: string) =>
      aWorkflow([
        { id: "g", steps: [{ id: "a", kind: { kind: "action", action } }] },
        { id: "b", condition: "steps.g.output.a.ok" },
      ]);
    expect(shown(walk(now("issues.get"), start, known))).toBe("g/a -> b = completed");
    expect(shown(walk(now("issues.create"), start, known))).toBe("g/a -> b~ = completed");
  });

  test("of branches of which one is enough the one that really was first", () => {
    const workflow = aWorkflow([{ id: "p", join: "any", steps: [{ id: "x" }, { id: "y" }, { id: "z" }] }]);
    const known = ran(workflow, { "p/x": [completed(1, 9)], "p/z": [completed(1, 5)] });
    expect(shown(walk(workflow, start, known))).toBe("p/x~ -> p/y~ -> p/z = completed");
  });

  test("each visit has its own; of those no longer kept, the oldest that is", () => {
    const workflow = aWorkflow([
      { id: "a", repeat: { until: condition("self.n > 8"), everyMs: 60_000, max: 50 } },
    ]);
    const runs = [7, 8, 9].map((n) => ended({ state: "completed", output: { n }, visit: n }));
    const rehearsal = walk(workflow, start, ran(workflow, { "a[]": runs }));
    expect(rehearsal).toMatchObject({ state: "completed", recorded: true });
    expect(rehearsal.result === "walked" && rehearsal.visits.length).toBe(9);
  });
});
