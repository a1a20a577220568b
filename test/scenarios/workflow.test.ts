import { expect } from "vitest";
import type { Subject } from "../../src/core/execution.ts";
import { issue, linked, mistake, pull, reads, scenario } from "./scenario.ts";

const one = "steps: [{ id: a, agent: bot }]";
const two = "steps: [{ id: a, agent: bot }, { id: b, agent: bot }]";

reads("file-yaml", '{ "name": "Json", "steps": [{ "id": "a", "delay": "1h" }] }', ({ name }) =>
  expect(name).toBe("Json"),
);
reads("file-yaml", "workflow:\n  name: Wrapped\n  steps: [{ id: a, delay: 1h }]", ({ name }) =>
  expect(name).toBe("Wrapped"),
);
mistake("file-yaml", "- a\n- b", "HOS216");
mistake("file-keys", `${one}\nstep: 1`, "HOS201", 'Did you mean "steps"');
mistake("file-keys", `${one}\n${one}`, "HOS214");
mistake("name-steps-required", "on: issues", "HOS221", "steps");
mistake("name-steps-required", "steps: []", "HOS224");
mistake("version-text", `version: 1.0\n${one}`, "HOS220", '"1.0"');

mistake("on-events", `on: isues\n${one}`, "HOS205", 'Did you mean "issues"');
reads("on-events", `on: [merge_group, deployment_status, sub_issues]\n${one}`, ({ triggers }) =>
  expect(triggers).toHaveLength(3),
);
mistake("on-types", `on: { issues: { types: [merged] } }\n${one}`, "HOS206");
reads("on-default-types", `on: [pull_request, issues]\n${one}`, ({ triggers }) =>
  expect(triggers.map(({ types }) => types)).toEqual([["opened", "synchronize", "reopened"], []]),
);
reads(
  "on-schedule",
  `on: { schedule: [{ cron: "30 6 * * 1-5" }, { cron: "0 0 1 * *", timezone: Europe/Berlin }] }\n${one}`,
  ({ triggers }) =>
    expect(triggers.map(({ schedule }) => schedule?.timezone)).toEqual(["UTC", "Europe/Berlin"]),
);
mistake("on-schedule", `on: { schedule: [{ cron: "* * * * * *" }] }\n${one}`, "HOS246", "no seconds");
mistake("on-schedule", `on: { schedule: [{ cron: "0 0 1 * *", timezone: Berlin }] }\n${one}`, "HOS246");
mistake("slash-own-commands", `on: { slash_command: { name: pause } }\n${one}`, "HOS226");
mistake(
  "slash-args",
  `inputs: { where: {} }\non: { slash_command: { name: deploy, args: [were] } }\n${one}`,
  "HOS208",
  '"where"',
);

scenario(
  "input-undeclared",
  'steps: [{ id: a, agent: bot, inputs: { x: "{{ input.x }}" } }]',
  async (start) => {
    expect((await start()).started).toMatchObject({ result: "invalid", problems: [{ code: "HOS321" }] });
    expect((await start({ input: { x: [1] } })).input("a")).toEqual({ x: [1] });
  },
);
mistake(
  "input-declared",
  `inputs: { title: {} }\nsteps: [{ id: a, agent: bot, condition: input.titel == 1 }]`,
  "HOS208",
  '"title"',
);
scenario("input-declared", `inputs: { title: {} }\n${one}`, async (start) => {
  expect((await start({ input: { other: 1 } })).started).toMatchObject({ problems: [{ code: "HOS322" }] });
});
scenario("input-order", `inputs: { x: { from: event.x, default: 3 }, y: {} }\n${one}`, async (start) => {
  const inputs = [];
  for (const given of [{ input: { x: 1 }, event: { x: 2 } }, { event: { x: 2 } }, {}]) {
    inputs.push((await start(given)).execution.input["x"]);
  }
  expect(inputs).toEqual([1, 2, 3]);
  expect((await start()).execution.input["y"]).toBe(null);
});
scenario("input-required", `inputs: { x: { required: true } }\n${one}`, async (start) => {
  expect((await start()).started).toMatchObject({ problems: [{ code: "HOS321" }] });
});
scenario(
  "input-type",
  `inputs: { x: { type: { type: integer, minimum: 3 } }, y: { type: string } }\n${one}`,
  async (start) => {
    expect((await start({ input: { x: 2, y: 1 } })).started).toMatchObject({
      problems: [{ code: "HOS323" }, { code: "HOS323" }],
    });
    expect((await start({ input: { x: 3, y: "1" } })).state).toBe("running");
  },
);

const label = "steps: [{ id: a, action: issues.addLabels, inputs: { labels: [x] } }]";
mistake("permissions-declared", label, "HOS253", "issues: write");
reads("permissions-declared", `permissions: { issues: write }\n${label}`);
reads(
  "permissions-names",
  `permissions: { pull-requests: write, actions: none }\n${one}`,
  ({ permissions }) => expect(permissions).toEqual({ pull_requests: "write" }),
);
mistake("permissions-names", `permissions: { issue: write }\n${one}`, "HOS207", '"issues"');

const grouped = (policy: string, group = "") => `concurrency: { on_conflict: ${policy}${group} }\n${one}`;
scenario("concurrency-group", grouped("reject"), async (start) => {
  await start({ subject: issue });
  expect((await start({ subject: { ...issue, number: 9 } })).started.result).toBe("created");
  expect((await start({ subject: issue })).started.result).toBe("rejected");
});
scenario(
  "concurrency-group",
  grouped("reject", ', group: "deploy {{ input.to }}"'),
  async (start) => {
    await start({ input: { to: "staging" } });
    expect((await start({ input: { to: "production" } })).started.result).toBe("created");
    expect((await start({ input: { to: "staging" } })).started.result).toBe("rejected");
  },
  { more: "of your own" },
);
scenario("concurrency-none", grouped("reject"), async (start) => {
  await start();
  expect((await start()).started.result).toBe("created");
});
scenario(
  "concurrency-none",
  grouped("reject", ', group: "{{ event.group }}"'),
  async (start) => {
    for (const group of [null, "", false]) {
      await start({ event: { group } });
      expect((await start({ event: { group } })).started.result).toBe("created");
    }
  },
  { more: "an empty group" },
);
scenario("concurrency-join", grouped("join"), async (start) => {
  const run = await start({ subject: issue });
  expect((await start({ subject: issue })).started.result).toBe("slot_taken");
  expect(run.state).toBe("running");
});
scenario(
  "concurrency-join-leaving",
  `${grouped("join")}\nfinally: [{ id: sweep, agent: bot }]`,
  async (start) => {
    const run = await start({ subject: issue });
    await run.command("cancel");
    const second = await start({ subject: issue });
    expect([second.started.result, second.steps]).toEqual(["queued", ""]);
    await run.succeed("finally/sweep");
    expect(second.steps).toBe("a:running");
  },
);
scenario("concurrency-queue", grouped("queue"), async (start) => {
  const run = await start({ subject: issue });
  const second = await start({ subject: issue });
  await run.after("1s");
  const third = await start({ subject: issue });
  expect([second.steps, third.steps]).toEqual(["", ""]);
  await run.succeed("a");
  expect([second.steps, third.steps]).toEqual(["a:running", ""]);
  await second.succeed("a");
  expect(third.steps).toBe("a:running");
});
scenario("concurrency-cancel", grouped("cancel_running"), async (start) => {
  const run = await start({ subject: issue });
  const second = await start({ subject: issue });
  expect([run.state, second.steps]).toEqual(["cancelled", "a:running"]);
});
scenario(
  "concurrency-cancel",
  `${grouped("cancel_running")}\nfinally: [{ id: sweep, agent: bot }]`,
  async (start) => {
    const run = await start({ subject: issue });
    const second = await start({ subject: issue });
    expect([run.waiting("finally/sweep"), second.steps]).toEqual(["work", ""]);
    await run.after("1s");
    const third = await start({ subject: issue });
    expect(second.state).toBe("cancelled");
    await run.succeed("finally/sweep");
    expect([run.state, third.steps]).toEqual(["cancelled", "a:running"]);
  },
  { more: "and what is queued" },
);
scenario("concurrency-reject", grouped("reject"), async (start) => {
  const run = await start({ subject: issue });
  expect((await start({ subject: issue })).started).toMatchObject({
    result: "rejected",
    execution: { id: run.execution.id },
  });
});
scenario("concurrency-default", one, async (start) => {
  const run = await start({ subject: pull, trigger: "pull_request.opened" });
  expect((await start({ subject: pull, trigger: "pull_request.labeled" })).started.result).toBe("slot_taken");
  expect(run.state).toBe("running");
  await start({ subject: pull, trigger: "pull_request.synchronize" });
  expect(run.state).toBe("cancelled");
});
scenario("concurrency-held", grouped("reject"), async (start) => {
  const held = await start({ subject: issue, held: "eve" });
  const run = await start({ subject: issue });
  expect(run.started.result).toBe("created");
  await run.succeed("a");
  await held.command("allow");
  expect(held.steps).toBe("a:running");
});

const closed = (subject: Subject, over: object = {}) => ({
  [subject.type]: { number: subject.number, ...over },
});
scenario("cancel-closed", one, async (start) => {
  const run = await start({ subject: issue });
  await run.event("issues.closed", closed(pull));
  expect(run.state).toBe("running");
  await run.event("issues.closed", closed(issue));
  expect(run.state).toBe("cancelled");
});
for (const [on, state] of [
  ["", "running"],
  ["cancel_on: merged\n", "cancelled"],
] as const) {
  scenario(
    "cancel-merged",
    on + one,
    async (start) => {
      const run = await start({ subject: pull });
      await run.event("pull_request.closed", closed(pull, { merged: true }));
      expect(run.state).toBe(state);
    },
    { more: on === "" ? "not by default" : "where it is asked for" },
  );
}
scenario("cancel-unlabeled", one, async (start) => {
  const event = { action: "labeled", label: { name: "bug" } };
  const run = await start({ subject: issue, event });
  await run.event("issues.unlabeled", { ...closed(issue), label: { name: "docs" } });
  expect(run.state).toBe("running");
  await run.event("issues.unlabeled", { ...closed(issue), label: { name: "bug" } });
  expect(run.state).toBe("cancelled");
});
scenario("cancel-own", two, async (start) => {
  const run = await start({ subject: issue });
  await run.succeed("a", null, { effects: [{ key: "k", method: "issues.update", ref: null }] });
  await run.event("issues.closed", closed(issue), { cause: "us" });
  await run.event("issues.closed", closed(issue), { cause: "merge" });
  expect(run.state).toBe("running");
  const other = await start({ subject: { ...issue, number: 9 } });
  await other.event("issues.closed", closed({ ...issue, number: 9 }), { cause: "us" });
  expect(other.state).toBe("cancelled");
});
scenario(
  "cancel-wait-first",
  "steps: [{ id: a, wait_for: issues.closed }, { id: b, agent: bot }]",
  async (start) => {
    const run = await start({ subject: issue });
    await run.event("issues.closed", closed(issue));
    expect(run.steps).toBe("a:completed b:running");
  },
);
for (const [on, state] of [
  ["", "cancelled"],
  ["cancel_on: none\n", "paused"],
] as const) {
  scenario(
    "cancel-held",
    on + one,
    async (start) => {
      const run = await start({ subject: issue, held: "eve" });
      await run.event("issues.closed", closed(issue));
      expect([run.state, run.steps]).toEqual([state, ""]);
    },
    { more: state },
  );
}
scenario("cancel-none", `cancel_on: none\n${one}`, async (start) => {
  const run = await start({ subject: issue });
  await run.event("issues.closed", closed(issue));
  expect(run.state).toBe("running");
});

reads("report-sticky", one, ({ report }) => expect(report.comment).toBe("auto"));
reads("report-check", `name: Ship it\n${one}`, ({ report }) =>
  expect(report.check).toBe("HishamOS / Ship it"),
);

scenario("limit-timeout", `limits: { timeout: 7d }\n${one}`, async (start) => {
  const run = await start();
  await run.after("167h");
  expect(run.state).toBe("running");
  await run.after("1h");
  expect([run.state, run.error]).toEqual(["failed", "timeout"]);
});
scenario("limit-max-steps", `limits: { max_steps: 3 }\n${two}`, async (start) => {
  const run = await start();
  await run.succeed("a");
  await run.fail("b");
  await run.command("retry", { step: "a" });
  await run.succeed("a");
  expect(run.error).toBe("b max_steps");
});
scenario(
  "limit-records",
  "limits: { max_steps: 100000 }\nsteps: [{ id: o, for_each: { in: '{{ input.all }}' }, steps: [{ id: i, for_each: { in: '{{ input.all }}' }, agent: bot, condition: 1 > 2 }] }]",
  async (start) => {
    const all = (count: number) => ({ all: Array.from({ length: count }, (_, index) => index) });
    // o, 69 items, i in each, 69 items in each of those: 4,900; with 70 there are 5,041.
    expect((await start({ input: all(69) })).state).toBe("completed");
    expect((await start({ input: all(70) })).error).toMatch(/^o\[\d+\]\/i\[\d+\] too_many_steps$/);
  },
);
scenario(
  "limit-finally",
  `limits: { max_steps: 1 }\n${two}\nfinally: [{ id: x, agent: bot }, { id: y, agent: bot }]`,
  async (start) => {
    const run = await start();
    await run.succeed("a");
    expect(run.steps).toBe("a:completed finally/x:running");
    await run.succeed("finally/x");
    expect(run.error).toBe("b max_steps");
  },
);
reads("limit-max-steps", one, ({ limits }) => expect(limits.maxSteps).toBe(20_000));
scenario("limit-budget-pause", `limits: { tokens: 100 }\n${two}`, async (start) => {
  const run = await start();
  await run.succeed("a", null, { spending: { tokens: 101 } });
  expect([run.state, run.steps]).toEqual(["paused", "a:completed"]);
  await run.command("resume");
  await run.succeed("b", null, { spending: { tokens: 99 } });
  expect(run.state).toBe("completed");
});
scenario("limit-budget-fail", `limits: { cost_usd: 0.5, on_budget: fail }\n${two}`, async (start) => {
  const run = await start();
  await run.succeed("a", null, { spending: { costUsd: 0.6 } });
  expect([run.state, run.error]).toEqual(["failed", "a budget"]);
});
reads(
  "defaults-steps",
  "defaults: { retry: 4, timeout: 1h }\nsteps: [{ id: g, steps: [{ id: a, agent: bot }, { id: b, agent: bot, retry: 2, timeout: 2h }] }]",
  ({ steps }) => {
    const [group] = steps.steps;
    const inner = group?.kind.kind === "steps" ? group.kind.steps.steps : [];
    const told = [group, ...inner].map((step) => [step?.retry.maxAttempts, step?.timeoutMs]);
    expect(told).toEqual([
      [1, null],
      [4, 3_600_000],
      [2, 7_200_000],
    ]);
  },
);

const used = {
  "used.yml": `name: Used\nlimits: { timeout: 1h }\ninputs: { who: { type: string } }\n${one}\noutputs: { who: "{{ input.who }}" }`,
};
scenario(
  "uses-steps",
  "name: Mine\nuses: ./used.yml\nlimits: { timeout: 2h }",
  async (start) => {
    const run = await start({ input: { who: "me" } });
    await run.after("90m");
    await run.succeed("a");
    expect([run.execution.workflow.name, run.execution.outputs]).toEqual(["Mine", { who: "me" }]);
  },
  { files: used },
);
mistake("uses-steps", `name: Mine\nuses: ./used.yml\n${one}`, "HOS201", "", used);
scenario(
  "uses-inputs",
  "name: Mine\nuses: ./used.yml\ninputs: { who: mona }",
  async (start) => {
    expect((await start()).execution.input).toEqual({ who: "mona" });
    expect((await start({ input: { who: "eve" } })).started.result).toBe("invalid");
  },
  { files: used },
);

scenario(
  "subject-event",
  "steps: [{ id: a, agent: bot }, { id: b, agent: bot, inputs: { s: '{{ subject }}' } }]",
  async (start) => {
    const run = await start({ subject: issue });
    await run.event("issues.labeled", {
      issue: { number: 7, title: "New", labels: [{ name: "late" }], state: "open" },
    });
    await run.succeed("a");
    expect(run.input("b")).toEqual({
      s: expect.objectContaining({ type: "issue", number: 7, title: "New", labels: ["late"] }),
    });
  },
);
scenario(
  "subject-linked",
  "steps: [{ id: a, agent: bot }, { id: b, agent: bot, inputs: { s: '{{ subject }}' } }, { id: c, agent: bot, inputs: { n: '{{ subject.pull_request.number }}' } }]",
  async (start) => {
    const run = await start({ subject: issue });
    await run.succeed("a", { pull_request: { number: 8, url: "u", branch: "fix", head_sha: "a1" } });
    expect(run.input("b")).toEqual({
      s: expect.objectContaining({ head_sha: "a1", pull_request: expect.objectContaining({ number: 8 }) }),
    });
    await run.event("pull_request.opened", {}, { pullRequest: linked({ number: 12 }) });
    await run.succeed("b");
    expect(run.input("c")).toEqual({ n: 12 });
  },
);
mistake(
  "subject-pull-number",
  "on: issues\npermissions: { pull_requests: write }\nsteps: [{ id: a, action: pulls.merge }]",
  "HOS254",
);
reads(
  "subject-pull-number",
  "on: pull_request\npermissions: { pull_requests: write, contents: write }\nsteps: [{ id: a, action: pulls.merge }]",
);
scenario(
  "cancel-children",
  "steps: [{ id: qa, workflow: ./qa.yml }]",
  async (start) => {
    const run = await start({ subject: issue });
    const child = run.child("qa");
    await child.event("issues.closed", closed(issue));
    expect([child.state, run.state]).toEqual(["running", "running"]);
    await run.event("issues.closed", closed(issue));
    expect([child.state, run.state]).toEqual(["cancelled", "cancelled"]);
  },
  { files: { "qa.yml": one } },
);
