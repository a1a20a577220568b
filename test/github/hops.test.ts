import { expect, test } from "vitest";
import { marker, writtenBy } from "../../src/github/marker.ts";
import { executionsOf, openShop, REPO, type Shop } from "./shop.ts";

const own = (event: string, types: string) => `
name: Echo
on: { ${event}: { types: [${types}], own: true } }
steps: [{ id: look, agent: bug-triage-agent }]
`;

/** What our App does on GitHub, by its own token. */
async function asUs(shop: Shop) {
  const [installation] = (await shop.clients.app().rest.apps.listInstallations()).data;
  return shop.clients.installation(installation?.id ?? 0).rest;
}

const place = { owner: "acme", repo: "shop" };

/** An execution on a new issue, so many hops from a person. */
async function openEcho(hops: number, event: string, types: string) {
  const shop = await openShop({ files: { ".hishamos/echo.yml": own(event, types) } });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  await shop.settled();
  const [first] = await executionsOf(shop);
  if (first === undefined) throw new Error("nothing was started");
  const made = { ...first, id: "f".repeat(32), revision: 1, hops, slot: null, consumed: [] };
  await shop.stores.executions.create(made);
  await shop.engine.send({
    id: "end it",
    executionId: first.id,
    at: shop.clock.now(),
    body: { type: "commanded", id: "end it", command: "cancel", by: "mona", step: null, reason: null },
  });
  await shop.engine.idle();
  const others = async () => (await executionsOf(shop)).filter(({ id }) => id !== first.id && id !== made.id);
  return { shop, number, made, others };
}

test("a marker names the execution whose key it is, and nothing else does", () => {
  const id = "0123456789abcdef0123456789abcdef";
  expect(writtenBy(`text\n\n${marker(`${id}/1/triage/1`)}`)).toBe(id);
  expect(writtenBy(`text\n\n${marker(`ask/${id}/1/triage/1/1`)}`)).toBe(id);
  expect(writtenBy(marker("answer:comment:1:0"))).toBeNull();
  expect(writtenBy(`${marker(`${id}/1/triage/1`)} and more`)).toBeNull();
});

test.for([
  [0, 1],
  [1, 2],
  [2, null],
] as const)("an issue that an execution of %i hops opens starts one of %j", async ([hops, after]) => {
  const { shop, made, others } = await openEcho(hops, "issues", "opened");
  const rest = await asUs(shop);
  const body = `By a step.\n\n${marker(`${made.id}/1/look/1`)}`;
  await rest.issues.create({ ...place, title: "Another", body });
  await shop.settled();
  expect((await others()).map((one) => one.hops)).toEqual(after === null ? [] : [after]);
  if (after !== null) return;
  expect((await shop.outcomes("issues.opened")).at(-1)).toMatch(/3 executions in a row.*loop/);
});

test("a label of ours is the deed of the execution that is at work there", async () => {
  const { shop, number, others } = await openEcho(1, "issues", "opened, labeled");
  const rest = await asUs(shop);
  await rest.issues.addLabels({ ...place, issue_number: number, labels: ["bug"] });
  await shop.settled();
  expect((await others()).map((one) => one.hops)).toEqual([2]);
});

test("the marker of ours in somebody else's issue says nothing", async () => {
  const { shop, made, others } = await openEcho(2, "issues", "opened");
  shop.github.as("mona").openIssue({ title: "Mine", body: marker(`${made.id}/1/look/1`) });
  await shop.settled();
  expect((await others()).map((one) => one.hops)).toEqual([0]);
});

test("what a person does on an issue of ours begins to count anew", async () => {
  const { shop, others, made } = await openEcho(2, "issues", "opened, labeled");
  const rest = await asUs(shop);
  const body = marker(`${made.id}/1/look/1`);
  const { data } = await rest.issues.create({ ...place, title: "Another", body });
  await shop.settled();
  expect(await others()).toEqual([]);
  shop.github.as("mona").label({ repo: REPO, number: data.number }, "bug");
  await shop.settled();
  expect((await others()).map((one) => one.hops)).toEqual([0]);
});

test("without own, what we do starts nothing", async () => {
  const files = { ".hishamos/echo.yml": own("issues", "opened").replace(", own: true", "") };
  const shop = await openShop({ files });
  await (await asUs(shop)).issues.create({ ...place, title: "Another" });
  await shop.settled();
  expect(await executionsOf(shop)).toEqual([]);
});

test("the marker of ours in an issue of another bot says nothing", async () => {
  const { shop, made, others } = await openEcho(2, "issues", "opened");
  shop.github.createUser("trusted[bot]", "Bot");
  shop.github.as("trusted[bot]").openIssue({ title: "Mine", body: marker(`${made.id}/1/look/1`) });
  await shop.settled();
  expect((await others()).map((one) => one.hops)).toEqual([0]);
});

test("a bot is allowed by its login with [bot], too", async () => {
  const files = { ".hishamos/echo.yml": own("issues", "opened").replace(", own: true", "") };
  const shop = await openShop({ files, allowedBots: ["Exact[bot]"] });
  for (const login of ["exact[bot]", "other[bot]"]) {
    shop.github.createUser(login, "Bot");
    shop.github.as(login).openIssue({ title: "Another" });
  }
  await shop.settled();
  expect((await executionsOf(shop)).map(({ actor }) => actor)).toEqual(["exact[bot]"]);
});
