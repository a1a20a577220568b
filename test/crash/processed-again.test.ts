import { expect, test } from "vitest";
import { executionsOf, openShop, REPO, type Shop, unprocessed } from "../github/shop.ts";

// The second approval asks for the same as the first, so that a word given for the first would fit it as well.
const release = `
name: Release
on: { pull_request: { types: [opened] } }
steps:
  - { id: first, approval: { from: ["role:write"], exclude: [] } }
  - { id: second, approval: { from: ["role:write"], exclude: [] } }
`;

async function openRelease(): Promise<Shop & { readonly pull: number }> {
  const shop = await openShop({ files: { ".hishamos/release.yml": release } });
  shop.github.as("mona").push({ repo: REPO, branch: "next", files: { a: "a" }, message: "a" });
  const { number } = shop.github.as("mona").openPullRequest({ repo: REPO, head: "next", title: "Next" });
  await shop.settled();
  return { ...shop, pull: number };
}

/** As after a crash between the last deed for a delivery and the note of its outcome. */
async function processAgain(shop: Shop, event: string): Promise<void> {
  const guids = shop.github.deliveries().filter((one) => one.event === event);
  const stored = await shop.stores.deliveries.get(guids.at(0)?.guid ?? "");
  if (stored === null) throw new Error(`no ${event} was delivered`);
  await shop.stores.deliveries.update(unprocessed(stored));
  await shop.app.stop();
  shop.app.start();
  await shop.settled();
}

async function states(shop: Shop): Promise<unknown> {
  const [execution] = await executionsOf(shop);
  return Object.fromEntries(
    Object.entries(execution?.steps ?? {}).map(([path, { runs }]) => [path, runs.at(-1)?.state]),
  );
}

test("an approving comment that is processed again is not taken for the next approval", async () => {
  const shop = await openRelease();
  shop.github.as("hubot").comment(shop.pull, "/approve");
  await shop.settled();
  await processAgain(shop, "issue_comment");
  expect(await states(shop)).toEqual({ first: "completed", second: "running" });
  expect(await shop.outcomes("issue_comment.created")).toEqual([
    expect.stringMatching(/approve for release/),
  ]);
});

test("an approving review that is processed again is not taken for the next approval", async () => {
  const shop = await openRelease();
  shop.github.as("hubot").review(shop.pull, "APPROVE");
  await shop.settled();
  await processAgain(shop, "pull_request_review");
  expect(await states(shop)).toEqual({ first: "completed", second: "running" });
});

test("an approving comment that ended the execution is still answered when it is processed again", async () => {
  const shop = await openRelease();
  shop.github.as("hubot").review(shop.pull, "APPROVE");
  await shop.settled();
  const { id } = shop.github.as("hubot").comment(shop.pull, "/approve");
  await shop.settled();
  expect(await states(shop)).toEqual({ first: "completed", second: "completed" });
  await processAgain(shop, "issue_comment");
  const comments = shop.github.comments(REPO, shop.pull);
  expect(comments.find((comment) => comment.id === id)?.reactions).toMatchObject({ "+1": 1, confused: 0 });
  expect(comments).toHaveLength(1);
  expect(await shop.outcomes("issue_comment.created")).toEqual([
    expect.stringMatching(/approve for release/),
  ]);
});
