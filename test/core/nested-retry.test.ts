import { describe, expect, test } from "vitest";
import type { StepKind } from "../../src/core/index.ts";
import { aList, aStep, aWorkflow, expression, type StepSketch, template } from "../support/workflow.ts";
import { Story } from "./support.ts";

const approval: StepKind = {
  kind: "approval",
  from: [],
  count: 1,
  by: ["command"],
  exclude: [],
  message: null,
};
const pushed = (story: Story, head: string) =>
  story.tell({
    type: "event_received",
    id: head,
    name: "pull_request.synchronize",
    payload: {},
    pullRequest: { number: 9, url: "", branch: "fix", head_sha: head, state: "open" },
  });

describe("retry inside", () => {
  test("a parallel: the branches that failed or were cancelled begin again, the others stay", () => {
    const steps = [{ id: "a" }, { id: "b" }, { id: "c" }];
    const story = new Story(aWorkflow([{ id: "p", join: "all", steps }]));
    story.succeed("p/a").fail("p/b").command("retry");
    expect(story.steps).toBe("p:running p/a:completed p/b:running p/c:running");
    expect(story.succeed("p/b").succeed("p/c").state).toBe("completed");
  });

  test("a group: from the step that is named, by its path or its id", () => {
    const workflow = aWorkflow([{ id: "g", steps: [{ id: "a" }, { id: "b" }] }]);
    for (const name of ["g/a", "a"]) {
      const story = new Story(workflow).succeed("g/a").fail("g/b").command("retry", name);
      expect(story.steps).toBe("g:running g/a:running g/b:failed");
    }
  });

  test("a repeat: within the iteration that failed", () => {
    const repeat = { until: expression("self.b == 2"), everyMs: 0, max: 5 };
    const story = new Story(aWorkflow([{ id: "r", repeat, steps: [{ id: "a" }, { id: "b" }] }]));
    story.succeed("r[]/a", 1).fail("r[]/b").command("retry");
    expect(story.steps).toBe("r:running r[]:running r[]/a:completed r[]/b:running");
    expect(story.succeed("r[]/b", 2).state).toBe("completed");
  });

  test("an item: within it, at the step that failed", () => {
    const forEach = { in: template("[1, 2]"), as: "item", maxParallel: 10, failFast: false };
    const story = new Story(aWorkflow([{ id: "e", forEach, steps: [{ id: "a" }, { id: "b" }] }]));
    story.succeed("e[0]/a").succeed("e[1]/a").succeed("e[0]/b").fail("e[1]/b").command("retry");
    expect(story.steps).toBe(
      "e:running e[0]:completed e[1]:running e[0]/a:completed e[1]/a:completed e[0]/b:completed e[1]/b:running",
    );
  });

  test("attempts are counted anew in each round", () => {
    const story = new Story(aWorkflow([{ id: "g", steps: [{ id: "a" }] }])).fail("g/a").command("retry");
    expect(story.execution.steps["g/a"]).toMatchObject({ visits: 1, attempts: 1 });
  });

  test("is ambiguous where several steps have the id", () => {
    const workflow = aWorkflow([
      { id: "g", steps: [{ id: "x" }] },
      { id: "h", steps: [{ id: "x" }] },
    ]);
    expect(new Story(workflow).succeed("g/x").fail("h/x").command("retry", "x").problem).toBe("HOS302");
  });
});

describe("an approval for other commits", () => {
  test("is not gone around within its group", () => {
    const workflow = aWorkflow([{ id: "g", steps: [{ id: "ok", kind: approval }, { id: "deploy" }] }]);
    const story = pushed(new Story(workflow), "1").decide("approve").fail("g/deploy");
    expect(story.command("retry").steps).toBe("g:running g/ok:completed g/deploy:running");
    const newer = pushed(new Story(workflow), "1").decide("approve");
    pushed(newer, "2").fail("g/deploy").command("retry");
    expect(newer.problem).toBe("HOS307");
  });

  test("does not count as given in the branch beside the one that is tried again", () => {
    const steps: StepSketch[] = [{ id: "ok", kind: approval }, { id: "test" }];
    const workflow = aWorkflow([{ id: "p", join: "all", steps }, { id: "deploy" }]);
    const story = pushed(new Story(workflow), "1").decide("approve");
    pushed(story, "2").fail("p/test").command("retry");
    expect(story.problem).toBe("HOS307");
  });
});

describe("finally", () => {
  const sweep = (...steps: StepSketch[]) => ({ finally: aList(steps.map(aStep)) });

  test("over while paused, the execution ends with the resume", () => {
    const story = new Story(aWorkflow([{ id: "a" }], sweep({ id: "z" }))).succeed("a").command("pause");
    expect(story.succeed("finally/z").state).toBe("paused");
    expect(story.command("resume").state).toBe("completed");
    expect(story.steps).toBe("a:completed finally/z:completed");
  });

  test("is not entered by what has not begun", () => {
    const story = new Story(aWorkflow([{ id: "a" }], sweep({ id: "z" })));
    const { steps: _, ...rest } = story.execution;
    story.execution = { ...rest, steps: {}, wants: "group", slot: null };
    expect(story.command("cancel").execution).toMatchObject({ state: "cancelled", steps: {} });
  });

  test("sees nothing of its run in an earlier round", () => {
    const steps = sweep({ id: "y", condition: "steps.z.state == null" }, { id: "z" });
    const story = new Story(aWorkflow([{ id: "a" }], steps));
    story.fail("a").succeed("finally/y").succeed("finally/z").command("retry").succeed("a");
    expect(story.steps).toContain("finally/y:running");
  });

  test("has the workflow's time once more, and ends it when that is over", () => {
    const story = new Story(
      aWorkflow([{ id: "a" }], { ...sweep({ id: "z" }), limits: { timeoutMs: 1_000 } }),
    );
    story.after(400).succeed("a");
    expect(story.execution.deadline).toBe(story.at + 1_000);
    story.after(1_000).tell({ type: "timed_out", round: 1 });
    expect(story.execution).toMatchObject({ state: "failed", ending: { error: { code: "timeout" } } });
  });

  test("goes on when the subject is closed meanwhile", () => {
    const story = new Story(aWorkflow([{ id: "a" }], sweep({ id: "z" }))).succeed("a");
    const subject = { type: "issue", number: 7, title: "", author: "", labels: [], url: "" } as const;
    story.execution = {
      ...story.execution,
      subject: { ...subject, head_sha: null, is_fork: false, state: "open" },
    };
    story.tell({ type: "event_received", id: "c", name: "issues.closed", payload: { issue: { number: 7 } } });
    expect(story.state).toBe("running");
  });
});

describe("times", () => {
  test("a for_each's timeout is of each item, a repeat's of the whole", () => {
    const forEach = { in: template("[1]"), as: "item", maxParallel: 1, failFast: true };
    const each = new Story(aWorkflow([{ id: "e", forEach, timeoutMs: 500 }]));
    expect(each.execution.steps["e"]?.runs.at(-1)).toMatchObject({ deadline: null });
    expect(each.execution.steps["e[0]"]?.runs.at(-1)).toMatchObject({ deadline: each.at + 500 });
    const repeat = { until: null, everyMs: 0, max: 2 };
    const whole = new Story(aWorkflow([{ id: "r", repeat, timeoutMs: 500 }]));
    expect(whole.execution.steps["r"]?.runs.at(-1)).toMatchObject({ deadline: whole.at + 500 });
    expect(whole.execution.steps["r[]"]?.runs.at(-1)).toMatchObject({ deadline: null });
  });
});

test("for_each takes 256 items and no more", () => {
  const of = (count: number) => {
    const items = { evaluate: () => ({ value: Array.from({ length: count }, () => 0) }) };
    return new Story(
      aWorkflow([{ id: "e", forEach: { in: items, as: "item", maxParallel: 1, failFast: true } }]),
    );
  };
  expect(of(256).state).toBe("running");
  expect(of(257).execution.ending?.error?.message).toContain("at most 256 items");
});

test("of two waits that an event satisfies, the first in the file has it", () => {
  const wait: StepKind = { kind: "wait_for", events: ["issues.edited"], match: null, since: null };
  const steps: StepSketch[] = [
    { id: "a", steps: [{ id: "deep", kind: wait }] },
    { id: "b", kind: wait },
  ];
  const story = new Story(aWorkflow([{ id: "p", join: "all", steps }]));
  story.tell({ type: "event_received", id: "d", name: "issues.edited", payload: {} });
  expect(story.steps).toBe("p:running p/a:completed p/b:running p/a/deep:completed");
});

test("a step about the execution's own subject is about no other", () => {
  const subject = { type: "issue", number: 7, title: "", author: "", labels: [], url: "" } as const;
  const about = (number: number) => {
    const story = new Story(
      aWorkflow([{ id: "a" }, { id: "b", subject: { evaluate: () => ({ value: number }) } }]),
    );
    story.execution = {
      ...story.execution,
      subject: { ...subject, head_sha: null, is_fork: false, state: "open" },
    };
    return story.succeed("a").execution.steps["b"]?.runs.at(-1)?.subject;
  };
  expect([about(7), about(8)]).toEqual([undefined, 8]);
});

test("the first wait inside groups looks back to the step before them", () => {
  const wait: StepKind = { kind: "wait_for", events: ["issues.edited"], match: null, since: null };
  const inner = [{ id: "h", join: "all" as const, steps: [{ id: "w", kind: wait }] }];
  const story = new Story(aWorkflow([{ id: "a" }, { id: "g", steps: inner }]));
  story.after(1_000).tell({ type: "event_received", id: "d", name: "issues.edited", payload: { n: 1 } });
  expect(story.after(1_000).succeed("a").state).toBe("completed");
});
