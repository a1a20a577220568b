import { describe, expect, test } from "vitest";
import { aWorkflow, type StepSketch } from "../support/workflow.ts";
import { Story, start } from "./support.ts";

const approval: StepSketch["kind"] = {
  kind: "approval",
  from: [],
  count: 1,
  by: ["command"],
  exclude: [],
  message: null,
};
const review: StepSketch = {
  id: "review",
  failIf: 'self.verdict == "changes"',
  on_success: "deploy",
  on_failure: "fix",
};
const loop = aWorkflow([
  { id: "fix", on_success: "review", on_exhausted: "tell", maxVisits: 2 },
  review,
  { id: "deploy" },
  { id: "tell" },
]);

describe("order", () => {
  test("a list in which no step names a route runs in order and completes", () => {
    const story = new Story(aWorkflow([{ id: "a" }, { id: "b" }]));
    expect(story.steps).toBe("a:running");
    expect(story.succeed("a").steps).toBe("a:completed b:running");
    expect(story.succeed("b").state).toBe("completed");
  });

  test("in a graph a step without the route it needs ends its path", () => {
    const story = new Story(aWorkflow([{ id: "a", on_failure: "b" }, { id: "b" }]));
    expect(story.succeed("a").state).toBe("completed");
    expect(story.steps).toBe("a:completed");
  });

  test("a skipped step is followed by the next in a list", () => {
    const story = new Story(aWorkflow([{ id: "a", condition: "1 > 2" }, { id: "b" }]));
    expect(story.steps).toBe("a:skipped b:running");
  });

  test("a skipped step never takes on_success in a graph", () => {
    const story = new Story(aWorkflow([{ id: "a", condition: "1 > 2", on_success: "b" }, { id: "b" }]));
    expect(story.steps).toBe("a:skipped");
    expect(story.state).toBe("completed");
  });

  test("a failed step without on_failure fails the execution, and says which step", () => {
    const story = new Story(aWorkflow([{ id: "a" }, { id: "b" }])).fail("a");
    expect(story.state).toBe("failed");
    expect(story.execution.ending?.error).toMatchObject({ step: "a", code: "broken" });
  });

  test("a path that ends in a handler ends failed, with the error that led there", () => {
    const story = new Story(aWorkflow([{ id: "a", on_failure: "tell" }, { id: "tell" }])).fail("a");
    expect(story.succeed("tell").state).toBe("failed");
    expect(story.execution.ending?.error).toMatchObject({ step: "a" });
  });

  test("a handler that concludes completed ends completed", () => {
    const story = new Story(
      aWorkflow([
        { id: "a", on_failure: "tell" },
        { id: "tell", conclude: "completed" },
      ]),
    ).fail("a");
    expect(story.succeed("tell").state).toBe("completed");
  });

  test("on_timeout is taken by a timeout, on_failure by every other failure", () => {
    const workflow = aWorkflow([{ id: "a", on_failure: "b", on_timeout: "c" }, { id: "b" }, { id: "c" }]);
    expect(new Story(workflow).fail("a").steps).toBe("a:failed b:running");
    expect(new Story(workflow).fail("a", "timeout").steps).toBe("a:failed c:running");
  });

  test("fail_if decides by the step's own output, which stays readable", () => {
    const story = new Story(loop).succeed("fix").succeed("review", { verdict: "changes" });
    expect(story.steps).toBe("fix:running*2 review:failed");
    expect(story.execution.steps["review"]?.runs.at(-1)).toMatchObject({ output: { verdict: "changes" } });
  });

  test("the entry over max_visits is not made: on_exhausted is followed", () => {
    const story = new Story(loop).succeed("fix").succeed("review", { verdict: "changes" });
    story.succeed("fix").succeed("review", { verdict: "changes" });
    expect(story.steps).toBe("fix:completed*2 review:failed*2 tell:running");
    expect(story.succeed("tell").execution.ending?.error).toMatchObject({ step: "fix", code: "max_visits" });
  });

  test("an input that can't be evaluated fails the step at once", () => {
    const inputs = { evaluate: () => ({ problem: { code: "HOS1", message: "no root x" } }) };
    const story = new Story(aWorkflow([{ id: "a", inputs }]));
    expect(story.execution.ending?.error).toMatchObject({ code: "expression", message: "no root x" });
  });
});

describe("retries and timers", () => {
  const retry = {
    maxAttempts: 3,
    initialMs: 100,
    factor: 2,
    maxMs: 150,
    jitter: false,
    on: ["transient"] as const,
  };
  const workflow = aWorkflow([{ id: "a", retry }]);

  test("attempts are spaced by the backoff, up to its bound", () => {
    const story = new Story(workflow).fail("a", "transient");
    expect(story.execution.due).toBe(start + 100);
    const ref = story.run("a");
    story.after(100).tell({ type: "timer_fired", run: ref, timer: "retry" });
    expect(story.run("a").attempt).toBe(2);
    expect(story.fail("a", "transient").execution.due).toBe(start + 100 + 150);
    story.after(150).tell({ type: "timer_fired", run: story.run("a"), timer: "retry" });
    expect(story.fail("a", "transient").state).toBe("failed");
    expect(story.execution.steps["a"]?.attempts).toBe(3);
  });

  test("a late result of an earlier attempt changes nothing", () => {
    const story = new Story(workflow);
    const first = story.run("a");
    story.fail("a", "transient").after(100).tell({ type: "timer_fired", run: first, timer: "retry" });
    const before = story.execution;
    expect(story.tell({ type: "step_succeeded", run: first, output: 1, effects: [] }).execution).toBe(before);
  });

  test("a failure of another class is not retried", () => {
    expect(new Story(workflow).fail("a", "error").state).toBe("failed");
  });

  test("a timer that is not due changes nothing", () => {
    const story = new Story(workflow).fail("a", "transient");
    const before = story.execution;
    expect(story.tell({ type: "timer_fired", run: story.run("a"), timer: "retry" }).execution).toBe(before);
  });

  test("a delay ends when its time has come", () => {
    const duration = { evaluate: () => ({ value: "2h" }) };
    const story = new Story(aWorkflow([{ id: "a", kind: { kind: "delay", duration } }]));
    expect(story.execution.due).toBe(start + 7_200_000);
    story.after(7_200_000).tell({ type: "timer_fired", run: story.run("a"), timer: "delay" });
    expect(story.state).toBe("completed");
  });

  test("an attempt over its timeout is cancelled and fails as timeout", () => {
    const story = new Story(aWorkflow([{ id: "a", timeoutMs: 1_000, on_timeout: "b" }, { id: "b" }]));
    const ref = story.run("a");
    story.after(1_000).tell({ type: "timer_fired", run: ref, timer: "timeout" });
    expect(story.steps).toBe("a:failed b:running");
    expect(story.effects.map(({ type }) => type)).toEqual(["cancel_step", "run_step", "report"]);
  });

  test("the execution's own timeout fails it wherever it is", () => {
    const story = new Story(aWorkflow([{ id: "a" }], { limits: { timeoutMs: 500 } }));
    expect(story.after(500).tell({ type: "timed_out", round: 1 }).state).toBe("failed");
  });
});

describe("pause, resume, cancel, skip", () => {
  const two = aWorkflow([{ id: "a" }, { id: "b" }]);

  test("while paused running steps finish and no step is entered until the resume", () => {
    const story = new Story(two).command("pause").succeed("a");
    expect(story.steps).toBe("a:completed");
    expect(story.command("resume").steps).toBe("a:completed b:running");
  });

  test("what ends while paused has ended only after the resume", () => {
    const story = new Story(aWorkflow([{ id: "a" }])).command("pause").succeed("a");
    expect(story.state).toBe("paused");
    expect(story.command("resume").state).toBe("completed");
  });

  test("deadlines shift by the pause", () => {
    const story = new Story(aWorkflow([{ id: "a", timeoutMs: 1_000 }]));
    story.after(400).command("pause").after(5_000).command("resume");
    expect(story.execution.due).toBe(start + 6_000);
  });

  test("a decision is kept, not taken, while paused", () => {
    const story = new Story(aWorkflow([{ id: "a", kind: approval }])).command("pause");
    const before = story.execution;
    expect(story.decide("approve").execution).toBe(before);
    expect(story.command("resume").decide("approve").state).toBe("completed");
  });

  test("cancel ends it and what runs is aborted", () => {
    const story = new Story(two).command("cancel");
    expect(story.state).toBe("cancelled");
    expect(story.steps).toBe("a:skipped");
    expect(story.effects.map(({ type }) => type)).toEqual(["cancel_step", "report"]);
  });

  test("skip leaves the running step by its skip route", () => {
    expect(new Story(two).command("skip", "a").steps).toBe("a:skipped b:running");
  });

  test.for([
    ["resume", null, "HOS304"],
    ["retry", null, "HOS304"],
    ["skip", "b", "HOS301"],
    ["skip", "nowhere", "HOS305"],
  ] as const)(
    "%s %s of a running execution is refused as %s and changes nothing",
    ([command, step, code]) => {
      const story = new Story(two);
      const before = story.execution;
      story.command(command, step);
      expect(story.problem).toBe(code);
      expect(story.execution).toBe(before);
    },
  );
});

describe("decisions", () => {
  const asked = aWorkflow([{ id: "a", kind: approval }, { id: "b" }]);

  test("an approval completes the step and tells who gave it", () => {
    const story = new Story(asked).decide("approve");
    expect(story.execution.steps["a"]?.runs[0]).toMatchObject({
      state: "completed",
      output: { approved: true, by: ["maya"] },
    });
  });

  test("a rejection fails it, without retry", () => {
    const story = new Story(asked).decide("reject");
    expect(story.execution.ending?.error).toMatchObject({ code: "rejected" });
  });

  test("count asks for that many different people", () => {
    const story = new Story(aWorkflow([{ id: "a", kind: { ...approval, count: 2 } }]));
    expect(story.decide("approve", "maya").decide("approve", "maya").state).toBe("running");
    expect(story.decide("approve", "tom").state).toBe("completed");
  });

  test("an approval can't be skipped", () => {
    expect(new Story(asked).command("skip", "a").problem).toBe("HOS306");
  });

  test("a new head voids the decisions and asks again", () => {
    const pull = { number: 7, url: "", branch: "fix", head_sha: "aaa", state: "open" as const };
    const story = new Story(aWorkflow([{ id: "a", kind: { ...approval, count: 2 } }]));
    story.decide("approve");
    story.tell({
      type: "event_received",
      id: "d1",
      name: "pull_request.synchronize",
      payload: {},
      pullRequest: pull,
    });
    expect(story.execution.steps["a"]?.runs[0]).toMatchObject({
      waiting: { asking: 2, headSha: "aaa", approvals: [] },
    });
    story.tell({
      type: "decided",
      id: "x",
      decision: "approve",
      step: null,
      by: "tom",
      reason: null,
      values: {},
      asking: 1,
    });
    expect(story.problem).toBe("HOS303");
  });

  test("done answers a step that asked a person", () => {
    const story = new Story(aWorkflow([{ id: "a", kind: { kind: "agent", agent: "qa" } }]));
    const waiting = {
      for: "person",
      agent: "qa",
      question: "?",
      outputSchema: null,
      produces: null,
    } as const;
    story.tell({ type: "step_parked", run: story.run("a"), waiting, effects: [] });
    expect(story.effects.map(({ type }) => type)).toEqual(["report"]);
    expect(story.decide("done").execution.steps["a"]?.runs[0]).toMatchObject({ output: { ok: true } });
  });
});

describe("events", () => {
  const wait = (match: string | null): StepSketch["kind"] => ({
    kind: "wait_for",
    events: ["pull_request.closed"],
    match:
      match === null
        ? null
        : {
            source: match,
            evaluate: (scope) => ({ value: (scope.root("event") as { ok?: boolean }).ok ?? null }),
          },
    since: null,
  });
  const event = (id: string, payload = {}) =>
    ({ type: "event_received", id, name: "pull_request.closed", payload }) as const;

  test("a wait is satisfied by the event that matches, once", () => {
    const story = new Story(
      aWorkflow([
        { id: "a", kind: wait("event.ok") },
        { id: "b", kind: wait(null) },
      ]),
    );
    expect(story.tell(event("1", { ok: false })).steps).toBe("a:running");
    expect(story.tell(event("2", { ok: true })).steps).toBe("a:completed b:completed");
  });

  test("a wait looks back to the entry of the step before it", () => {
    const story = new Story(aWorkflow([{ id: "a" }, { id: "b", kind: wait(null) }]));
    story.tell(event("1", { ok: true }));
    expect(story.succeed("a").steps).toBe("a:completed b:completed");
  });

  test("an event that satisfied one wait is not seen by another", () => {
    const story = new Story(
      aWorkflow([
        { id: "a", kind: wait(null) },
        { id: "b", kind: wait(null) },
      ]),
    );
    expect(story.tell(event("1")).steps).toBe("a:completed b:running");
    expect(story.tell(event("1")).steps).toBe("a:completed b:running");
  });

  test("a person asked for a pull request has answered when one is linked", () => {
    const story = new Story(aWorkflow([{ id: "fix", kind: { kind: "agent", agent: "coder" } }]));
    const waiting = {
      for: "person",
      agent: "coder",
      question: "?",
      outputSchema: null,
      produces: "pull_request",
    } as const;
    story.tell({ type: "step_parked", run: story.run("fix"), waiting, effects: [] });
    const pullRequest = { number: 7, url: "u", branch: "fix", head_sha: "aaa", state: "open" as const };
    const payload = { pull_request: { title: "Fix it" } };
    story.tell({ type: "event_received", id: "1", name: "pull_request.opened", payload, pullRequest });
    expect(story.execution.steps["fix"]?.runs[0]).toMatchObject({
      output: { pull_request: { number: 7, head_sha: "aaa" }, summary: "Fix it" },
    });
  });
});

describe("retry of an ended execution", () => {
  const guarded = aWorkflow([
    { id: "build" },
    { id: "ask", kind: approval },
    { id: "ship" },
    { id: "close" },
  ]);

  test("opens the next round from the failed step; late results of the old round change nothing", () => {
    const story = new Story(aWorkflow([{ id: "a" }, { id: "b" }])).succeed("a");
    const late = story.run("b");
    story.fail("b").command("retry");
    expect([story.state, story.execution.round, story.steps]).toEqual([
      "running",
      2,
      "a:completed b:running",
    ]);
    const before = story.execution;
    expect(story.tell({ type: "step_succeeded", run: late, output: 1, effects: [] }).execution).toBe(before);
  });

  test("a completed execution needs a step to retry from", () => {
    const story = new Story(aWorkflow([{ id: "a" }])).succeed("a");
    expect(story.command("retry").problem).toBe("HOS308");
    expect(story.command("retry", "a").steps).toBe("a:running");
  });

  test("may not go around an approval that was not given", () => {
    const story = new Story(guarded).succeed("build").decide("reject");
    expect(story.command("retry", "ship").problem).toBe("HOS307");
    expect(story.command("retry", "build").steps).toContain("build:running");
  });

  test("may go past an approval given for this definition and head", () => {
    const story = new Story(guarded).succeed("build").decide("approve").fail("ship");
    expect(story.command("retry").steps).toBe("build:completed ask:completed ship:running");
  });

  test("visits start anew from that step on, spending does not", () => {
    const story = new Story(loop).succeed("fix").succeed("review", { verdict: "changes" }).fail("fix");
    const spent = story.execution.spending.steps;
    story.command("retry");
    expect(story.execution.steps["fix"]?.visits).toBe(1);
    expect(story.execution.spending.steps).toBe(spent + 1);
  });
});
