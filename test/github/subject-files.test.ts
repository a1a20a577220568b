import { expect, test } from "vitest";
import { mostFiles } from "../../src/github/subject-files.ts";
import { executionsOf, openShop, SECRET, type Shop } from "./shop.ts";

const asks = (on: string) => `
name: Asks
on: ${on}
concurrency: { on_conflict: join }
steps:
  - id: a
    agent: qa-agent
    condition: "'src/a.ts' in subject.files"
  - id: b
    approval: { exclude: [] }
`;
const onPull = "{ pull_request: { types: [opened], outsiders: run } }";
const silent = "name: Silent\non: { pull_request: {} }\nsteps: [{ id: ok, approval: {} }]\n";

function change(shop: Shop, files: Readonly<Record<string, string>>, branch = "topic"): void {
  shop.github.as("hubot").push({ branch, from: "main", message: "Work", files });
}

async function open(shop: Shop, files: Readonly<Record<string, string>>): Promise<number> {
  change(shop, files);
  const { number } = shop.github.as("hubot").openPullRequest({ title: "Topic", head: "topic" });
  await shop.settled();
  return number;
}

/** How often GitHub was asked what a pull request changes. */
const asked = (shop: Shop) => shop.github.requests().filter(({ path }) => path.endsWith("/files")).length;

async function filesOf(shop: Shop) {
  const [execution] = await executionsOf(shop);
  return execution?.subject?.files;
}

test("a workflow that reads the files has them at its start, and again when the head moves", async () => {
  const shop = await openShop({ files: { ".hishamos/asks.yml": asks(onPull) } });
  await open(shop, { "src/a.ts": "1" });
  const [execution] = await executionsOf(shop);
  expect(execution?.subject?.files).toEqual(["src/a.ts"]);
  expect(Object.keys(execution?.steps ?? {})).toEqual(["a"]);
  expect(asked(shop)).toBe(2);
  shop.github.as("hubot").push({ branch: "topic", message: "More", files: { "docs/b.md": "2" } });
  await shop.settled();
  expect(await filesOf(shop)).toEqual(["docs/b.md", "src/a.ts"]);
});

test("an event that moves no head asks for nothing", async () => {
  const shop = await openShop({ files: { ".hishamos/asks.yml": asks(onPull) } });
  const number = await open(shop, { "src/a.ts": "1" });
  const before = asked(shop);
  shop.github.as("mona").label(number, "bug");
  shop.github.as("mona").comment(number, "Fine.");
  await shop.settled();
  expect(asked(shop)).toBe(before);
});

test("files are not asked for where no workflow reads them", async () => {
  const shop = await openShop({ files: { ".hishamos/silent.yml": silent } });
  const number = await open(shop, { "src/a.ts": "1" });
  const [execution] = await executionsOf(shop);
  expect(execution?.subject).toMatchObject({ type: "pull_request", number });
  expect(execution?.subject).not.toHaveProperty("files");
  // Once, for the check of changed definitions.
  expect(asked(shop)).toBe(1);
});

test("a head whose event was lost is made good by the next one about the pull request", async () => {
  const shop = await openShop({ files: { ".hishamos/asks.yml": asks(onPull) } });
  const number = await open(shop, { "src/a.ts": "1" });
  shop.github.setWebhookTarget(`${shop.hook}/nobody`, SECRET);
  shop.github.as("hubot").push({ branch: "topic", message: "More", files: { "docs/b.md": "2" } });
  await shop.settled();
  expect(await filesOf(shop)).toEqual(["src/a.ts"]);
  shop.github.setWebhookTarget(shop.hook, SECRET);
  shop.github.as("mona").label(number, "bug");
  await shop.settled();
  expect(await filesOf(shop)).toEqual(["docs/b.md", "src/a.ts"]);
});

const conditions: readonly (readonly [condition: string, starts: boolean])[] = [
  ["'src/a.ts' in subject.files", true],
  ["'docs/b.md' in subject.files", false],
  ["length(subject.files) == 1", true],
];

test.for(conditions)("the condition of a trigger reads them: %s -> %s", async ([condition, starts]) => {
  const on = `{ pull_request: { types: [opened], outsiders: run, condition: "${condition}" } }`;
  const shop = await openShop({ files: { ".hishamos/asks.yml": asks(on) } });
  await open(shop, { "src/a.ts": "1" });
  expect(await executionsOf(shop)).toHaveLength(starts ? 1 : 0);
});

test("of an issue they are null, and nothing is asked for", async () => {
  const on = '{ issues: { types: [opened], outsiders: run, condition: "subject.files == null" } }';
  const shop = await openShop({ files: { ".hishamos/asks.yml": asks(on) } });
  shop.github.as("mona").openIssue({ title: "It breaks" });
  await shop.settled();
  expect(await executionsOf(shop)).toHaveLength(1);
  expect(asked(shop)).toBe(0);
});

const commands: readonly (readonly [on: string, comment: string])[] = [
  ["{ slash_command: { name: check } }", "/check"],
  ["{ dispatch: {} }", "/hishamos run asks"],
];

test.for(commands)("%s: a start by %s has them, too", async ([on, comment]) => {
  const shop = await openShop({ files: { ".hishamos/asks.yml": asks(on) } });
  const number = await open(shop, { "src/a.ts": "1" });
  shop.github.as("mona").comment(number, comment);
  await shop.settled();
  expect(await filesOf(shop)).toEqual(["src/a.ts"]);
});

test("retry latest has them where the newest definition reads them", async () => {
  const before = asks(onPull).replace("'src/a.ts' in subject.files", "event.action == 'opened'");
  const shop = await openShop({ files: { ".hishamos/asks.yml": before } });
  const number = await open(shop, { "src/a.ts": "1" });
  expect(await filesOf(shop)).toBeUndefined();
  const files = { ".hishamos/asks.yml": asks(onPull) };
  shop.github.as("olga").push({ branch: "main", message: "Newer", files });
  shop.github.as("mona").comment(number, "/hishamos cancel");
  await shop.settled();
  shop.github.as("mona").comment(number, "/hishamos retry from a latest");
  await shop.settled();
  const [execution] = await executionsOf(shop);
  expect(execution).toMatchObject({ round: 2, state: "running", subject: { files: ["src/a.ts"] } });
});

test(`of more than ${mostFiles} paths the first are kept`, async () => {
  const shop = await openShop({ files: { ".hishamos/asks.yml": asks(onPull) } });
  const paths = Array.from({ length: mostFiles + 50 }, (_, index) => `many/${10_000 + index}.txt`);
  await open(shop, Object.fromEntries(paths.map((path) => [path, "1"])));
  expect(await filesOf(shop)).toEqual(paths.slice(0, mostFiles));
  // Ten pages of a hundred; the check of changed definitions reads all eleven.
  expect(asked(shop)).toBe(21);
});

test("where GitHub can't list them they stay unknown, and other workflows start", async () => {
  const both = { ".hishamos/asks.yml": asks(onPull), ".hishamos/silent.yml": silent };
  const shop = await openShop({ files: both });
  // The check of changed definitions asks first.
  shop.github.failNext({ path: /pulls\/\d+\/files$/, status: 422, times: 2 });
  await open(shop, { "src/a.ts": "1" });
  const found = await executionsOf(shop);
  expect(found.map(({ workflow }) => workflow.stem).toSorted()).toEqual(["asks", "silent"]);
  expect(found.map(({ subject }) => subject?.files ?? null)).toEqual([null, null]);
});
