import { expect, test } from "vitest";
import { executionsOf, openShop, REPO, type Shop, unprocessed } from "./shop.ts";

const fixing = `
name: Fixing
on:
  issues: { labels: [bug] }
steps:
  - id: fix
    agent: coding-agent
  - id: review
    approval: { from: ["role:write"], by: [review, command] }
  - id: closed
    wait_for: { event: issues.closed }
`;

async function startOne(): Promise<{ readonly shop: Shop; readonly issue: number }> {
  const shop = await openShop({ files: { ".hishamos/fixing.yml": fixing } });
  const { number } = shop.github.as("reader").openIssue({ title: "It breaks" });
  shop.github.as("olga").label(number, "bug");
  await shop.settled();
  return { shop, issue: number };
}

async function stateOf(shop: Shop) {
  const [execution] = await executionsOf(shop);
  const steps = Object.entries(execution?.steps ?? {}).map(([id, { runs }]) => [id, runs.at(-1)?.state]);
  return { execution, steps: Object.fromEntries(steps) as Record<string, string> };
}

function openFix(shop: Shop, issue: number) {
  shop.github.as("hubot").push({ branch: "fix", from: "main", message: "Fix", files: { "a.txt": "1" } });
  return shop.github.as("hubot").openPullRequest({ title: "A fix", body: `Fixes #${issue}`, head: "fix" });
}

test("a pull request that closes the subject is linked, and its review decides", async () => {
  const { shop, issue } = await startOne();
  expect((await stateOf(shop)).steps).toEqual({ fix: "running" });
  const pull = openFix(shop, issue);
  await shop.settled();
  const linked = await stateOf(shop);
  expect(linked.execution?.linked).toMatchObject([{ number: pull.number, branch: "fix", state: "open" }]);
  expect(linked.steps).toEqual({ fix: "completed", review: "running" });

  shop.github.as("mona").review(pull.number, "APPROVE");
  await shop.settled();
  expect((await stateOf(shop)).steps).toEqual({ fix: "completed", review: "completed", closed: "running" });
  expect(await shop.outcomes("pull_request_review.submitted")).toEqual([
    expect.stringMatching(/^processed: told fixing \w{8}; approve by review for fixing \w{8}$/),
  ]);

  shop.github.as("olga").closeIssue(issue);
  await shop.settled();
  expect((await stateOf(shop)).execution?.state).toBe("completed");
});

test("a review that asks for changes rejects, with its words as the reason", async () => {
  const { shop, issue } = await startOne();
  const pull = openFix(shop, issue);
  await shop.settled();
  shop.github.as("mona").review(pull.number, "REQUEST_CHANGES", "The test is missing.");
  await shop.settled();
  const { execution, steps } = await stateOf(shop);
  expect(steps["review"]).toBe("failed");
  expect(execution?.ending?.error).toMatchObject({ code: "rejected", message: "The test is missing." });
});

const powerless: readonly { readonly what: string; readonly act: (shop: Shop, pull: number) => void }[] = [
  {
    what: "somebody without the role",
    act: (shop, pull) => shop.github.as("reader").review(pull, "APPROVE"),
  },
  { what: "a mere comment", act: (shop, pull) => shop.github.as("mona").review(pull, "COMMENT", "Nice.") },
];

test.for(powerless)("a review by $what decides nothing and is not answered", async ({ act }) => {
  const { shop, issue } = await startOne();
  const pull = openFix(shop, issue);
  await shop.settled();
  act(shop, pull.number);
  await shop.settled();
  expect((await stateOf(shop)).steps["review"]).toBe("running");
  expect(shop.github.comments(REPO, pull.number)).toEqual([]);
});

test("a review of an older head decides nothing", async () => {
  const { shop, issue } = await startOne();
  const pull = openFix(shop, issue);
  await shop.settled();
  await shop.app.stop();
  shop.github.as("mona").review(pull.number, "APPROVE");
  shop.github.as("hubot").push({ branch: "fix", message: "More", files: { "a.txt": "2" } });
  await shop.github.settled();
  shop.app.start();
  await shop.settled();
  expect((await stateOf(shop)).steps["review"]).toBe("running");
  expect((await shop.outcomes("pull_request_review.submitted"))[0]).toMatch(/not of the head/);
});

test("the same event twice reaches an execution once; the event that started it does not reach it", async () => {
  const { shop, issue } = await startOne();
  const [labeled] = await shop.outcomes("issues.labeled");
  expect(labeled).toMatch(/^processed: started/);
  const delivery = shop.github.deliveries().find(({ action }) => action === "labeled");
  const stored = await shop.stores.deliveries.get(delivery?.guid ?? "");
  // As after a crash between the start and the outcome.
  if (stored) await shop.stores.deliveries.update(unprocessed(stored));
  await shop.app.stop();
  shop.app.start();
  await shop.settled();
  expect(await shop.outcomes("issues.labeled")).toEqual([
    expect.stringMatching(/^processed: had started fixing/),
  ]);
  expect(await executionsOf(shop)).toHaveLength(1);
  expect(shop.github.issue(REPO, issue).state).toBe("open");
});
