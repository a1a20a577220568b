import { expect } from "vitest";
import { retryDelayMs } from "../../src/core/backoff.ts";
import { issue, mistake, reads, scenario } from "./scenario.ts";

scenario(
  "inputs-once",
  `
steps:
  - { id: a, agent: bot, retry: 2, inputs: { at: "{{ now() }}", title: "{{ subject.title }}" } }`,
  async (start) => {
    const run = await start({ subject: issue });
    const first = run.input("a");
    await run.event("issues.edited", { issue: { number: 7, title: "Another" } });
    await run.fail("a");
    await run.after("1h");
    expect(run.waiting("a")).toBe("work");
    expect(run.input("a")).toEqual(first);
  },
);
scenario(
  "expression-fails",
  "steps: [{ id: a, agent: bot, inputs: { x: '{{ 1 + event.x }}' }, retry: 3 }]",
  async (start) => {
    expect((await start()).error).toBe("a expression");
  },
);
scenario("fail-if", "steps: [{ id: a, agent: bot, fail_if: self > 2 }]", async (start) => {
  const run = await start();
  await run.succeed("a", 3);
  expect([run.error, run.output("a")]).toEqual(["a fail_if", 3]);
});
scenario(
  "failed-output",
  "steps: [{ id: a, action: http.request, inputs: { url: 'https://x.example' }, on_failure: b }, { id: b, agent: bot, inputs: { got: '{{ steps.a.output.status }}' }, conclude: completed }]",
  async (start) => {
    const run = await start();
    await run.fail("a", "error", "http_422", { status: 422, headers: {}, body: "no" });
    expect([run.why("a"), run.input("b")]).toEqual(["http_422", { got: 422 }]);
  },
);
const concluding = (conclude: string) => `
steps:
  - id: g
    steps:
      - { id: a, agent: bot, condition: input.go, conclude: ${conclude} }
      - { id: b, agent: bot }
  - { id: z, agent: bot }`;
for (const conclude of ["completed", "failed"]) {
  scenario(
    "conclude",
    concluding(conclude),
    async (start) => {
      const run = await start({ input: { go: true } });
      await run.succeed("g/a");
      expect([run.state, run.steps]).toEqual([conclude, "g:skipped g/a:completed"]);
    },
    { more: conclude },
  );
}
scenario(
  "conclude",
  concluding("completed"),
  async (start) => {
    const run = await start({ input: { go: false } });
    expect(run.steps).toBe("g:running g/a:skipped g/b:running");
  },
  { more: "a skipped step goes its way" },
);

scenario("retry-attempts", "steps: [{ id: a, agent: bot, retry: 3 }]", async (start) => {
  const run = await start();
  await run.fail("a");
  await run.after("1h");
  await run.fail("a");
  await run.after("1h");
  expect(run.state).toBe("running");
  await run.fail("a");
  expect([run.error, run.run("a").attempt]).toEqual(["a broken", 3]);
});
reads("retry-attempts", "steps: [{ id: a, agent: bot, retry: {} }, { id: b, agent: bot }]", ({ steps }) => {
  expect(steps.steps.map(({ retry }) => retry.maxAttempts)).toEqual([3, 1]);
});
scenario(
  "retry-backoff",
  "steps: [{ id: a, agent: bot, retry: { max_attempts: 9, backoff: { initial: 10s, factor: 3, max: 1m, jitter: false } } }]",
  async (start) => {
    const run = await start();
    for (const pause of [10_000, 30_000, 60_000, 60_000]) {
      await run.fail("a");
      await run.after(`${pause - 1}ms`);
      expect(run.waiting("a")).toBe("retry");
      await run.after("1ms");
      expect(run.waiting("a")).toBe("work");
    }
  },
);
reads("retry-jitter", "steps: [{ id: a, agent: bot, retry: 2 }]", ({ steps }) => {
  const [step] = steps.steps;
  const policy = step?.retry ?? { maxAttempts: 1, initialMs: 0, factor: 1, maxMs: 0, jitter: false, on: [] };
  const pauses = Array.from({ length: 200 }, (_, index) => retryDelayMs(policy, 1, String(index)));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5_000);
  expect(Math.min(...pauses)).toBeLessThan(5_500);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(10_000);
});
const transientOnly = "steps: [{ id: a, agent: bot, retry: { on: transient } }]";
scenario("retry-on", transientOnly, async (start) => {
  const run = await start();
  await run.fail("a", "transient");
  expect(run.waiting("a")).toBe("retry");
  await run.after("1h");
  await run.fail("a", "error");
  expect(run.error).toBe("a broken");
});
scenario("retry-never", "steps: [{ id: a, agent: bot, retry: 3 }]", async (start) => {
  const run = await start();
  await run.fail("a", "error", "outcome_unknown");
  expect(run.error).toBe("a outcome_unknown");
});
scenario(
  "retry-waits",
  "steps: [{ id: a, wait_for: issues.closed, timeout: 1h, retry: 3 }]",
  async (start) => {
    const run = await start();
    await run.after("1h");
    expect(run.error).toBe("a timeout");
  },
);
scenario(
  "retry-group",
  "steps: [{ id: g, retry: 2, steps: [{ id: a, agent: bot }, { id: b, agent: bot }] }]",
  async (start) => {
    const run = await start();
    await run.succeed("g/a");
    await run.fail("g/b");
    expect(run.state).toBe("running");
    await run.after("1h");
    expect(run.steps).toBe("g:running g/a:running*2 g/b:failed");
  },
);

scenario(
  "timeout-fails",
  `
steps:
  - { id: g, timeout: 7d, steps: [{ id: a, agent: bot }], on_timeout: z }
  - { id: z, agent: bot }`,
  async (start) => {
    const run = await start();
    await run.after("167h");
    expect(run.waiting("g")).toBe("steps");
    await run.after("1h");
    expect([run.steps, run.why("g"), run.why("g/a")]).toEqual([
      "g:failed g/a:skipped z:running",
      "timeout",
      "cancelled",
    ]);
  },
);
scenario(
  "timeout-attempt",
  "steps: [{ id: a, agent: bot, timeout: 1h, retry: { max_attempts: 2, backoff: { initial: 1s, jitter: false } } }]",
  async (start) => {
    const run = await start();
    await run.after("59m");
    await run.fail("a");
    await run.after("59m");
    expect(run.waiting("a")).toBe("work");
    await run.after("2m");
    expect(run.error).toBe("a timeout");
  },
);
scenario("remind-every", "steps: [{ id: a, approval: {}, remind: { every: 1d, max: 2 } }]", async (start) => {
  const sent = () => {
    const asked = run.run("a");
    return asked.state === "running" ? asked.remind?.sent : null;
  };
  const run = await start();
  await run.after("1d");
  expect(sent()).toBe(1);
  await run.after("9d");
  expect(sent()).toBe(2);
});

scenario(
  "remind-every",
  "steps: [{ id: a, approval: {}, remind: { every: 1d } }]",
  async (start) => {
    const sent = () => {
      const asked = run.run("a");
      return asked.state === "running" ? asked.remind?.sent : null;
    };
    const run = await start();
    await run.after("2d");
    expect(sent()).toBe(2);
    await run.after("9d");
    expect(sent()).toBe(3);
  },
  { more: "three times" },
);

const cycle = (exhausted: string) => `
steps:
  - { id: a, agent: bot, max_visits: 2, on_success: b, on_failure: out${exhausted} }
  - { id: b, agent: bot, on_success: a }
  - { id: out, agent: bot, conclude: completed }`;
scenario("max-visits", cycle(", on_exhausted: out"), async (start) => {
  const run = await start();
  for (let visit = 1; visit <= 2; visit++) {
    await run.succeed("a");
    await run.succeed("b");
  }
  expect(run.steps).toBe("a:completed*2 b:completed*2 out:running");
});
scenario(
  "max-visits",
  cycle(""),
  async (start) => {
    const run = await start();
    for (let visit = 1; visit <= 2; visit++) {
      await run.succeed("a");
      await run.succeed("b");
    }
    expect([run.error, run.steps]).toEqual(["a max_visits", "a:completed*2 b:completed*2"]);
  },
  { more: "never on_failure" },
);
scenario(
  "max-visits-scope",
  `
steps:
  - { id: e, for_each: { in: [1, 2], max_parallel: 1 }, steps: [{ id: a, agent: bot, max_visits: 1 }] }
  - { id: r, repeat: { max: 2 }, steps: [{ id: b, agent: bot, max_visits: 1 }] }`,
  async (start) => {
    const run = await start();
    for (const path of ["e[0]/a", "e[1]/a", "r[]/b", "r[]/b"]) await run.succeed(path);
    expect(run.state).toBe("completed");
    await run.command("retry", { step: "r" });
    expect(run.waiting("r[]/b")).toBe("work");
  },
);
mistake(
  "exhausted-out",
  `
steps:
  - { id: a, agent: bot, max_visits: 2, on_success: b, on_exhausted: b }
  - { id: b, agent: bot, on_success: a }`,
  "HOS233",
);
mistake("exhausted-out", "steps: [{ id: a, agent: bot, on_exhausted: b }, { id: b, agent: bot }]", "HOS226");

const each = (more: string, rest = "") => `
steps:
  - { id: e, agent: bot, for_each: { in: "{{ event.items }}"${more} }${rest} }`;
const items = (...list: readonly number[]) => ({ event: { items: list } });
scenario("each-items", each(", as: n", ', inputs: { n: "{{ n }}", i: "{{ index }}" }'), async (start) => {
  const run = await start(items(5, 6));
  expect([run.input("e[0]"), run.input("e[1]")]).toEqual([
    { n: 5, i: 0 },
    { n: 6, i: 1 },
  ]);
});
reads("each-items", each(""), ({ steps }) => expect(steps.steps[0]?.forEach?.as).toBe("item"));
scenario("each-output", each(", fail_fast: false", ", condition: item != 6"), async (start) => {
  const run = await start(items(5, 6, 7, 8));
  await run.succeed("e[3]", "d");
  await run.fail("e[2]");
  await run.succeed("e[0]", "a");
  expect(run.output("e")).toEqual(["a", null, null, "d"]);
});
scenario("each-parallel", each(", max_parallel: 2"), async (start) => {
  const run = await start(items(1, 2, 3));
  expect(run.steps).toBe("e:running e[0]:running e[1]:running");
  await run.succeed("e[1]");
  expect(run.waiting("e[2]")).toBe("work");
});
scenario(
  "each-parallel",
  each(""),
  async (start) => {
    const run = await start(items(...Array.from({ length: 12 }, (_, index) => index)));
    expect(Object.keys(run.execution.steps)).toHaveLength(11);
  },
  { more: "10 unless given" },
);
scenario("each-fail-fast", each(""), async (start) => {
  const run = await start(items(1, 2));
  await run.fail("e[1]");
  expect([run.steps, run.error]).toEqual(["e:failed e[0]:skipped e[1]:failed", "e[1] broken"]);
});
scenario("each-all", each(", fail_fast: false, max_parallel: 1"), async (start) => {
  const run = await start(items(1, 2));
  await run.fail("e[0]");
  await run.succeed("e[1]", "b");
  expect([run.error, run.output("e")]).toEqual(["e[0] broken", [null, "b"]]);
});
scenario(
  "each-per-item",
  each("", ", condition: item > 1, retry: 2, timeout: 1h, fail_if: self == item"),
  async (start) => {
    const run = await start(items(1, 2, 3));
    expect(run.steps).toBe("e:running e[0]:skipped e[1]:running e[2]:running");
    await run.succeed("e[2]", 4);
    await run.after("59m");
    await run.fail("e[1]");
    expect(run.waiting("e[1]")).toBe("retry");
    await run.after("10s");
    await run.after("59m");
    await run.succeed("e[1]", 1);
    expect(run.output("e")).toEqual([null, 1, 4]);
  },
);
scenario(
  "each-per-item",
  `
steps:
  - { id: e, agent: bot, for_each: { in: "{{ event.items }}" }, max_visits: 1, on_success: z, on_exhausted: out }
  - { id: z, agent: bot, on_success: e }
  - { id: out, agent: bot }`,
  async (start) => {
    const run = await start(items(1, 2));
    await run.succeed("e[0]");
    await run.succeed("e[1]");
    await run.succeed("z");
    expect(run.steps).toBe("e:completed e[0]:completed e[1]:completed z:completed out:running");
  },
  { more: "max_visits and routes are of the whole" },
);
for (const list of ["text", { a: 1 }, null, Array.from({ length: 257 }, () => 0)]) {
  scenario(
    "each-list",
    each(""),
    async (start) => {
      expect((await start({ event: { items: list } })).error).toBe("e expression");
    },
    { more: Array.isArray(list) ? "257 items" : JSON.stringify(list) },
  );
}
scenario("each-empty", each(""), async (start) => {
  const run = await start(items());
  expect([run.state, run.output("e")]).toEqual(["completed", []]);
});

const again = (repeat: string, more = "") => `
steps:
  - { id: r, agent: bot, repeat: { ${repeat} }${more} }`;
scenario("repeat-until", again("until: self == 3"), async (start) => {
  const run = await start();
  for (const output of [1, 2, 3]) await run.succeed("r[]", output);
  expect([run.state, run.steps]).toEqual(["completed", "r:completed r[]:completed*3"]);
});
scenario("repeat-max", again("max: 2"), async (start) => {
  const run = await start();
  await run.succeed("r[]");
  await run.succeed("r[]");
  expect([run.state, run.steps]).toEqual(["completed", "r:completed r[]:completed*2"]);
});
reads("repeat-max", again("until: self"), ({ steps }) => expect(steps.steps[0]?.repeat?.max).toBe(100));
scenario("repeat-exhausted", again("until: self == 3, max: 1"), async (start) => {
  const run = await start();
  await run.succeed("r[]");
  expect(run.error).toBe("r repeat_exhausted");
});
for (const route of ["on_exhausted", "on_failure"]) {
  scenario(
    "repeat-exhausted",
    `${again("until: self == 3, max: 1", `, ${route}: b`)}\n  - { id: b, agent: bot }`,
    async (start) => {
      const run = await start();
      await run.succeed("r[]");
      expect(run.steps).toBe("r:failed r[]:completed b:running");
    },
    { more: route },
  );
}
scenario("repeat-every", again("until: self == 3, every: 1h"), async (start) => {
  const run = await start();
  await run.succeed("r[]");
  await run.after("59m");
  expect(run.waiting("r")).toBe("repeat");
  expect(run.steps).toBe("r:running r[]:completed");
  await run.after("1m");
  expect(run.steps).toBe("r:running r[]:running*2");
});
scenario("repeat-output", again("max: 2", ', inputs: { i: "{{ index }}" }'), async (start) => {
  const run = await start();
  expect(run.input("r[]")).toEqual({ i: 0 });
  await run.succeed("r[]", "a");
  expect(run.input("r[]")).toEqual({ i: 1 });
  await run.succeed("r[]", "b");
  expect(run.output("r")).toBe("b");
});
scenario("repeat-whole", again("max: 9", ", timeout: 1h, retry: 2, fail_if: self == 3"), async (start) => {
  const run = await start();
  await run.after("40m");
  await run.fail("r[]");
  await run.after("10s");
  await run.succeed("r[]");
  expect(run.waiting("r[]")).toBe("work");
  await run.after("20m");
  expect(run.error).toBe("r timeout");
});
scenario(
  "repeat-whole",
  again("max: 9", ", condition: input.go"),
  async (start) => {
    const run = await start({ input: { go: false } });
    expect(run.steps).toBe("r:skipped");
  },
  { more: "condition" },
);
scenario(
  "repeat-whole",
  again("max: 9", ", condition: \"contains(subject.labels, 'bug')\""),
  async (start) => {
    const run = await start({ subject: issue });
    await run.event("issues.unlabeled", { issue: { number: 7, labels: [] } });
    await run.succeed("r[]");
    expect(run.waiting("r[]")).toBe("work");
  },
  { more: "condition, once" },
);
scenario("repeat-fails", again("max: 9"), async (start) => {
  const run = await start({ subject: issue });
  await run.succeed("r[]");
  await run.fail("r[]");
  expect([run.state, run.steps]).toEqual(["failed", "r:failed r[]:failed*2"]);
});
scenario("repeat-keeps", again("max: 50"), async (start) => {
  const run = await start();
  for (let i = 0; i < 20; i++) await run.succeed("r[]");
  const record = run.execution.steps["r[]"];
  expect([record?.runs.length, record?.visits, record?.attempts]).toEqual([3, 21, 21]);
});
mistake("loop-one", "steps: [{ id: a, agent: bot, for_each: { in: [1] }, repeat: { max: 2 } }]", "HOS226");

scenario("subject-number", 'steps: [{ id: a, agent: bot, subject: "{{ event.about }}" }]', async (start) => {
  expect((await start({ event: { about: 12 } })).run("a").subject).toBe(12);
  expect((await start({ event: { about: "none" } })).error).toBe("a expression");
});
mistake("secrets-http", "steps: [{ id: a, agent: bot, secrets: [TOKEN] }]", "HOS226", "http.request");
const sending = (header: string) => `
steps:
  - { id: a, action: http.request, inputs: { url: "https://x.example", headers: { x-a: "${header}" } }, secrets: [TOKEN] }`;
mistake("secrets-http", sending("${TOKEN} {{ event.action }}"), "HOS256", "Make two headers of it");
mistake("secrets-http", sending("{{ event.action }}"), "HOS256", "is not used");
reads("secrets-http", sending("Bearer ${TOKEN}"), ({ steps }) => {
  expect(steps.steps[0]).toMatchObject({ secrets: ["TOKEN"], secretHeaders: ["x-a"] });
});
mistake("safe-outputs-agents", "steps: [{ id: a, delay: 1h, safe_outputs: [comment] }]", "HOS226");
reads(
  "safe-outputs-agents",
  "steps: [{ id: a, agent: bot, safe_outputs: [comment, labels, issue] }]",
  ({ steps }) => {
    expect(steps.steps[0]?.safeOutputs.map(({ type, max }) => `${type} ${max}`)).toEqual([
      "comment 1",
      "labels 3",
      "issue 1",
    ]);
  },
);
