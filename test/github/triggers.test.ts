import { expect, test } from "vitest";
import { executionsOf, openShop } from "./shop.ts";

const bug = `
name: Bug
on:
  issues:
    labels: [bug]
steps:
  - id: triage
    agent: bug-triage-agent
`;

test("the label that a workflow names starts it, at the default branch's commit, on that issue", async () => {
  const shop = await openShop({ files: { ".hishamos/bug.yml": bug } });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  shop.github.as("mona").label(number, "bug");
  await shop.settled();

  const [execution, ...others] = await executionsOf(shop);
  expect(others).toEqual([]);
  expect(execution).toMatchObject({
    workflow: { stem: "bug", path: ".hishamos/bug.yml" },
    repository: { owner: "acme", name: "shop" },
    subject: { type: "issue", number, title: "It breaks", author: "mona", labels: ["bug"] },
    actor: "mona",
    state: "running",
  });
  expect(execution?.workflow.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(await shop.outcomes("issues.labeled")).toEqual([
    `processed: started bug ${execution?.id.slice(0, 8)}`,
  ]);
  expect(await shop.outcomes("issues.opened")).toEqual(["ignored: it concerns no workflow"]);
});
