import { describe, expect, test } from "vitest";
import type { StepKind } from "../../src/core/index.ts";
import { aList, aStep, aWorkflow, expression, type StepSketch, template } from "../support/workflow.ts";
import { Story } from "./support.ts";

const forEach = (items: string, over: { maxParallel?: number; failFast?: boolean } = {}) => ({
  in: template(items),
  as: "item",
  maxParallel: 10,
  failFast: true,
  ...over,
});
const repeat = (over: { until?: string; everyMs?: number; max?: number }) => ({
  until: over.until === undefined ? null : expression(over.until),
  everyMs: over.everyMs ?? 0,
  max: over.max ?? 100,
});
const approval: StepKind = {
  kind: "approval",
  from: [],
  count: 1,
  by: ["command"],
  exclude: [],
  message: null,
};
const ends = (steps: readonly StepSketch[]) => ({ finally: aList(steps.map(aStep)) });

function output(story: Story, path: string) {
  const run = story.execution.steps[path]?.runs.at(-1);
  return run && "output" in run ? run.output : undefined;
}

describe("a group of steps", () => {
  const grouped = aWorkflow([{ id: "g", steps: [{ id: "a" }, { id: "b" }] }, { id: "z" }]);

  test("runs its list, gives its outputs by id, and is followed by the next step", () => {
    const story = new Story(grouped);
    expect(story.steps).toBe("g:running g/a:running");
    story.succeed("g/a", 1);
    expect(story.steps).toBe("g:running g/a:completed g/b:running");
    story.succeed("g/b", 2);
    expect(story.steps).toBe("g:completed g/a:completed g/b:completed z:running");
    expect(output(story, "g")).toEqual({ a: 1, b: 2 });
  });

  test("fails with the step that failed in it", () => {
    const story = new Story(grouped).fail("g/a");
    expect(story.state).toBe("failed");
    expect(story.execution.ending?.error).toMatchObject({ step: "g/a", code: "broken" });
  });

  test("is caught by its own on_failure", () => {
    const workflow = aWorkflow([
      { id: "g", steps: [{ id: "a" }], on_failure: "tell" },
      { id: "tell", conclude: "completed" },
    ]);
    const story = new Story(workflow).fail("g/a");
    expect(story.steps).toBe("g:failed g/a:failed tell:running");
    expect(story.succeed("tell").state).toBe("completed");
  });

  test("a path in it that ends in a handler fails it", () => {
    const workflow = aWorkflow([{ id: "g", steps: [{ id: "a", on_failure: "tell" }, { id: "tell" }] }]);
    const story = new Story(workflow).fail("g/a").succeed("g/tell");
    expect(story.state).toBe("failed");
    expect(story.execution.ending?.error).toMatchObject({ step: "g/a" });
  });

  test("entered again, its steps count their visits and results anew", () => {
    const workflow = aWorkflow([
      {
        id: "g",
        steps: [{ id: "a", maxVisits: 1, condition: "steps.a.state == null" }],
        on_success: "again",
        maxVisits: 2,
      },
      { id: "again", on_success: "g", on_failure: "g" },
    ]);
    const story = new Story(workflow).succeed("g/a").succeed("again");
    expect(story.steps).toBe("g:running*2 g/a:running*2 again:completed");
  });

  test("is tried again as a whole", () => {
    const retry = {
      maxAttempts: 2,
      initialMs: 1_000,
      factor: 1,
      maxMs: 1_000,
      jitter: false,
      on: ["error" as const],
    };
    const workflow = aWorkflow([{ id: "g", retry, steps: [{ id: "a" }, { id: "b" }] }]);
    const story = new Story(workflow).succeed("g/a").fail("g/b");
    expect(story.state).toBe("running");
    story.after(1_000).tell({ type: "timer_fired", run: story.run("g"), timer: "retry" });
    expect(story.steps).toBe("g:running g/a:running*2 g/b:failed");
    expect(story.succeed("g/a").succeed("g/b").state).toBe("completed");
  });

  test("its timeout cancels what is inside", () => {
    const story = new Story(aWorkflow([{ id: "g", timeoutMs: 1_000, steps: [{ id: "a" }] }])).after(1_000);
    story.tell({ type: "timer_fired", run: story.run("g"), timer: "timeout" });
    expect(story.steps).toBe("g:failed g/a:skipped");
    expect(story.effects).toContainEqual(expect.objectContaining({ type: "cancel_step" }));
  });
});

describe("parallel branches", () => {
  const branches = (join: "all" | "any" | number, over: Partial<StepSketch> = {}) =>
    new Story(aWorkflow([{ id: "p", join, steps: [{ id: "a" }, { id: "b" }, { id: "c" }], ...over }]));

  test("all begin at once and give a map by branch", () => {
    const story = branches("all");
    expect(story.steps).toBe("p:running p/a:running p/b:running p/c:running");
    story.succeed("p/b", 2).succeed("p/a", 1);
    expect(story.state).toBe("running");
    story.succeed("p/c", 3);
    expect(output(story, "p")).toEqual({ a: 1, b: 2, c: 3 });
    expect(story.state).toBe("completed");
  });

  test("all: the first failure cancels the others", () => {
    const story = branches("all").fail("p/b");
    expect(story.steps).toBe("p:failed p/a:skipped p/b:failed p/c:skipped");
  });

  test("any: the first success cancels the losers", () => {
    const story = branches("any").fail("p/a").succeed("p/c", 3);
    expect(story.steps).toBe("p:completed p/a:failed p/b:skipped p/c:completed");
    expect(output(story, "p")).toEqual({ a: null, b: null, c: 3 });
  });

  test("2 of 3: fails as soon as two can no longer succeed", () => {
    const story = branches(2).fail("p/a");
    expect(story.state).toBe("running");
    expect(story.fail("p/c").steps).toBe("p:failed p/a:failed p/b:skipped p/c:failed");
  });

  test("a branch that is over at once wins before the next one begins", () => {
    const workflow = aWorkflow([
      { id: "p", join: "any", steps: [{ id: "a", steps: [{ id: "x", condition: "1 > 2" }] }, { id: "b" }] },
    ]);
    // The group begins first, then b, then what is in the group.
    expect(new Story(workflow).steps).toBe("p:completed p/a:completed p/b:skipped p/a/x:skipped");
  });

  test("a skipped branch counts for all, and not for any", () => {
    const steps = [{ id: "a", condition: "1 > 2" }, { id: "b" }];
    expect(new Story(aWorkflow([{ id: "p", join: "all", steps }])).succeed("p/b").state).toBe("completed");
    expect(new Story(aWorkflow([{ id: "p", join: "any", steps }])).fail("p/b").state).toBe("failed");
  });
});

describe("for_each", () => {
  test("runs the step once for each item, and gives the outputs in order", () => {
    const story = new Story(
      aWorkflow([{ id: "e", forEach: forEach("[1, 2, 3]"), inputs: template("item * 10") }]),
    );
    expect(story.steps).toBe("e:running e[0]:running e[1]:running e[2]:running");
    expect(story.execution.steps["e[1]"]?.runs.at(-1)?.input).toBe(20);
    story.succeed("e[2]", "c").succeed("e[0]", "a").succeed("e[1]", "b");
    expect(output(story, "e")).toEqual(["a", "b", "c"]);
    expect(story.state).toBe("completed");
  });

  test("keeps to max_parallel", () => {
    const story = new Story(aWorkflow([{ id: "e", forEach: forEach("[1, 2, 3]", { maxParallel: 2 }) }]));
    expect(story.steps).toBe("e:running e[0]:running e[1]:running");
    expect(story.succeed("e[1]").steps).toBe("e:running e[0]:running e[1]:completed e[2]:running");
  });

  test("the condition is per item, and a skipped item's output is null", () => {
    const story = new Story(aWorkflow([{ id: "e", forEach: forEach("[1, 2, 3]"), condition: "item != 2" }]));
    expect(story.steps).toBe("e:running e[0]:running e[1]:skipped e[2]:running");
    story.succeed("e[0]", 1).succeed("e[2]", 3);
    expect(output(story, "e")).toEqual([1, null, 3]);
  });

  test("fail_fast cancels the other items", () => {
    const story = new Story(aWorkflow([{ id: "e", forEach: forEach("[1, 2]") }])).fail("e[1]");
    expect(story.steps).toBe("e:failed e[0]:skipped e[1]:failed");
  });

  test("without fail_fast every item is tried, then the step fails with what there is", () => {
    const story = new Story(aWorkflow([{ id: "e", forEach: forEach("[1, 2]", { failFast: false }) }]));
    story.fail("e[0]");
    expect(story.state).toBe("running");
    story.succeed("e[1]", 2);
    expect(story.state).toBe("failed");
    expect(output(story, "e")).toEqual([null, 2]);
    expect(story.execution.ending?.error?.message).toContain("1 of 2 items failed");
  });

  test.for([
    ["[]", "completed"],
    ['"text"', "failed"],
    ["missing.root", "failed"],
  ] as const)("in: %s ends %s at once", ([items, state]) => {
    expect(new Story(aWorkflow([{ id: "e", forEach: forEach(items) }])).state).toBe(state);
  });

  test("a group of it sees the item, its index, and its own steps", () => {
    const steps = [{ id: "a" }, { id: "b", inputs: template("[item, index, steps.a.output]") }];
    const story = new Story(aWorkflow([{ id: "e", forEach: forEach('["x", "y"]'), steps }]));
    story.succeed("e[1]/a", "from y").succeed("e[0]/a", "from x");
    expect(story.execution.steps["e[1]/b"]?.runs.at(-1)?.input).toEqual(["y", 1, "from y"]);
    expect(story.execution.steps["e[0]/b"]?.runs.at(-1)?.input).toEqual(["x", 0, "from x"]);
    story.succeed("e[0]/b", 1).succeed("e[1]/b", 2);
    expect(output(story, "e")).toEqual([
      { a: "from x", b: 1 },
      { a: "from y", b: 2 },
    ]);
  });
});

describe("repeat", () => {
  test("until its condition holds, with the iteration's output as self", () => {
    const story = new Story(
      aWorkflow([{ id: "r", repeat: repeat({ until: "self == 3" }), inputs: template("index") }]),
    );
    expect(story.steps).toBe("r:running r[]:running");
    story.succeed("r[]", 1);
    expect(story.execution.steps["r[]"]?.runs.at(-1)?.input).toBe(1);
    story.succeed("r[]", 3);
    expect(story.steps).toBe("r:completed r[]:completed*2");
    expect(output(story, "r")).toBe(3);
  });

  test("max iterations where nothing else ends it", () => {
    const story = new Story(aWorkflow([{ id: "r", repeat: repeat({ max: 2 }) }]))
      .succeed("r[]")
      .succeed("r[]");
    expect(story.steps).toBe("r:completed r[]:completed*2");
  });

  test("fails when max is reached and its condition does not hold; on_exhausted catches that", () => {
    const looped = { id: "r", repeat: repeat({ until: "self == 3", max: 1 }) };
    expect(new Story(aWorkflow([looped])).succeed("r[]").execution.ending?.error?.code).toBe(
      "repeat_exhausted",
    );
    const caught = aWorkflow([{ ...looped, on_exhausted: "tell" }, { id: "tell" }]);
    expect(new Story(caught).succeed("r[]").steps).toBe("r:failed r[]:completed tell:running");
  });

  test("waits between iterations, and keeps the last three", () => {
    const story = new Story(aWorkflow([{ id: "r", repeat: repeat({ until: "self == 9", everyMs: 1_000 }) }]));
    for (let i = 0; i < 5; i++) {
      story.succeed("r[]", i);
      expect(story.execution.due).toBe(story.at + 1_000);
      story.after(1_000).tell({ type: "timer_fired", run: story.run("r"), timer: "repeat" });
    }
    expect(story.execution.steps["r[]"]?.runs).toHaveLength(3);
    expect(story.execution.steps["r[]"]?.visits).toBe(6);
    expect(story.succeed("r[]", 9).state).toBe("completed");
  });

  test("fail_if is of each iteration", () => {
    const story = new Story(
      aWorkflow([{ id: "r", repeat: repeat({ until: "self == 3" }), failIf: "self == 2" }]),
    );
    expect(story.succeed("r[]", 1).succeed("r[]", 2).state).toBe("failed");
  });
});

describe("finally", () => {
  const sweep = ends([{ id: "sweep" }]);

  test.for([
    ["completed", (story: Story) => story.succeed("a")],
    ["failed", (story: Story) => story.fail("a")],
    ["cancelled", (story: Story) => story.command("cancel")],
  ] as const)("runs before the end: %s", ([state, finish]) => {
    const story = new Story(aWorkflow([{ id: "a" }], sweep));
    finish(story);
    expect(story.state).toBe("running");
    expect(story.execution).toMatchObject({ finalizing: true, ending: { state } });
    expect(story.succeed("finally/sweep").state).toBe(state);
  });

  test("a failure in it turns completed into failed, and leaves cancelled alone", () => {
    const completed = new Story(aWorkflow([{ id: "a" }], sweep)).succeed("a").fail("finally/sweep");
    expect(completed.state).toBe("failed");
    const cancelled = new Story(aWorkflow([{ id: "a" }], sweep)).command("cancel").fail("finally/sweep");
    expect(cancelled.state).toBe("cancelled");
  });

  test("a second cancel skips it", () => {
    const story = new Story(aWorkflow([{ id: "a" }], sweep)).command("cancel").command("cancel");
    expect(story.state).toBe("cancelled");
    expect(story.steps).toBe("a:skipped finally/sweep:skipped");
  });

  test("a pause holds it, and the resume goes on with it", () => {
    const story = new Story(aWorkflow([{ id: "a" }], sweep)).succeed("a").command("pause").command("resume");
    expect(story.steps).toBe("a:completed finally/sweep:running");
    expect(story.succeed("finally/sweep").state).toBe("completed");
  });

  test("after a retry it runs again", () => {
    const story = new Story(aWorkflow([{ id: "a" }], sweep))
      .fail("a")
      .succeed("finally/sweep")
      .command("retry");
    expect(story.succeed("a").state).toBe("running");
    expect(story.succeed("finally/sweep").state).toBe("completed");
  });
});

describe("retry", () => {
  test("leaves alone the items that are done", () => {
    const story = new Story(aWorkflow([{ id: "e", forEach: forEach("[1, 2, 3]", { failFast: false }) }]));
    story.succeed("e[0]", "a").fail("e[1]").succeed("e[2]", "c").command("retry");
    expect(story.steps).toBe("e:running e[0]:completed e[1]:running e[2]:completed");
    story.succeed("e[1]", "b");
    expect(output(story, "e")).toEqual(["a", "b", "c"]);
    expect(story.state).toBe("completed");
  });

  test("goes on inside a group where it failed", () => {
    const story = new Story(aWorkflow([{ id: "g", steps: [{ id: "a" }, { id: "b" }, { id: "c" }] }]));
    story.succeed("g/a", 1).fail("g/b").command("retry");
    expect(story.steps).toBe("g:running g/a:completed g/b:running");
    story.succeed("g/b", 2).succeed("g/c", 3);
    expect(output(story, "g")).toEqual({ a: 1, b: 2, c: 3 });
  });

  test("begins the group anew where the group is named", () => {
    const story = new Story(aWorkflow([{ id: "g", steps: [{ id: "a" }, { id: "b" }] }]));
    story.succeed("g/a").fail("g/b").command("retry", "g");
    expect(story.steps).toBe("g:running g/a:running g/b:failed");
  });

  test("does not go around an approval inside a group before it", () => {
    const workflow = aWorkflow([{ id: "g", steps: [{ id: "ok", kind: approval }] }, { id: "deploy" }]);
    const story = new Story(workflow).decide("reject").command("retry", "deploy");
    expect(story.problem).toBe("HOS307");
    const allowed = new Story(workflow).decide("approve").fail("deploy").command("retry", "deploy");
    expect(allowed.steps).toBe("g:completed g/ok:completed deploy:running");
  });
});

describe("children", () => {
  const workflow = aWorkflow([{ id: "qa", kind: { kind: "workflow", workflow: "./qa.yml" } }, { id: "z" }]);
  const parked = () => {
    const story = new Story(workflow);
    const waiting = { for: "child" as const, execution: "child-1" };
    return story.tell({ type: "step_parked", run: story.run("qa"), waiting, effects: [] });
  };
  const finished = (story: Story, state: "completed" | "failed" | "cancelled") =>
    story.tell({
      type: "child_finished",
      id: "m1",
      run: story.run("qa"),
      child: "child-1",
      state,
      outputs: { verdict: "fine" },
      error: null,
    });

  test("a child is owed until it is parked, and minded while it runs", () => {
    expect(new Story(workflow).effects).toContainEqual(expect.objectContaining({ type: "start_child" }));
    expect(parked().effects).toContainEqual({ type: "mind_child", child: "child-1", state: "running" });
    expect(parked().command("pause").effects).toContainEqual({
      type: "mind_child",
      child: "child-1",
      state: "paused",
    });
    expect(parked().command("cancel").effects).toContainEqual({
      type: "mind_child",
      child: "child-1",
      state: "cancelled",
    });
  });

  test("its outputs are the step's", () => {
    const story = finished(parked(), "completed");
    expect(output(story, "qa")).toEqual({ verdict: "fine" });
    expect(story.steps).toBe("qa:completed z:running");
  });

  test.for(["failed", "cancelled"] as const)("its end %s fails the step", (state) => {
    expect(finished(parked(), state).execution.ending?.error?.code).toBe(`child_${state}`);
  });
});

describe("what was parked", () => {
  test("is looked at again when its run ends, which is no new try", () => {
    const retry = {
      maxAttempts: 1,
      initialMs: 1,
      factor: 1,
      maxMs: 1,
      jitter: false,
      on: ["error" as const],
    };
    const story = new Story(
      aWorkflow([{ id: "ci", kind: { kind: "action", action: "actions.run" }, retry }]),
    );
    const waiting = { for: "run" as const, runId: 7, url: "" };
    story.tell({ type: "step_parked", run: story.run("ci"), waiting, effects: [] });
    const event = (id: string, run: number) =>
      story.tell({
        type: "event_received",
        id,
        name: "workflow_run.completed",
        payload: { workflow_run: { id: run } },
      });
    expect(event("d1", 8).run("ci").attempt).toBe(1);
    expect(event("d2", 7).run("ci").attempt).toBe(2);
    expect(story.effects).toContainEqual(expect.objectContaining({ type: "run_step" }));
    expect(story.succeed("ci").state).toBe("completed");
  });

  test("is looked at at once when its run had ended before", () => {
    const story = new Story(aWorkflow([{ id: "ci", kind: { kind: "action", action: "actions.run" } }]));
    const payload = { workflow_run: { id: 7 } };
    story.tell({ type: "event_received", id: "d1", name: "workflow_run.completed", payload });
    const waiting = { for: "run" as const, runId: 7, url: "" };
    story.tell({ type: "step_parked", run: story.run("ci"), waiting, effects: [] });
    expect(story.run("ci").attempt).toBe(2);
  });
});

test("what is parked is looked at though nothing was heard of it, ever more rarely", () => {
  const story = new Story(aWorkflow([{ id: "ci", kind: { kind: "wait_for_checks", checks: "all" } }]));
  const waiting = { for: "checks" as const, which: "all" as const, headSha: null };
  const gaps = [0, 1, 2, 3, 4, 5, 6].map(() => {
    story.tell({ type: "step_parked", run: story.run("ci"), waiting, effects: [] });
    const gap = (story.execution.due ?? 0) - story.at;
    story.after(gap).tell({ type: "timer_fired", run: story.run("ci"), timer: "look" });
    return gap / 60_000;
  });
  expect(gaps).toEqual([15, 30, 60, 120, 240, 360, 360]);
});

describe("bounds", () => {
  test("max_steps fails what would go on for ever", () => {
    const looped = { id: "r", repeat: repeat({ max: 100_000 }), steps: [{ id: "a", condition: "1 > 2" }] };
    const story = new Story(aWorkflow([looped], { limits: { maxSteps: 1_000 } }));
    expect(story.execution.ending?.error?.code).toBe("max_steps");
  });

  test("what max_steps ends is cleaned up after, within as many steps again", () => {
    const looped = { id: "r", repeat: repeat({ max: 100_000 }), steps: [{ id: "a", condition: "1 > 2" }] };
    const story = new Story(
      aWorkflow([looped], { limits: { maxSteps: 10 }, ...ends([{ id: "tidy" }, looped]) }),
    );
    expect(story.steps).toContain("finally/tidy:running");
    story.succeed("finally/tidy", null);
    expect([story.execution.state, story.execution.spending.steps]).toEqual(["failed", 20]);
    expect(story.execution.ending?.error?.step).toBe("r[]/a");
  });

  // 65,000 items in one decision: it hangs where each of their records costs a copy of all others.
  test("an execution keeps what came of 5000 steps, and is cleaned up after when it would be more", () => {
    const items = `{{ [${Array.from({ length: 250 }, (_, index) => index).join()}] }}`;
    const inner = { id: "inner", forEach: forEach(items, { maxParallel: 250 }), condition: "1 > 2" };
    const outer = { id: "outer", forEach: forEach(items, { maxParallel: 250 }), steps: [inner] };
    const story = new Story(
      aWorkflow([outer], { limits: { maxSteps: 1_000_000 }, ...ends([{ id: "tidy" }]) }),
    );
    expect(story.execution.ending?.error).toMatchObject({
      code: "too_many_steps",
      message: expect.stringContaining("5000 steps at most"),
    });
    expect(story.steps).toContain("finally/tidy:running");
    expect(Object.keys(story.execution.steps).length).toBe(5_001);
    expect(story.succeed("finally/tidy", null).execution.state).toBe("failed");
  });

  test("a budget that is spent pauses, and a resume grants it once more", () => {
    const story = new Story(aWorkflow([{ id: "a" }, { id: "b" }], { limits: { tokens: 100 } }));
    const spent = (path: string) =>
      story.tell({
        type: "step_succeeded",
        run: story.run(path),
        output: 1,
        effects: [],
        spending: { tokens: 150 },
      });
    expect(spent("a").state).toBe("paused");
    expect(story.steps).toBe("a:completed");
    expect(story.command("resume").steps).toBe("a:completed b:running");
    expect(spent("b").state).toBe("paused");
  });

  test("on_budget: fail fails", () => {
    const limits = { costUsd: 1, onBudget: "fail" as const };
    const story = new Story(aWorkflow([{ id: "a" }, { id: "b" }], { limits }));
    story.tell({
      type: "step_succeeded",
      run: story.run("a"),
      output: 1,
      effects: [],
      spending: { costUsd: 2 },
    });
    expect(story.execution.ending?.error?.code).toBe("budget");
  });
});
