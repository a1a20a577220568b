import { expect } from "vitest";
import { issue, mistake, reads, scenario } from "./scenario.ts";

scenario("list-order", "steps: [{ id: a, agent: bot }, { id: b, agent: bot }]", async (start) => {
  const run = await start();
  expect(run.steps).toBe("a:running");
  await run.succeed("a");
  expect(run.steps).toBe("a:completed b:running");
  await run.succeed("b");
  expect(run.state).toBe("completed");
});

const graph = `
steps:
  - { id: a, agent: bot, on_success: c, on_failure: b }
  - { id: b, agent: bot, conclude: completed }
  - { id: c, agent: bot }`;
scenario("graph-routes", graph, async (start) => {
  const run = await start();
  await run.succeed("a");
  expect(run.steps).toBe("a:completed c:running");
  await run.succeed("c");
  expect([run.state, run.steps]).toEqual(["completed", "a:completed c:completed"]);
});
scenario("fail-route", graph, async (start) => {
  const run = await start();
  await run.fail("a");
  expect(run.steps).toBe("a:failed b:running");
});
scenario(
  "fail-route",
  graph,
  async (start) => {
    const run = await start();
    await run.succeed("a");
    await run.fail("c");
    expect([run.state, run.error]).toEqual(["failed", "c broken"]);
  },
  { more: "without one the execution fails" },
);

scenario(
  "skip-next",
  "steps: [{ id: a, agent: bot, condition: 1 > 2 }, { id: b, agent: bot }]",
  async (start) => {
    expect((await start()).steps).toBe("a:skipped b:running");
  },
  { more: "the next of a list" },
);
scenario(
  "skip-next",
  `
steps:
  - { id: a, agent: bot, condition: 1 > 2, on_skip: c, on_success: b }
  - { id: b, agent: bot }
  - { id: c, agent: bot }`,
  async (start) => {
    expect((await start()).steps).toBe("a:skipped c:running");
  },
  { more: "on_skip" },
);
scenario(
  "skip-no-success",
  "steps: [{ id: a, agent: bot, condition: 1 > 2, on_success: b }, { id: b, agent: bot }]",
  async (start) => {
    const run = await start();
    expect([run.state, run.steps]).toEqual(["completed", "a:skipped"]);
  },
);

const late = (routes: string) => `
steps:
  - { id: a, agent: bot, timeout: 1h, ${routes} }
  - { id: b, agent: bot, conclude: completed }
  - { id: c, agent: bot, conclude: completed }`;
scenario("timeout-route", late("on_timeout: b, on_failure: c"), async (start) => {
  const run = await start();
  await run.after("1h");
  expect(run.steps).toBe("a:failed b:running");
});
scenario(
  "timeout-route",
  late("on_failure: c, on_success: b"),
  async (start) => {
    const run = await start();
    await run.after("1h");
    expect(run.steps).toBe("a:failed c:running");
  },
  { more: "else on_failure" },
);

const handled = (conclude: string) => `
steps:
  - { id: a, agent: bot, on_failure: b }
  - { id: b, agent: bot, inputs: { why: "{{ error }}" }, on_success: c }
  - { id: c, agent: bot, inputs: { code: "{{ error.code }}" }${conclude} }`;
scenario("handler-fails", handled(""), async (start) => {
  const run = await start();
  await run.fail("a");
  await run.succeed("b");
  await run.succeed("c");
  expect([run.state, run.error]).toEqual(["failed", "a broken"]);
});
scenario(
  "handler-fails",
  handled(", conclude: completed"),
  async (start) => {
    const run = await start();
    await run.fail("a");
    await run.succeed("b");
    await run.succeed("c");
    expect([run.state, run.error]).toEqual(["completed", null]);
  },
  { more: "unless it concludes" },
);
scenario("handler-error", handled(""), async (start) => {
  const run = await start();
  await run.fail("a");
  expect(run.input("b")).toEqual({ why: { step: "a", code: "broken", message: "it broke" } });
  await run.succeed("b");
  expect(run.input("c")).toEqual({ code: "broken" });
});

mistake(
  "cycle",
  "steps: [{ id: fix, agent: bot, on_success: qa }, { id: qa, agent: bot, on_failure: fix }]",
  "HOS232",
  "fix -> qa -> fix",
);
reads(
  "cycle",
  "steps: [{ id: fix, agent: bot, on_success: qa, max_visits: 2 }, { id: qa, agent: bot, on_failure: fix }]",
  ({ steps }) => expect(steps.order).toBe("graph"),
);
mistake(
  "unknown-target",
  "steps: [{ id: build, agent: bot, on_success: tset }, { id: test, agent: bot }]",
  "HOS204",
  'Did you mean "test"',
);
mistake(
  "unreachable",
  "steps: [{ id: a, agent: bot, on_success: b }, { id: b, agent: bot }, { id: c, agent: bot }]",
  "HOS231",
  '"c"',
);
mistake(
  "never-before",
  'steps: [{ id: a, agent: bot, inputs: { x: "{{ steps.b.output }}" } }, { id: b, agent: bot }]',
  "HOS234",
  "comes later",
);
mistake(
  "never-before",
  `steps:
  - id: p
    parallel: { steps: [{ id: a, agent: bot }, { id: b, agent: bot, condition: steps.a.output }] }`,
  "HOS234",
  "begin at once",
);
for (const [text, code, says] of [
  ["steps: [{ id: a, agent: bot, if: 1 > 2 }]", "HOS201", "Write condition"],
  ["steps: [{ id: a, agent: bot, needs: b }]", "HOS201", ""],
  ["steps: [{ id: a, agent: bot, with: { x: 1 } }]", "HOS201", "inputs"],
  ["steps: [{ id: a, run: make }]", "HOS201", ""],
  ["steps: [{ id: a, uses: actions/checkout@v4 }]", "HOS201", ""],
  ["steps: [{ id: a, agent: bot }]\njobs: {}", "HOS201", "no jobs"],
  ["steps: [{ id: a, agent: bot, inputs: { x: {{ input.x }} } }]", "HOS235", "quotes"],
  ["steps: [{ id: a, agent: bot, inputs: { x: '${{ input.x }}' } }]", "HOS108", ""],
] as const) {
  mistake("habits", text, code, says);
}

const sweep = (more = "") => `
steps: [{ id: a, agent: bot }]
finally: [{ id: sweep, agent: bot }]
outputs: { a: "{{ steps.a.output }}" }
${more}`;
for (const [state, finish] of [
  ["completed", "succeed"],
  ["failed", "fail"],
  ["cancelled", "cancel"],
] as const) {
  scenario(
    "finally-runs",
    sweep(),
    async (start) => {
      const run = await start();
      if (finish === "cancel") await run.command("cancel");
      else await run[finish]("a");
      expect([run.state, run.waiting("finally/sweep")]).toEqual(["running", "work"]);
      await run.succeed("finally/sweep");
      expect(run.state).toBe(state);
    },
    { more: state },
  );
}
scenario(
  "finally-status",
  `
steps: [{ id: a, agent: bot }]
finally:
  - { id: good, agent: bot, condition: success() }
  - { id: bad, agent: bot, condition: failure(), inputs: { how: "{{ execution.ending }}" } }
  - { id: both, agent: bot, condition: always() }`,
  async (start) => {
    const run = await start();
    await run.fail("a");
    expect(run.steps).toBe("a:failed finally/good:skipped finally/bad:running");
    expect(run.input("finally/bad")).toEqual({ how: "failed" });
    await run.succeed("finally/bad");
    expect(run.waiting("finally/both")).toBe("work");
  },
);
mistake("finally-status", "steps: [{ id: a, agent: bot, condition: failure() }]", "HOS103");
scenario("finally-fails", sweep(), async (start) => {
  const run = await start();
  await run.succeed("a");
  await run.fail("finally/sweep");
  expect([run.state, run.error]).toEqual(["failed", "finally/sweep broken"]);
});
scenario(
  "finally-fails",
  sweep(),
  async (start) => {
    const run = await start();
    await run.command("cancel");
    await run.fail("finally/sweep");
    expect(run.state).toBe("cancelled");
  },
  { more: "and leaves cancelled alone" },
);
scenario("finally-second-cancel", sweep(), async (start) => {
  const run = await start();
  await run.command("cancel");
  await run.command("cancel");
  expect([run.state, run.steps]).toEqual(["cancelled", "a:skipped finally/sweep:skipped"]);
});
mistake(
  "finally-apart",
  'steps: [{ id: a, agent: bot }]\nfinally: [{ id: z, agent: bot }]\noutputs: { z: "{{ steps.z.output }}" }',
  "HOS247",
);
mistake(
  "finally-apart",
  "steps: [{ id: a, agent: bot }]\nfinally: [{ id: z, agent: bot, conclude: completed }]",
  "HOS247",
);
mistake(
  "finally-apart",
  "steps: [{ id: a, agent: bot, on_success: z }]\nfinally: [{ id: z, agent: bot }]",
  "HOS247",
);
scenario(
  "finally-apart",
  `
steps: [{ id: a, agent: bot }]
finally: [{ id: z, agent: bot, inputs: { a: "{{ steps.a.output }}" } }]`,
  async (start) => {
    const run = await start();
    await run.succeed("a", 5);
    expect(run.input("finally/z")).toEqual({ a: 5 });
  },
  { more: "it reads all steps" },
);
scenario("finally-time", sweep("limits: { timeout: 1h }"), async (start) => {
  const run = await start();
  await run.after("59m");
  await run.succeed("a");
  await run.after("59m");
  expect(run.waiting("finally/sweep")).toBe("work");
  await run.after("1m");
  expect([run.state, run.error]).toEqual(["failed", "timeout"]);
});

scenario(
  "finally-time",
  sweep("limits: { timeout: 1h }"),
  async (start) => {
    const run = await start();
    await run.command("cancel");
    await run.after("1h");
    expect([run.state, run.steps]).toEqual(["cancelled", "a:skipped finally/sweep:skipped"]);
  },
  { more: "it ends as was decided" },
);

scenario(
  "names-nearest",
  `
steps:
  - { id: a, agent: bot }
  - id: g
    steps:
      - { id: b, agent: bot }
      - { id: c, agent: bot, inputs: { a: "{{ steps.a.output }}", b: "{{ steps.b.output }}" } }
  - { id: z, agent: bot, inputs: { b: "{{ steps.g.output.b }}" } }`,
  async (start) => {
    const run = await start();
    await run.succeed("a", 1);
    await run.succeed("g/b", 2);
    expect(run.input("g/c")).toEqual({ a: 1, b: 2 });
    await run.succeed("g/c");
    expect(run.input("z")).toEqual({ b: 2 });
  },
);
mistake(
  "names-nearest",
  `steps: [{ id: g, steps: [{ id: b, agent: bot }] }, { id: z, agent: bot, condition: steps.b.output }]`,
  "HOS204",
  "steps.g.output.b",
);
mistake("names-hide", "steps: [{ id: a, agent: bot }, { id: g, steps: [{ id: a, agent: bot }] }]", "HOS236");
reads(
  "names-hide",
  "steps: [{ id: g, steps: [{ id: a, agent: bot }] }, { id: h, steps: [{ id: a, agent: bot }] }]",
  ({ steps }) => expect(steps.steps).toHaveLength(2),
);

scenario(
  "condition-skips",
  "steps: [{ id: a, agent: bot, condition: subject.number == 7 }, { id: b, agent: bot, condition: subject.number == 8 }]",
  async (start) => {
    const run = await start({ subject: issue });
    await run.succeed("a");
    expect([run.steps, run.why("b")]).toEqual(["a:completed b:skipped", "condition"]);
  },
);
scenario("finally-again", sweep(), async (start) => {
  const run = await start();
  await run.fail("a");
  await run.succeed("finally/sweep");
  await run.command("retry");
  await run.succeed("a");
  expect([run.state, run.waiting("finally/sweep")]).toEqual(["running", "work"]);
});
