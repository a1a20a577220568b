import { expect, test } from "vitest";
import { executionsOf, openShop, REPO, type Shop } from "./shop.ts";

const parent = `
name: Parent
on: { issues: { labels: [bug] } }
steps:
  - id: both
    for_each: { in: ["a", "b"] }
    workflow: ./gate.yml
`;
const gate = `
name: Gate
steps:
  - id: gate
    approval: { from: ["role:write"], exclude: [] }
`;

async function openBoth() {
  const shop = await openShop({ files: { ".hishamos/parent.yml": parent, ".hishamos/gate.yml": gate } });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  shop.github.as("mona").label(number, "bug");
  await shop.settled();
  return { shop, number, ...(await family(shop)) };
}

async function family(shop: Shop) {
  const all = await executionsOf(shop);
  const top = all.find((one) => one.parent === null);
  return { top, children: all.filter((one) => one.parent !== null) };
}

async function say(shop: Shop, number: number, body: string): Promise<string> {
  shop.github.as("mona").comment(number, body);
  await shop.settled();
  return shop.github.comments(REPO, number).at(-1)?.body ?? "";
}

test("of two children that ask, each is approved by its id, and then the whole is done", async () => {
  const { shop, number, children } = await openBoth();
  expect(children).toHaveLength(2);
  const answer = await say(shop, number, "/approve");
  for (const { id } of children) expect(answer).toContain(`/hishamos approve ${id.slice(0, 8)}\` (gate)`);
  for (const { id } of children) await say(shop, number, `/hishamos approve ${id.slice(0, 8)} gate`);
  const after = await family(shop);
  expect(after.children.map(({ state }) => state)).toEqual(["completed", "completed"]);
  expect(after.top?.state).toBe("completed");
});

test("a cancel means the whole, and comes down to the children", async () => {
  const { shop, number } = await openBoth();
  await say(shop, number, "/cancel");
  const after = await family(shop);
  expect(after.top?.state).toBe("cancelled");
  expect(after.children.map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
});

test("the status tells what each waits for", async () => {
  const { shop, number, children } = await openBoth();
  const status = await say(shop, number, "/hishamos status");
  const [first, second] = children.map(({ id }) => id.slice(0, 8));
  expect(status).toMatch(/`both\[0\]` waits for its workflow, execution \w{8}<br>`both\[1\]`/);
  expect(status).toContain(`| Gate | \`${first}\` | running | \`gate\` waits for approval |`);
  expect(status).toContain(`| Gate | \`${second}\` |`);
});
