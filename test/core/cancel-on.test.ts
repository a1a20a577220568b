import { describe, expect, test } from "vitest";
import type { GitHubEvent, StepKind, Subject } from "../../src/core/index.ts";
import { aWorkflow } from "../support/workflow.ts";
import { Story } from "./support.ts";

const subject: Subject = {
  type: "issue",
  number: 7,
  title: "t",
  author: "a",
  labels: ["bug"],
  url: "",
  head_sha: null,
  is_fork: false,
  state: "open",
};
const update: StepKind = { kind: "action", action: "issues.update" };
const waitForClose: StepKind = { kind: "wait_for", events: ["issues.closed"], match: null, since: null };

function story(kind: StepKind = { kind: "agent", agent: "a" }, over: Parameters<typeof aWorkflow>[1] = {}) {
  const told = new Story(aWorkflow([{ id: "a", kind }], over));
  told.execution = {
    ...told.execution,
    subject,
    event: { action: "labeled", label: { name: "bug" }, issue: { number: 7 } },
  };
  return told;
}

function hear(told: Story, name: string, payload: GitHubEvent["payload"], cause?: GitHubEvent["cause"]) {
  return told.tell({ type: "event_received", id: name, name, payload, ...(cause ? { cause } : {}) });
}
const closed = { issue: { number: 7, state: "closed" }, sender: { login: "maya" } };
const unlabeled = (name: string) => ({ issue: { number: 7 }, label: { name } });

describe("cancel_on", () => {
  test("the subject closed by a person cancels, and the timeline says who", () => {
    const told = hear(story(), "issues.closed", closed);
    expect(told.state).toBe("cancelled");
    expect(told.execution.timeline).toContainEqual(
      expect.objectContaining({ by: "maya", what: "cancel: closed" }),
    );
  });

  test("the starting label removed cancels, another one does not", () => {
    expect(hear(story(), "issues.unlabeled", unlabeled("ui")).state).toBe("running");
    expect(hear(story(), "issues.unlabeled", unlabeled("bug")).state).toBe("cancelled");
  });

  test("another subject does not", () => {
    expect(hear(story(), "issues.closed", { issue: { number: 8 } }).state).toBe("running");
  });

  test("not where cancel_on is empty", () => {
    expect(hear(story(undefined, { cancelOn: [] }), "issues.closed", closed).state).toBe("running");
  });

  test("not when the merge of its pull request closed it", () => {
    expect(hear(story(), "issues.closed", closed, "merge").state).toBe("running");
  });

  test("not when this execution closed it, while it is doing so or after", () => {
    expect(hear(story(update), "issues.closed", closed, "us").state).toBe("running");
    const told = new Story(aWorkflow([{ id: "a", kind: update }, { id: "b" }]));
    told.execution = { ...told.execution, subject };
    const effects = [{ key: "k", method: "issues.update", ref: null }];
    told.tell({ type: "step_succeeded", run: told.run("a"), output: null, effects });
    expect(hear(told, "issues.closed", closed, "us").state).toBe("running");
  });

  test("but when another execution of ours closed it", () => {
    expect(hear(story(), "issues.closed", closed, "us").state).toBe("cancelled");
  });

  test("an event that a wait has does not cancel", () => {
    expect(hear(story(waitForClose), "issues.closed", closed).state).toBe("completed");
  });

  test("a child leaves it to its parent", () => {
    const told = story();
    const run = { round: 1, path: "qa", visit: 1, attempt: 1 };
    told.execution = { ...told.execution, parent: { execution: "e0", run } };
    expect(hear(told, "issues.closed", closed).state).toBe("running");
  });

  test.for([
    [["closed"], false, "cancelled"],
    [["closed"], true, "running"],
    [["merged"], true, "cancelled"],
  ] as const)("%j, a pull request with merged %j: %s", ([cancelOn, merged, state]) => {
    const told = story(undefined, { cancelOn });
    told.execution = { ...told.execution, subject: { ...subject, type: "pull_request" } };
    const payload = { pull_request: { number: 7, merged, state: "closed" } };
    expect(hear(told, "pull_request.closed", payload).state).toBe(state);
  });
});

describe("wait_for: {pull_request: …}", () => {
  const pull = (state: "open" | "merged" | "closed") => ({
    number: 9,
    url: "",
    branch: "fix",
    head_sha: "1",
    state,
  });
  const waiting = (wanted: "merged" | "closed", now: ReturnType<typeof pull>[] = []) => {
    const kind: StepKind = { kind: "wait_for_pull_request", state: wanted };
    const told = new Story(aWorkflow([{ id: "before" }, { id: "a", kind }]));
    told.execution = { ...told.execution, subject, linked: now };
    return told.succeed("before");
  };
  const becomes = (told: Story, state: "open" | "merged" | "closed") =>
    told.tell({
      type: "event_received",
      id: state,
      name: "pull_request.x",
      payload: {},
      pullRequest: pull(state),
    });

  test("is true at entry where it is merged already", () => {
    expect(waiting("merged", [pull("merged")]).state).toBe("completed");
  });

  test("closed is true at entry of a merge too", () => {
    expect(waiting("closed", [pull("merged")]).state).toBe("completed");
  });

  test("ends when it is merged", () => {
    const told = waiting("merged");
    expect(becomes(told, "open").state).toBe("running");
    expect(becomes(told, "merged").state).toBe("completed");
    expect(told.execution.steps["a"]?.runs.at(-1)).toMatchObject({ output: { number: 9, state: "merged" } });
  });

  test("fails when it is closed without that", () => {
    expect(becomes(waiting("merged"), "closed").execution.ending?.error?.code).toBe("pull_request_closed");
  });

  test("closed is heard of a merge too", () => {
    expect(becomes(waiting("closed"), "merged").state).toBe("completed");
  });
});

test("parked checks are looked at again when a check moves", () => {
  const kind: StepKind = { kind: "wait_for_checks", checks: "all" };
  const told = new Story(aWorkflow([{ id: "a", kind }]));
  const waiting = { for: "checks" as const, which: "all" as const, headSha: null };
  told.tell({ type: "step_parked", run: told.run("a"), waiting, effects: [] });
  expect(hear(told, "issues.edited", {}).run("a").attempt).toBe(1);
  expect(hear(told, "check_run.completed", {}).run("a").attempt).toBe(2);
});
