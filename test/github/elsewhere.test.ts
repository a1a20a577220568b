import { expect, test } from "vitest";
import { stepStates } from "../engine/support.ts";
import { executionsOf, openShop } from "./shop.ts";

/** Steps about pull request #1, of an execution about issue #2. */
const about = (steps: string) => `
name: Elsewhere
on: { issues: { types: [opened] } }
steps:
  - id: both
    parallel:
      steps:
${steps}
`;

async function openBoth(steps: string) {
  const shop = await openShop({ files: { ".hishamos/it.yml": about(steps) } });
  shop.github.as("hubot").push({ branch: "topic", from: "main", message: "Topic", files: { "a.txt": "1" } });
  const pull = shop.github.as("hubot").openPullRequest({ title: "A topic", head: "topic" });
  const issue = shop.github.as("hubot").openIssue({ title: "It breaks" });
  expect([pull.number, issue.number]).toEqual([1, 2]);
  await shop.settled();
  const states = async () => {
    const { both: _, ...inner } = stepStates((await executionsOf(shop))[0] ?? null);
    return inner;
  };
  return { shop, states };
}

test("a review decides the approval that is about its pull request, and no other", async () => {
  const { shop, states } = await openBoth(`
        - { id: there, subject: 1, approval: { by: [review] } }
        - { id: here, approval: { by: [review, command] } }`);
  shop.github.as("mona").review(1, "APPROVE");
  await shop.settled();
  expect(await states()).toEqual({ "both/there": "completed", "both/here": "running" });
});

test("a comment ends the wait that is about its issue or pull request, and no other", async () => {
  const { shop, states } = await openBoth(`
        - { id: there, subject: 1, wait_for: { event: issue_comment.created } }
        - { id: here, wait_for: { event: issue_comment.created } }`);
  shop.github.as("mona").comment(1, "Have a look.");
  await shop.settled();
  expect(await states()).toEqual({ "both/there": "completed", "both/here": "running" });
  shop.github.as("mona").comment(2, "And here.");
  await shop.settled();
  expect(await states()).toEqual({ "both/there": "completed", "both/here": "completed" });
});

test("a command is heard where a step is about it, until that has ended", async () => {
  const { shop, states } = await openBoth(`
        - { id: there, subject: 1, agent: qa-agent }
        - { id: here, agent: qa-agent }`);
  shop.github.as("mona").comment(1, "/hishamos skip there");
  await shop.settled();
  expect(await states()).toEqual({ "both/there": "skipped", "both/here": "running" });
  shop.github.as("mona").comment(1, "/hishamos skip here");
  await shop.settled();
  expect(await states()).toMatchObject({ "both/here": "running" });
});
