import { describe, expect, test } from "vitest";
import { groupOf, newExecution, type Subject, transition } from "../../src/core/index.ts";
import { aWorkflow, template } from "../support/workflow.ts";
import { Story, start } from "./support.ts";

const issue: Subject = {
  type: "issue",
  number: 7,
  title: "t",
  author: "a",
  labels: [],
  url: "",
  head_sha: null,
  is_fork: false,
  state: "open",
};
const given = {
  id: "e1",
  repository: { id: 1, owner: "acme", name: "shop" },
  installation: null,
  subject: issue,
  actor: "stranger",
  input: {},
  event: {},
  commit: null,
  at: start,
};

function held(workflow = aWorkflow([{ id: "a" }])): Story {
  const story = new Story(workflow);
  story.execution = newExecution(workflow, { ...given, held: "stranger" });
  return story;
}

describe("the start of an outsider", () => {
  test("waits: it is paused, holds no group, and a start changes nothing", () => {
    const story = held().tell({ type: "started" });
    expect(story.execution).toMatchObject({ state: "paused", slot: null, held: "stranger", steps: {} });
  });

  test("begins when it is allowed, once the engine has its group for it", () => {
    const story = held().command("allow");
    expect(story.execution).toMatchObject({ state: "running", held: null, wants: "1/.hishamos/test.yml/7" });
    story.tell({ type: "started" });
    expect(story.execution).toMatchObject({ wants: null, slot: "1/.hishamos/test.yml/7" });
    expect(story.steps).toBe("a:running");
  });

  test("begins at once where there is no group", () => {
    const workflow = aWorkflow([{ id: "a" }], { concurrency: { group: template("null"), onConflict: null } });
    expect(held(workflow).command("allow").steps).toBe("a:running");
  });

  test("is over when its issue is closed before anybody allowed it", () => {
    const payload = { issue: { number: 7, state: "closed" } };
    const story = held().tell({ type: "event_received", id: "c", name: "issues.closed", payload });
    expect(story.execution).toMatchObject({ state: "cancelled", steps: {} });
  });

  test("is not let in by resume, and can be cancelled", () => {
    expect(held().command("resume").problem).toBe("HOS304");
    expect(held().command("cancel").state).toBe("cancelled");
  });

  test("allow says so where nothing waits for it", () => {
    expect(new Story(aWorkflow([{ id: "a" }])).command("allow").problem).toBe("HOS304");
  });
});

describe("a queued execution", () => {
  const queued = () => {
    const workflow = aWorkflow([{ id: "a" }], { limits: { timeoutMs: 1_000 }, finally: null });
    const story = new Story(workflow);
    const blank = newExecution(workflow, given);
    story.execution = { ...blank, slot: null, wants: blank.slot };
    return story;
  };

  test("takes its group when it is started, and its time runs from then", () => {
    const story = queued().after(5_000).tell({ type: "started" });
    expect(story.execution).toMatchObject({ wants: null, slot: "1/.hishamos/test.yml/7" });
    expect(story.execution.deadline).toBe(story.at + 1_000);
  });

  test("cancelled, it ends at once and wants nothing any more", () => {
    expect(queued().command("cancel").execution).toMatchObject({ state: "cancelled", wants: null });
  });

  test("paused, it does not start", () => {
    expect(queued().command("pause").tell({ type: "started" }).execution).toMatchObject({
      steps: {},
      slot: null,
    });
  });
});

describe("the group", () => {
  const of = (group: string | null, over: object = {}) =>
    groupOf(
      { path: "p.yml", concurrency: { group: group === null ? null : template(group), onConflict: null } },
      { ...newExecution(aWorkflow([{ id: "a" }]), given), ...over },
      start,
    );

  test.for([
    ["the workflow and its subject", null, {}, "1/p.yml/7"],
    ["none without a subject", null, { subject: null }, null],
    ["as the workflow says, for the repository", '"deploy"', {}, "1/group/deploy"],
    ["a number as text", "5", {}, "1/group/5"],
    ["none where it is empty", '""', {}, null],
    ["none for a child", '"deploy"', { parent: { execution: "e0", run: {} } }, null],
  ] as const)("%s", ([, group, over, expected]) => {
    expect(of(group, over)).toBe(expected);
  });

  test.for(["nosuch.root", `"${"x".repeat(201)}"`])("a problem: %s", (group) => {
    expect(of(group)).toHaveProperty("problem");
  });
});

test("a tracking issue becomes the subject of an execution that had none, and of no other", () => {
  const story = new Story(aWorkflow([{ id: "a" }]));
  story.tell({ type: "subject_adopted", id: "m1", subject: issue });
  expect(story.execution.subject?.number).toBe(7);
  story.tell({ type: "subject_adopted", id: "m2", subject: { ...issue, number: 8 } });
  expect(story.execution.subject?.number).toBe(7);
});

test("a late start of one that has begun changes nothing", () => {
  const story = new Story(aWorkflow([{ id: "a" }]));
  const again = transition(story.workflow, story.execution, { type: "started", at: start });
  expect(again).toEqual({ execution: story.execution, effects: [] });
});

test("the timeline keeps the reason that a person gave", () => {
  const story = new Story(aWorkflow([{ id: "a" }]));
  story.tell({ type: "commanded", id: "c", command: "cancel", by: "maya", step: null, reason: "too late" });
  expect(story.execution.timeline).toContainEqual(
    expect.objectContaining({ by: "maya", what: "cancel", reason: "too late" }),
  );
});
