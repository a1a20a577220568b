import { expect, test } from "vitest";
import { deliver, executionsOf, openShop, REPO, type Shop } from "./shop.ts";

const onIssue = `
name: Triage
on: { issues: { types: [opened] } }
steps: [{ id: triage, agent: bug-triage-agent }]
`;
const onPull = `
name: Review
on: { pull_request: { types: [opened, labeled, synchronize] } }
steps: [{ id: review, agent: code-reviewer }]
`;

async function heldOn(files: Readonly<Record<string, string>> = { ".hishamos/triage.yml": onIssue }) {
  const shop = await openShop({ files });
  shop.github.setRole("tina", "triage", REPO);
  const { number } = shop.github.as("reader").openIssue({ title: "It breaks" });
  await shop.settled();
  return { shop, number };
}

async function newest(shop: Shop) {
  return (await executionsOf(shop)).at(-1);
}

test("what a stranger starts is kept, and nothing of it runs", async () => {
  const { shop } = await heldOn();
  const execution = await newest(shop);
  expect(execution).toMatchObject({ held: "reader", state: "paused", steps: {} });
  expect(await shop.outcomes("issues.opened")).toEqual([
    `processed: holds triage ${execution?.id.slice(0, 8)} of reader`,
  ]);
});

test.for([
  ["tina", "/hishamos allow", { held: null, state: "running" }],
  ["mona", "/hishamos allow", { held: null, state: "running" }],
  ["reader", "/hishamos allow", { held: "reader", state: "paused" }],
  ["stranger", "/hishamos allow", { held: "reader", state: "paused" }],
  ["tina", "/hishamos cancel", { held: "reader", state: "paused" }],
  ["mona", "/hishamos resume", { held: "reader", state: "paused" }],
  ["mona", "/hishamos cancel", { state: "cancelled" }],
] as const)("%s says %s: %j", async ([login, body, after]) => {
  const { shop, number } = await heldOn();
  shop.github.createUser("stranger");
  shop.github.as(login).comment(number, body);
  await shop.settled();
  expect(await newest(shop)).toMatchObject(after);
});

test.for([
  ["tina", { accepted: true }, { held: null, state: "running" }],
  ["olga", { accepted: true }, { held: null, state: "running" }],
  ["reader", { refused: "forbidden" }, { held: "reader", state: "paused" }],
  ["stranger", { refused: "forbidden" }, { held: "reader", state: "paused" }],
] as const)("over the API %s comes to %j, as by a comment", async ([login, answer, after]) => {
  const { shop } = await heldOn();
  shop.github.createUser("stranger");
  const { gateway } = shop.app;
  const caller = await gateway.identify(shop.github.tokenFor(login));
  const execution = await newest(shop);
  if (!caller || !execution) throw new Error("nobody, or nothing is held");
  const request = {
    command: "allow",
    step: null,
    reason: null,
    values: null,
    latest: false,
    key: "k",
  } as const;
  expect(await gateway.steer(caller, execution, request)).toMatchObject(answer);
  await shop.settled();
  expect(await newest(shop)).toMatchObject(after);
});

test("whose start it is can't allow it, though the role would do by now", async () => {
  const { shop, number } = await heldOn();
  shop.github.setRole("reader", "admin", REPO);
  shop.clock.advance(120_000);
  shop.github.as("reader").comment(number, "/hishamos allow");
  await shop.settled();
  expect(await newest(shop)).toMatchObject({ held: "reader", state: "paused" });
  expect(shop.github.comments(REPO, number).at(-1)?.body).toMatch(/somebody else has to allow it/);
});

test("allow is for what is held", async () => {
  const { shop } = await heldOn();
  const { number } = shop.github.as("mona").openIssue({ title: "Another" });
  await shop.settled();
  shop.github.as("tina").comment(number, "/hishamos allow");
  await shop.settled();
  expect(shop.github.comments(REPO, number).at(-1)?.body).toMatch(/does not wait to be allowed/);
});

test("a stranger's second event on the same issue waits with the first", async () => {
  const files = { ".hishamos/triage.yml": onIssue.replace("[opened]", "[opened, edited]") };
  const { shop, number } = await heldOn(files);
  shop.github.as("reader").editIssue({ number }, { title: "It really breaks" });
  await shop.settled();
  expect(await executionsOf(shop)).toHaveLength(1);
  const [outcome] = await shop.outcomes("issues.edited");
  expect(outcome).toMatch(/triage waits to be allowed already/);
});

/** reader's pull request from a fork, at one commit. */
async function forkPull() {
  const shop = await openShop({ files: { ".hishamos/review.yml": onPull } });
  shop.github.fork(REPO, "reader");
  commit(shop, "1", "main");
  const { number } = shop.github
    .as("reader")
    .openPullRequest({ repo: REPO, title: "Fix", head: "reader:fix" });
  await shop.settled();
  return { shop, number };
}

function commit({ github }: Shop, text: string, from?: string): void {
  const files = { "src/a.ts": text };
  const place = { repo: "reader/shop", branch: "fix", ...(from === undefined ? {} : { from }) };
  github.as("reader").push({ ...place, message: text, files });
}

test("newer commits of a stranger take the place of those that waited", async () => {
  const { shop } = await forkPull();
  commit(shop, "2");
  await shop.settled();
  const states = (await executionsOf(shop)).map(({ event, state }) => [event["action"], state]);
  expect(Object.fromEntries(states)).toEqual({ opened: "cancelled", synchronize: "paused" });
});

test("a writer's deed on a stranger's pull request waits, too: what runs is the stranger's", async () => {
  const { shop, number } = await forkPull();
  const [first] = await executionsOf(shop);
  shop.github.as("mona").comment({ repo: REPO, number }, "/hishamos cancel");
  await shop.settled();
  shop.github.as("mona").label({ repo: REPO, number }, "question");
  await shop.settled();
  const all = await executionsOf(shop);
  expect(all.filter(({ id }) => id !== first?.id)).toMatchObject([{ held: "reader", actor: "mona" }]);
});

test("a label that the trigger names, put on by a writer, speaks for the stranger", async () => {
  const labelled = onPull.replace("types: [opened, labeled, synchronize]", "labels: [question]");
  const shop = await openShop({ files: { ".hishamos/review.yml": labelled } });
  shop.github.fork(REPO, "reader");
  commit(shop, "1", "main");
  const { number } = shop.github
    .as("reader")
    .openPullRequest({ repo: REPO, title: "Fix", head: "reader:fix" });
  shop.github.as("mona").label({ repo: REPO, number }, "question");
  await shop.settled();
  expect(await executionsOf(shop)).toMatchObject([{ held: null, state: "running", actor: "mona" }]);
});

test("a role that the trigger asks of the sender speaks for the stranger", async () => {
  const trigger = onPull.replace("types: [opened, labeled, synchronize]", "types: [labeled], roles: [write]");
  const shop = await openShop({ files: { ".hishamos/review.yml": trigger } });
  shop.github.fork(REPO, "reader");
  commit(shop, "1", "main");
  const { number } = shop.github
    .as("reader")
    .openPullRequest({ repo: REPO, title: "Fix", head: "reader:fix" });
  shop.github.as("mona").label({ repo: REPO, number }, "question");
  await shop.settled();
  expect(await executionsOf(shop)).toMatchObject([{ held: null, state: "running", actor: "mona" }]);
});

test("what a stranger does where nobody could allow it starts nothing", async () => {
  const starred = onIssue.replace("issues: { types: [opened] }", "star: { types: [created] }");
  const shop = await openShop({ files: { ".hishamos/star.yml": starred } });
  expect(await deliver(shop, "star", { action: "created" }, "reader")).toMatch(
    /did not start star: reader is an outsider, and there is no issue/,
  );
  expect(await deliver(shop, "star", { action: "created" }, "mona")).toMatch(/started star/);
});
