import { expect } from "vitest";
import { issue, linked, scenario } from "./scenario.ts";

const two = "steps: [{ id: a, agent: bot }, { id: b, agent: bot }]";

scenario("pause-holds", two, async (start) => {
  const run = await start();
  await run.command("pause");
  await run.succeed("a", 1);
  expect([run.state, run.steps]).toEqual(["paused", "a:completed"]);
  await run.command("resume");
  expect([run.state, run.steps]).toEqual(["running", "a:completed b:running"]);
});
scenario(
  "pause-keeps",
  `
steps:
  - { id: w, wait_for: issues.assigned }
  - { id: ok, approval: {} }
  - { id: z, agent: bot }`,
  async (start) => {
    const run = await start({ subject: issue });
    await run.command("pause");
    await run.event("issues.assigned");
    expect(run.waiting("w")).toBe("event");
    await run.command("resume");
    expect(run.waiting("ok")).toBe("approval");
  },
);
scenario(
  "pause-shifts",
  "steps: [{ id: a, delay: 2h }, { id: b, agent: bot, timeout: 1h }]",
  async (start) => {
    const run = await start();
    await run.after("1h");
    await run.command("pause");
    await run.after("7d");
    await run.command("resume");
    await run.after("59m");
    expect(run.steps).toBe("a:running");
    await run.after("1m");
    await run.after("59m");
    await run.command("pause");
    await run.after("2d");
    await run.command("resume");
    expect(run.waiting("b")).toBe("work");
    await run.after("1m");
    expect(run.error).toBe("b timeout");
  },
);
scenario("cancel-skips", two, async (start) => {
  const run = await start();
  await run.command("cancel");
  expect([run.state, run.steps, run.why("a")]).toEqual(["cancelled", "a:skipped", "cancelled"]);
});
scenario("outputs-completed", `${two}\noutputs: { a: "{{ steps.a.output }}" }`, async (start) => {
  const run = await start();
  await run.succeed("a", 1);
  await run.fail("b");
  expect(run.execution.outputs).toBe(null);
  await run.command("retry");
  await run.succeed("b");
  expect(run.execution.outputs).toEqual({ a: 1 });
});
scenario("terminal", two, async (start) => {
  const run = await start();
  await run.command("cancel");
  for (const command of ["pause", "resume", "cancel", "skip"] as const) {
    await run.command(command);
    expect([command, run.refused]).toEqual([command, "HOS304"]);
  }
  await run.command("retry");
  expect([run.refused, run.state]).toEqual([null, "running"]);
});

scenario("rerun-failed", two, async (start) => {
  const run = await start();
  await run.succeed("a", 1);
  await run.fail("b");
  await run.command("retry");
  expect([run.steps, run.output("a")]).toEqual(["a:completed b:running", 1]);
  await run.command("cancel");
  await run.command("retry");
  expect(run.steps).toBe("a:completed b:running");
});
scenario("rerun-from", two, async (start) => {
  const run = await start();
  await run.succeed("a");
  await run.succeed("b");
  await run.command("retry", { step: "a" });
  expect([run.state, run.waiting("a")]).toEqual(["running", "work"]);
});
scenario(
  "rerun-round",
  `
limits: { timeout: 10h }
steps: [{ id: a, agent: bot, max_visits: 1 }, { id: b, agent: bot }]`,
  async (start) => {
    const run = await start();
    await run.succeed("a", null, { spending: { tokens: 5 } });
    await run.after("9h");
    await run.fail("b");
    await run.command("retry", { step: "a" });
    await run.after("9h");
    expect([run.waiting("a"), run.execution.round, run.execution.spending.tokens]).toEqual(["work", 2, 5]);
  },
);
scenario(
  "rerun-round",
  `
steps:
  - { id: a, agent: bot, max_visits: 3, on_success: b, inputs: { before: "{{ steps.b.visits }}" } }
  - { id: b, agent: bot, on_success: a }`,
  async (start) => {
    const run = await start();
    await run.succeed("a");
    await run.succeed("b");
    expect(run.input("a")).toEqual({ before: 1 });
    await run.fail("a");
    await run.command("retry");
    expect(run.input("a")).toEqual({ before: 0 });
  },
  { more: "of what comes later" },
);
scenario(
  "rerun-inside",
  `
steps:
  - { id: e, for_each: { in: [1, 2, 3], fail_fast: false }, steps: [{ id: a, agent: bot }, { id: b, agent: bot }] }`,
  async (start) => {
    const run = await start();
    for (const index of [0, 1, 2]) await run.succeed(`e[${index}]/a`, index);
    await run.succeed("e[0]/b", "x");
    await run.fail("e[1]/b");
    await run.succeed("e[2]/b", "z");
    await run.command("retry");
    expect([run.waiting("e[1]/b"), run.run("e[1]/a").round, run.run("e[0]").round]).toEqual(["work", 1, 1]);
    await run.succeed("e[1]/b", "y");
    expect(run.output("e")).toEqual([
      { a: 0, b: "x" },
      { a: 1, b: "y" },
      { a: 2, b: "z" },
    ]);
    await run.command("retry", { step: "e" });
    expect([0, 1, 2].map((index) => run.waiting(`e[${index}]/a`))).toEqual(["work", "work", "work"]);
  },
);
const approved = `
steps:
  - { id: ok, approval: {} }
  - { id: ship, agent: bot }`;
scenario("rerun-approval", approved, async (start) => {
  const run = await start({ subject: issue });
  await run.decide("reject");
  await run.command("retry", { step: "ship" });
  expect(run.refused).toBe("HOS307");
  await run.command("retry");
  await run.event("pull_request.opened", {}, { pullRequest: linked() });
  await run.decide("approve");
  await run.fail("ship");
  await run.command("retry", { step: "ship" });
  expect([run.refused, run.waiting("ship")]).toEqual([null, "work"]);
  await run.event("pull_request.synchronize", {}, { pullRequest: linked({ head_sha: "b2" }) });
  await run.fail("ship");
  await run.command("retry", { step: "ship" });
  expect(run.refused).toBe("HOS307");
});
scenario("rerun-latest", approved, async (start) => {
  const run = await start();
  await run.decide("approve");
  await run.fail("ship");
  const latest = approved.replace("agent: bot", "agent: bot, retry: 2");
  await run.retryLatest(latest);
  expect(run.refused).toBe("HOS307");
  await run.retryLatest(latest, "ok");
  await run.decide("approve");
  await run.fail("ship");
  expect(run.waiting("ship")).toBe("retry");
});
scenario("file-pinned", two, async (start) => {
  const run = await start();
  await run.fail("a");
  await run.command("retry");
  expect(run.execution.workflow.hash).toBe(
    run.started.result === "created" ? run.started.execution.workflow.hash : "",
  );
  await run.fail("a");
  await run.retryLatest(two.replace("id: b", "id: c"));
  await run.succeed("a");
  expect(run.steps).toBe("a:completed c:running");
});
scenario("rerun-group", "steps: [{ id: a, agent: bot }]", async (start) => {
  const run = await start({ subject: issue });
  await run.fail("a");
  const second = await start({ subject: issue });
  await run.command("retry");
  expect(run.refused).toBe("HOS309");
  await second.succeed("a");
  await run.command("retry");
  const third = await start({ subject: issue });
  expect([run.state, third.started.result]).toEqual(["running", "slot_taken"]);
});
scenario("rerun-nothing", two, async (start) => {
  const run = await start();
  await run.succeed("a");
  await run.succeed("b");
  await run.command("retry");
  expect(run.refused).toBe("HOS308");
});

const nested = `
steps:
  - id: p
    parallel:
      steps:
        - { id: x, steps: [{ id: lint, agent: bot }, { id: same, agent: bot }] }
        - { id: y, steps: [{ id: same, agent: bot }] }`;
scenario("command-step", nested, async (start) => {
  const run = await start();
  await run.command("skip", { step: "lint" });
  expect(run.why("p/x/lint")).toBe("command");
  await run.command("skip", { step: "p/x/same" });
  expect(run.why("p/x/same")).toBe("command");
});
scenario("command-several", nested, async (start) => {
  const run = await start();
  await run.succeed("p/x/lint");
  for (const step of [null, "same"]) {
    await run.command("skip", { step });
    expect(run.refused).toBe("HOS302");
  }
});
scenario("command-unknown-step", nested, async (start) => {
  const run = await start();
  await run.command("skip", { step: "lnit" });
  expect(run.refused).toBe("HOS305");
});
scenario(
  "command-skip",
  `
steps:
  - { id: g, steps: [{ id: a, agent: bot }], on_skip: z, on_success: y }
  - { id: y, agent: bot }
  - { id: z, agent: bot }`,
  async (start) => {
    const run = await start();
    await run.command("skip", { step: "g" });
    expect([run.steps, run.why("g"), run.why("g/a")]).toEqual([
      "g:skipped g/a:skipped z:running",
      "command",
      "cancelled",
    ]);
  },
);
scenario("command-skip-approval", "steps: [{ id: g, steps: [{ id: ok, approval: {} }] }]", async (start) => {
  const run = await start();
  for (const step of ["ok", "g", null]) {
    await run.command("skip", { step });
    expect([step, run.refused]).toEqual([step, "HOS306"]);
  }
  for (const answer of ["done", "fail"] as const) {
    await run.decide(answer, { step: "ok" });
    expect([answer, run.refused]).toEqual([answer, "HOS306"]);
  }
  expect(run.steps).toBe("g:running g/ok:running");
});
scenario(
  "command-fail",
  `steps:
  - { id: a, agent: bot, retry: { max_attempts: 3, on: [error] }, on_success: b, on_failure: c }
  - { id: b, agent: bot }
  - { id: c, agent: bot, condition: "error.code == 'declined'", conclude: completed }`,
  async (start) => {
    const run = await start();
    await run.decide("fail", { step: "a", reason: "No device" });
    expect(run.refused).toBe("HOS301");
    await run.park("a", { for: "person", agent: "bot", question: "?", outputSchema: null, produces: null });
    await run.decide("fail", { step: "a", reason: "No device" });
    expect([run.steps, run.run("a")]).toEqual([
      "a:failed c:running",
      expect.objectContaining({
        error: expect.objectContaining({
          code: "declined",
          message: "maya says that it can't be done: No device",
        }),
      }),
    ]);
  },
);
scenario(
  "command-fail",
  "steps: [{ id: p, parallel: { steps: [{ id: a, agent: bot }, { id: w, wait_for: push }] } }]",
  async (start) => {
    const run = await start();
    const waiting = { for: "person", agent: "bot", question: "?", outputSchema: null } as const;
    await run.park("p/a", { ...waiting, produces: "pull_request" });
    await run.decide("fail", { step: "w", reason: "Nobody pushes" });
    expect([run.refused, run.steps]).toEqual(["HOS301", "p:running p/a:running p/w:running"]);
    await run.decide("fail", { step: "a", reason: "Not to be fixed" });
    expect(run.why("p/a")).toBe("declined");
  },
  { more: "a pull request that was asked for, and no event that is waited for" },
);
scenario("command-done", "steps: [{ id: a, agent: bot }]", async (start) => {
  const run = await start();
  await run.decide("done");
  expect(run.refused).toBe("HOS301");
  await run.park("a", { for: "person", agent: "bot", question: "?", outputSchema: null, produces: null });
  await run.decide("done", { values: { severity: 5 } });
  expect(run.output("a")).toEqual({ severity: 5 });
});
scenario("command-allow", two, async (start) => {
  const run = await start({ subject: issue, held: "eve" });
  await run.command("resume");
  expect([run.refused, run.state, run.steps]).toEqual(["HOS304", "paused", ""]);
  await run.command("allow");
  await run.command("pause");
  await run.command("resume");
  expect([run.state, run.steps]).toEqual(["running", "a:running"]);
  const other = await start({ subject: { ...issue, number: 9 }, held: "eve" });
  await other.command("cancel");
  expect(other.state).toBe("cancelled");
});
scenario(
  "pause-keeps",
  "steps: [{ id: ok, approval: {} }, { id: z, agent: bot }]",
  async (start) => {
    const run = await start();
    await run.command("pause");
    await run.decide("approve");
    expect(run.waiting("ok")).toBe("approval");
    await run.command("resume");
    expect(run.steps).toBe("ok:completed z:running");
  },
  { more: "a decision" },
);
scenario(
  "pause-shifts",
  "steps: [{ id: ok, approval: {}, remind: { every: 1d } }]",
  async (start) => {
    const sent = () => {
      const asked = run.run("ok");
      return asked.state === "running" ? asked.remind?.sent : null;
    };
    const run = await start();
    await run.command("pause");
    await run.after("5d");
    await run.command("resume");
    expect(sent()).toBe(0);
    await run.after("1d");
    expect(sent()).toBe(1);
  },
  { more: "reminders" },
);
scenario(
  "outputs-completed",
  "steps: [{ id: a, agent: bot }]\noutputs: { sum: '{{ 1 + steps.a.output }}' }",
  async (start) => {
    const run = await start();
    await run.succeed("a", "no number");
    expect([run.state, run.execution.outputs]).toEqual(["completed", null]);
  },
  { more: "can't be evaluated" },
);
