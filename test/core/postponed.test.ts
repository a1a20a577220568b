import { expect, test } from "vitest";
import { aWorkflow } from "../support/workflow.ts";
import { Story, start } from "./support.ts";

const error = { code: "rate_limited", message: "come again", class: "transient" } as const;

function postponed(story: Story, notBefore: number): Story {
  return story.tell({
    type: "step_failed",
    run: story.run("act"),
    error,
    effects: [],
    notBefore,
    postponed: true,
  });
}

test("an attempt that is postponed is made again at its time, however often, and uses up no retry", () => {
  const story = new Story(aWorkflow([{ id: "act", kind: { kind: "action", action: "issues.create" } }]));
  for (let again = 1; again <= 20; again++) {
    postponed(story, story.at + 60_000);
    expect(story.execution.due).toBe(story.at + 60_000);
    story.after(60_000);
    story.tell({ type: "timer_fired", run: story.run("act"), timer: "retry" });
    expect(story.execution.steps["act"]?.runs.at(-1)).toMatchObject({ waiting: null, attempt: again + 1 });
  }
  story.succeed("act");
  expect(story.execution.state).toBe("completed");
});

test("its timeout runs from when it is made again", () => {
  const act = { id: "act", kind: { kind: "action", action: "issues.create" }, timeoutMs: 30_000 } as const;
  const story = new Story(aWorkflow([act]));
  postponed(story, start + 600_000);
  story.after(40_000).tell({ type: "timer_fired", run: story.run("act"), timer: "timeout" });
  expect(story.execution.state).toBe("running");
  story.after(560_000).tell({ type: "timer_fired", run: story.run("act"), timer: "retry" });
  expect(story.execution.steps["act"]?.runs.at(-1)).toMatchObject({ deadline: start + 630_000 });
});
