import { expect, test } from "vitest";
import { executionsOf, openShop, REPO } from "./shop.ts";

const elsewhere = `
name: Elsewhere
on: { issues: { types: [labeled], labels: [bug] } }
steps:
  - id: look
    agent: qa-agent
    subject: 1
  - id: gate
    approval: { from: [mona], exclude: [] }
    subject: 1
`;

test("what a step about another issue asks is answered there, and only what asks there", async () => {
  const shop = await openShop({ files: { ".hishamos/elsewhere.yml": elsewhere } });
  const { number: asked } = shop.github.as("mona").openIssue({ title: "Where it asks" });
  const { number: own } = shop.github.as("mona").openIssue({ title: "Where it began" });
  shop.github.as("mona").label(own, "bug");
  await shop.settled();
  expect(asked).toBe(1);
  shop.github.as("mona").comment(asked, "/hishamos done look verdict=good");
  await shop.settled();
  shop.github.as("mona").comment(asked, "/approve");
  await shop.settled();
  expect((await executionsOf(shop))[0]?.state).toBe("completed");
  shop.github.as("mona").comment(asked, "/cancel");
  await shop.settled();
  expect(shop.github.comments(REPO, asked).at(-1)?.body).toBe("/cancel");
});
