import { expect } from "vitest";
import { issue, linked, mistake, pull, reads, scenario } from "./scenario.ts";

mistake("step-id", "steps: [{ id: a-b, agent: bot }]", "HOS223");
mistake("step-id", "steps: [{ id: 1st, agent: bot }]", "HOS223");
mistake("step-id", "steps: [{ id: a, agent: bot }, { id: a, agent: bot }]", "HOS230", "first at line");
mistake("step-one-kind", "steps: [{ id: a }]", "HOS222");
mistake("step-one-kind", "steps: [{ id: a, agent: bot, delay: 1h }]", "HOS222");

mistake(
  "agent-known",
  "steps: [{ id: a, agent: bug-triage-agnt }]",
  "HOS202",
  'Did you mean "bug-triage-agent"',
);
scenario(
  "agent-inputs",
  'steps: [{ id: a, agent: bot, inputs: { x: "{{ subject.title }}" } }]',
  async (start) => {
    const run = await start({ subject: issue });
    expect(run.input("a")).toEqual({ x: "It does not start" });
    await run.succeed("a", { answer: 42 });
    expect(run.output("a")).toEqual({ answer: 42 });
  },
);
const judge = (schema: string) => `
agents: { judge: { instructions: Judge., output_schema: ${schema} } }
steps: [{ id: a, agent: judge }, { id: b, delay: 1h, condition: steps.a.output.grad > 1 }]`;
mistake("agent-schema", judge("{ type: nothing }"), "HOS225");
mistake(
  "agent-schema",
  judge("{ type: object, additionalProperties: false, properties: { grade: {} } }"),
  "HOS239",
  'Did you mean "grade"',
);
scenario("agent-pull-request", "steps: [{ id: fix, agent: coding-agent }]", async (start) => {
  const run = await start({ subject: issue });
  await run.park("fix", {
    for: "person",
    agent: "coding-agent",
    question: "",
    outputSchema: null,
    produces: "pull_request",
  });
  const payload = { pull_request: { number: 8, title: "Fix it" } };
  await run.event("pull_request.opened", payload, { pullRequest: linked() });
  expect(run.output("fix")).toMatchObject({
    pull_request: { number: 8, branch: "fix", head_sha: "a1" },
    summary: "Fix it",
  });
});

mistake("action-known", "steps: [{ id: a, action: issues.adLabels }]", "HOS203", "issues.addLabels");
const labels = (inputs: string, more = "") =>
  `permissions: { issues: write }\nsteps: [{ id: a, action: issues.addLabels, inputs: ${inputs}${more} }]`;
mistake("action-inputs", labels("{ lables: [x] }"), "HOS251", "labels");
mistake("action-inputs", labels("{ labels: { a: 1 } }"), "HOS252");
mistake(
  "action-inputs",
  "permissions: { issues: write }\nsteps: [{ id: a, action: issues.createComment }]",
  "HOS250",
  "body",
);
scenario(
  "actions-run",
  "permissions: { actions: write }\nsteps: [{ id: ci, action: actions.run, inputs: { workflow: ci.yml } }]",
  async (start) => {
    const run = await start({ subject: issue });
    await run.park("ci", { for: "run", runId: 5, url: "" });
    await run.event("workflow_run.completed", { workflow_run: { id: 6 } });
    expect(run.waiting("ci")).toBe("run");
    await run.event("workflow_run.completed", { workflow_run: { id: 5 } });
    expect(run.waiting("ci")).toBe("work");
    await run.succeed("ci", { conclusion: "success" });
    expect(run.state).toBe("completed");
  },
);
scenario(
  "actions-run",
  "permissions: { actions: write }\nsteps: [{ id: ci, action: actions.run, inputs: { workflow: ci.yml } }]",
  async (start) => {
    const run = await start({ subject: issue });
    await run.event("workflow_run.completed", { workflow_run: { id: 5 } });
    await run.park("ci", { for: "run", runId: 5, url: "" });
    expect(run.waiting("ci")).toBe("work");
  },
  { more: "that was quick" },
);
scenario(
  "actions-run-look",
  "permissions: { actions: write }\nsteps: [{ id: ci, action: actions.run, retry: 2, inputs: { workflow: ci.yml } }]",
  async (start) => {
    const run = await start({ subject: issue });
    for (const runId of [5, 6]) {
      await run.park("ci", { for: "run", runId, url: "" });
      await run.event("workflow_run.completed", { workflow_run: { id: runId } });
      await run.fail("ci");
      if (runId === 5) {
        expect(run.waiting("ci")).toBe("retry");
        await run.after("1h");
      }
    }
    expect(run.state).toBe("failed");
  },
);

const approval = (options = "", more = "") => `
steps:
  - { id: ok, approval: {${options}}${more}, on_success: yes, on_failure: no }
  - { id: yes, agent: bot }
  - { id: no, agent: bot, inputs: { why: "{{ error }}" } }`;
scenario("approval-count", approval("count: 2"), async (start) => {
  const run = await start();
  await run.decide("approve");
  await run.decide("approve");
  expect(run.waiting("ok")).toBe("approval");
  await run.decide("approve", { by: "mona" });
  expect([run.steps, run.output("ok")]).toEqual([
    "ok:completed yes:running",
    expect.objectContaining({ approved: true, by: ["maya", "mona"] }),
  ]);
});
scenario("approval-reject", approval("", ", retry: 3"), async (start) => {
  const run = await start();
  await run.decide("reject", { reason: "too early" });
  expect(run.input("no")).toEqual({ why: { step: "ok", code: "rejected", message: "too early" } });
});
scenario("approval-output", approval(), async (start) => {
  const run = await start();
  await run.after("2h");
  await run.decide("approve", { reason: "looks good" });
  const at = Date.UTC(2026, 0, 1, 2);
  expect(run.output("ok")).toEqual({ approved: true, by: ["maya"], at, reason: "looks good" });
});
scenario("approval-head", approval("count: 2"), async (start) => {
  const run = await start({ subject: issue });
  await run.event("pull_request.opened", {}, { pullRequest: linked() });
  await run.decide("approve");
  await run.event("pull_request.synchronize", {}, { pullRequest: linked({ head_sha: "b2" }) });
  await run.decide("approve", { by: "mona" });
  expect(run.waiting("ok")).toBe("approval");
  await run.decide("approve", { by: "maya", asking: 1 });
  expect(run.refused).toBe("HOS303");
  const asked = Object.values(run.execution.steps)[0]?.runs.at(-1);
  const now = asked?.state === "running" && asked.waiting?.for === "approval" ? asked.waiting.asking : 0;
  await run.decide("approve", { by: "maya", asking: now });
  expect(run.steps).toBe("ok:completed yes:running");
});

scenario("wait-event", "steps: [{ id: w, wait_for: [issues.assigned, pull_request] }]", async (start) => {
  const run = await start({ subject: issue });
  await run.event("issues.edited");
  expect(run.waiting("w")).toBe("event");
  await run.event("pull_request.labeled", { x: 1 });
  expect([run.state, run.output("w")]).toEqual(["completed", { x: 1 }]);
});
scenario(
  "wait-match",
  "steps: [{ id: w, wait_for: { event: issues.assigned, match: event.assignee.login == actor } }]",
  async (start) => {
    const run = await start();
    await run.event("issues.assigned", { assignee: { login: "bob" } });
    expect(run.waiting("w")).toBe("event");
    await run.event("issues.assigned", { assignee: { login: "alice" } });
    expect(run.state).toBe("completed");
  },
);
scenario(
  "wait-fail-if",
  "steps: [{ id: w, wait_for: { event: issues.assigned, fail_if: self.x == 1 } }]",
  async (start) => {
    const run = await start();
    await run.event("issues.assigned", { x: 1 });
    expect([run.error, run.output("w")]).toEqual(["w fail_if", { x: 1 }]);
  },
);
const waits = (more = "") => `
steps:
  - { id: a, agent: bot }
  - { id: b, agent: bot }
  - { id: w, wait_for: { event: issues.assigned${more} } }`;
scenario("wait-back", waits(), async (start) => {
  const run = await start();
  await run.event("issues.assigned", { x: "too early" });
  await run.after("1s");
  await run.succeed("a");
  await run.event("issues.assigned", { x: "in time" });
  await run.after("1s");
  await run.succeed("b");
  expect(run.output("w")).toEqual({ x: "in time" });
});
scenario(
  "wait-back",
  waits(", since: execution.started_at"),
  async (start) => {
    const run = await start();
    await run.event("issues.assigned", { x: "early" });
    await run.after("1s");
    await run.succeed("a");
    await run.after("1s");
    await run.succeed("b");
    expect(run.output("w")).toEqual({ x: "early" });
  },
  { more: "since" },
);
scenario(
  "wait-consumed",
  "steps: [{ id: p, parallel: { steps: [{ id: v, wait_for: issues.assigned }, { id: w, wait_for: issues.assigned }] } }, { id: u, wait_for: issues.assigned }]",
  async (start) => {
    const run = await start();
    await run.event("issues.assigned", { n: 1 });
    expect(run.steps).toBe("p:running p/v:completed p/w:running");
    await run.event("issues.assigned", { n: 2 });
    expect(run.steps).toBe("p:completed p/v:completed p/w:completed u:running");
  },
);
scenario(
  "wait-consumed",
  `
steps:
  - { id: a, agent: bot }
  - { id: v, wait_for: { event: issues.assigned, since: execution.started_at } }
  - { id: w, wait_for: { event: issues.assigned, since: execution.started_at } }`,
  async (start) => {
    const run = await start();
    await run.event("issues.assigned");
    await run.succeed("a");
    expect(run.steps).toBe("a:completed v:completed w:running");
  },
  { more: "one that came before" },
);
scenario("wait-own", "steps: [{ id: w, wait_for: issues.labeled }]", async (start) => {
  const run = await start({ subject: issue });
  await run.event("issues.labeled", {}, { cause: "us" });
  expect(run.state).toBe("completed");
});
const merge = "steps: [{ id: a, agent: bot }, { id: w, wait_for: { pull_request: merged } }]";
scenario("wait-pull-request", merge, async (start) => {
  const run = await start({ subject: issue });
  await run.event("pull_request.closed", {}, { pullRequest: linked({ state: "merged" }) });
  await run.succeed("a");
  expect([run.state, run.output("w")]).toEqual(["completed", expect.objectContaining({ number: 8 })]);
});
scenario("wait-merged-closed", merge, async (start) => {
  const run = await start({ subject: issue });
  await run.succeed("a");
  await run.event("pull_request.opened", {}, { pullRequest: linked() });
  expect(run.waiting("w")).toBe("pull_request");
  await run.event("pull_request.closed", {}, { pullRequest: linked({ state: "closed" }) });
  expect(run.error).toBe("w pull_request_closed");
});
scenario(
  "wait-checks",
  "permissions: { checks: read }\nsteps: [{ id: w, wait_for: { checks: [build] } }]",
  async (start) => {
    const run = await start({ subject: pull });
    await run.park("w", { for: "checks", which: ["build"], headSha: "a1" });
    await run.event("check_run.completed", { check_run: { name: "build" } });
    expect(run.waiting("w")).toBe("work");
  },
);

scenario(
  "delay-time",
  'steps: [{ id: a, delay: 7d }, { id: b, delay: "{{ event.pause }}" }]',
  async (start) => {
    const run = await start({ event: { pause: "90s" } });
    await run.after("167h");
    expect(run.steps).toBe("a:running");
    await run.after("1h");
    expect(run.steps).toBe("a:completed b:running");
    await run.after("90s");
    expect(run.state).toBe("completed");
  },
);
scenario(
  "delay-time",
  'steps: [{ id: a, delay: "{{ event.pause }}" }]',
  async (start) => {
    expect((await start({ event: { pause: "soon" } })).error).toBe("a expression");
  },
  { more: "no duration" },
);
mistake("delay-time", "steps: [{ id: a, delay: 367d }]", "HOS223");

const qa = (more = "") => `
${more}
steps: [{ id: check, agent: bot, inputs: { x: "{{ input.build }}" } }]
outputs: { verdict: "{{ steps.check.output }}" }`;
const parent = (inputs = "{ build: 7 }", more = "") => `
${more}
steps: [{ id: qa, workflow: ./qa.yml, inputs: ${inputs} }, { id: z, agent: bot }]`;
const files = { "qa.yml": qa() };
scenario(
  "child-runs",
  parent(),
  async (start) => {
    const run = await start();
    await run.child("qa").succeed("check", "fine");
    expect([run.output("qa"), run.child("qa").state]).toEqual([{ verdict: "fine" }, "completed"]);
  },
  { files },
);
scenario(
  "child-inputs",
  parent('{ build: "{{ event.build }}" }'),
  async (start) => {
    expect((await start({ event: { build: 9 } })).child("qa").input("check")).toEqual({ x: 9 });
    expect((await start({ event: {} })).error).toBe("qa child_inputs");
  },
  { files },
);
mistake("child-inputs", parent("{ biuld: 7 }"), "HOS208", "build", files);
mistake("child-inputs", parent("{}"), "HOS245", "build", files);
scenario(
  "child-fails",
  parent(),
  async (start) => {
    const run = await start();
    await run.child("qa").fail("check");
    expect(run.error).toBe("qa child_failed");
    const other = await start();
    await other.child("qa").command("cancel");
    expect(other.error).toBe("qa child_cancelled");
  },
  { files },
);
scenario(
  "child-follows",
  parent(),
  async (start) => {
    const run = await start();
    await run.command("pause");
    expect(run.child("qa").state).toBe("paused");
    await run.command("resume");
    expect(run.child("qa").state).toBe("running");
    await run.command("cancel");
    expect(run.child("qa").state).toBe("cancelled");
  },
  { files },
);
scenario(
  "child-group",
  parent(undefined, "concurrency: { group: one }"),
  async (start) => {
    const run = await start();
    expect(run.child("qa").execution).toMatchObject({ slot: null, wants: null, state: "running" });
  },
  { files: { "qa.yml": qa("concurrency: { group: one, on_conflict: queue }") } },
);
scenario(
  "child-pinned",
  parent(),
  async (start) => {
    const run = await start();
    expect(run.child("qa").execution.workflow.hash).toBe(run.execution.workflow.hash);
  },
  { files },
);
reads("child-pinned", parent(), ({ children }) => expect([...children.keys()]).toEqual(["./qa.yml"]), files);
mistake("child-recursion", parent("{}"), "HOS244", "", {
  "qa.yml": "steps: [{ id: a, workflow: ./test.yml }]",
});
mistake("child-reference", "steps: [{ id: a, workflow: qa.yml }]", "HOS241", "./qa.yml");
mistake("child-reference", "steps: [{ id: a, workflow: acme/shop/qa.yml@main }]", "HOS241", "40 digits");
mistake("child-permissions", parent(), "HOS253", "issues: write", {
  "qa.yml": qa("permissions: { issues: write }"),
});

const branches = (join: string, more = "") => `
steps:
  - id: p
    parallel:
      join: ${join}
      steps: [{ id: a, agent: bot${more} }, { id: b, agent: bot }, { id: c, agent: bot }]
  - { id: z, agent: bot }`;
scenario("parallel-at-once", branches("all"), async (start) => {
  expect((await start()).steps).toBe("p:running p/a:running p/b:running p/c:running");
});
scenario("parallel-output", branches("2"), async (start) => {
  const run = await start();
  await run.succeed("p/c", 3);
  await run.fail("p/a");
  await run.succeed("p/b", 2);
  expect(run.output("p")).toEqual({ a: null, b: 2, c: 3 });
});
scenario("parallel-all", branches("all", ", condition: 1 > 2"), async (start) => {
  const run = await start();
  await run.succeed("p/b");
  expect(run.waiting("p")).toBe("steps");
  await run.succeed("p/c");
  expect(run.steps).toBe("p:completed p/a:skipped p/b:completed p/c:completed z:running");
});
scenario(
  "parallel-all",
  "steps: [{ id: p, parallel: { steps: [{ id: a, agent: bot }, { id: b, agent: bot }] } }]",
  async (start) => {
    const run = await start();
    await run.fail("p/a");
    expect([run.error, run.steps]).toEqual(["p/a broken", "p:failed p/a:failed p/b:skipped"]);
  },
  { more: "the default" },
);
for (const [join, needed] of [
  ["any", ["b"]],
  ["2", ["c", "b"]],
] as const) {
  scenario(
    "parallel-any",
    branches(join, ", condition: 1 > 2"),
    async (start) => {
      const run = await start();
      for (const id of needed) {
        expect(run.waiting("p")).toBe("steps");
        await run.succeed(`p/${id}`);
      }
      expect(run.waiting("z")).toBe("work");
    },
    { more: join },
  );
}
scenario("parallel-losers", branches("any"), async (start) => {
  const run = await start();
  await run.succeed("p/b");
  expect([run.steps, run.why("p/c")]).toEqual([
    "p:completed p/a:skipped p/b:completed p/c:skipped z:running",
    "cancelled",
  ]);
});
scenario("parallel-too-few", branches("2"), async (start) => {
  const run = await start();
  await run.fail("p/c");
  await run.fail("p/b");
  expect([run.error, run.steps]).toEqual(["p/b broken", "p:failed p/a:skipped p/b:failed p/c:failed"]);
});
scenario(
  "parallel-too-few",
  "steps: [{ id: p, parallel: { join: any, steps: [{ id: a, agent: bot, condition: 1 > 2 }] } }]",
  async (start) => {
    expect((await start()).error).toBe("p too_few");
  },
  { more: "none failed" },
);
mistake("parallel-no-routes", branches("all", ", on_success: b"), "HOS238");

const group = (routes = "") => `
steps:
  - { id: g, steps: [{ id: a, agent: bot }, { id: b, agent: bot, condition: steps.a.output > 1 }]${routes} }
  - { id: z, agent: bot }`;
scenario("group-runs", group(), async (start) => {
  const run = await start();
  await run.succeed("g/a", 1);
  expect([run.steps, run.output("g")]).toEqual([
    "g:completed g/a:completed g/b:skipped z:running",
    { a: 1, b: null },
  ]);
});
scenario("group-fails", group(", on_failure: z"), async (start) => {
  const run = await start();
  await run.fail("g/a");
  expect([run.why("g"), run.waiting("z")]).toEqual(["broken", "work"]);
});
mistake(
  "group-routes",
  "steps: [{ id: g, steps: [{ id: a, agent: bot, on_success: z }] }, { id: z, agent: bot }]",
  "HOS204",
  "within their list",
);
scenario(
  "group-anew",
  `
steps:
  - id: g
    max_visits: 2
    on_success: z
    steps:
      - { id: a, agent: bot }
      - { id: b, agent: bot, max_visits: 1, inputs: { a: "{{ steps.a.output }}" } }
  - { id: z, agent: bot, on_success: g }`,
  async (start) => {
    const run = await start();
    await run.succeed("g/a", 1);
    await run.succeed("g/b", 2);
    await run.succeed("z");
    expect(run.waiting("g/a")).toBe("work");
    expect(run.output("g/a")).toBe(null);
    await run.succeed("g/a", 3);
    expect([run.waiting("g/b"), run.input("g/b")]).toEqual(["work", { a: 3 }]);
  },
);
scenario("wait-kept", waits(), async (start) => {
  const run = await start();
  await run.succeed("a");
  for (let n = 1; n <= 21; n++) await run.event("issues.assigned", { n });
  await run.succeed("b");
  expect(run.output("w")).toEqual({ n: 2 });
});
scenario(
  "child-retry",
  "steps: [{ id: qa, workflow: ./qa.yml, inputs: { build: 7 }, retry: 2 }]",
  async (start) => {
    const run = await start();
    const first = run.child("qa");
    await first.fail("check");
    await run.after("1h");
    const second = run.child("qa");
    expect([first.state, second.state]).toEqual(["failed", "running"]);
    await second.succeed("check", "fine");
    expect(run.output("qa")).toEqual({ verdict: "fine" });
  },
  { files },
);
mistake("parallel-any", branches("4"), "HOS224");
scenario(
  "retry-group",
  "steps: [{ id: p, retry: 2, parallel: { steps: [{ id: a, agent: bot }, { id: b, agent: bot }] } }]",
  async (start) => {
    const run = await start();
    await run.succeed("p/b");
    await run.fail("p/a");
    await run.after("1h");
    expect(run.steps).toBe("p:running p/a:running*2 p/b:running*2");
  },
  { more: "a parallel" },
);
