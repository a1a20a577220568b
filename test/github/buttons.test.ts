import { expect, test } from "vitest";
import { createClients } from "../../src/github/clients.ts";
import { executionsOf, openShop, REPO, type Shop } from "./shop.ts";

const gate = `
name: Gate
on: { pull_request: { types: [opened] } }
steps:
  - id: gate
    approval: { from: [mona, "@acme/leads"], by: [button] }
`;

interface Asked {
  readonly shop: Shop;
  readonly pull: number;
  readonly check: number;
}

/** A pull request by olga whose check run asks, as the reporter writes it, for the approval of `gate`. */
async function ask(externalId = (id: string) => `${id}/gate/1`): Promise<Asked> {
  const shop = await openShop({ files: { ".hishamos/gate.yml": gate } });
  shop.github.setRole("lena", "write", REPO);
  shop.github.createTeam("acme", "leads", ["lena"]);
  shop.github.as("olga").push({ branch: "topic", from: "main", message: "Topic", files: { "a.txt": "1" } });
  const pull = shop.github.as("olga").openPullRequest({ title: "Topic", head: "topic" });
  await shop.settled();
  const [execution] = await executionsOf(shop);
  const { id, privateKey } = shop.github.app;
  const clients = createClients({ appId: id, privateKey, baseUrl: `${shop.github.url}/api/v3` });
  const { data } = await clients.installation(execution?.installation ?? 0).rest.checks.create({
    owner: "acme",
    repo: "shop",
    name: "HishamOS / Gate",
    head_sha: pull.head.sha,
    external_id: externalId(execution?.id ?? ""),
    status: "completed",
    conclusion: "action_required",
    actions: ["approve", "reject", "cancel", "pause", "resume", "retry"].slice(0, 3).map((identifier) => ({
      label: identifier,
      description: identifier,
      identifier,
    })),
  });
  await shop.settled();
  return { shop, pull: pull.number, check: data.id };
}

async function press({ shop, check }: Asked, login: string, identifier: string) {
  shop.github.as(login).clickCheckRunAction(check, identifier);
  await shop.settled();
  const [execution] = await executionsOf(shop);
  return execution?.state;
}

const decides: readonly (readonly [string, string, string])[] = [
  ["mona", "approve", "completed"],
  ["lena", "approve", "completed"],
  ["mona", "reject", "failed"],
  ["hubot", "cancel", "cancelled"],
];

test.for(decides)("%s presses %s: %s", async ([login, identifier, state]) => {
  const asked = await ask();
  expect(await press(asked, login, identifier)).toBe(state);
  expect(asked.shop.github.comments(REPO, asked.pull)).toEqual([]);
});

const refused: readonly (readonly [string, RegExp])[] = [
  ["hubot", /^I can't take `approve` from `hubot`: this approval is for mona, @\u200Dacme\/leads\./],
  ["olga", /nobody who is its actor/],
];

test.for(refused)("%s may not approve and is told so, once, on the pull request", async ([login, answer]) => {
  const asked = await ask();
  expect(await press(asked, login, "approve")).toBe("running");
  const bodies = asked.shop.github.comments(REPO, asked.pull).map(({ body }) => body);
  expect(bodies).toEqual([expect.stringMatching(answer)]);
});

const strange: readonly (readonly [string, (id: string) => string])[] = [
  ["an asking that was made again since", (id) => `${id}/gate/0`],
  ["a step that asks nothing", (id) => `${id}/other/1`],
  ["no execution", () => "0123/gate/1"],
  ["nothing", () => ""],
];

test.for(strange)("a button of %s decides nothing", async ([, externalId]) => {
  const asked = await ask(externalId);
  expect(await press(asked, "mona", "approve")).toBe("running");
  expect((await asked.shop.outcomes("check_run.requested_action"))[0]).toMatch(/^processed: /);
});

test("a button in one repository does not reach another's execution", async () => {
  const first = await ask();
  const { github } = first.shop;
  const [execution] = await executionsOf(first.shop);
  github.createRepository({ owner: "acme", name: "other" });
  github.setRole("mona", "write", "acme/other");
  const { sha } = github
    .as("mona")
    .push({ repo: "acme/other", branch: "topic", from: "main", message: "Topic", files: { "a.txt": "1" } });
  const { id, privateKey } = github.app;
  const clients = createClients({ appId: id, privateKey, baseUrl: `${github.url}/api/v3` });
  const { data } = await clients.installation(execution?.installation ?? 0).rest.checks.create({
    owner: "acme",
    repo: "other",
    name: "HishamOS / Gate",
    head_sha: sha,
    external_id: `${execution?.id}/gate/1`,
    status: "completed",
    conclusion: "action_required",
    actions: [{ label: "Cancel", description: "Cancel", identifier: "cancel" }],
  });
  expect(await press({ ...first, check: data.id }, "mona", "cancel")).toBe("running");
});

test("what the App's own check runs cause wakes no execution", async () => {
  const { shop } = await ask();
  expect(await shop.outcomes("check_run.created")).toEqual(["ignored: it concerns no workflow"]);
});

const strict = `
name: Gate
on: { pull_request: { types: [opened], outsiders: hold } }
steps: [{ id: look, agent: code-reviewer }]
`;

test.for([
  ["mona", "allow", "running"],
  ["wanda", "allow", "paused"],
  ["mona", "cancel", "cancelled"],
  ["mona", "resume", "paused"],
] as const)("%s presses %s on what waits to be allowed: %s", async ([login, button, state]) => {
  const shop = await openShop({ files: { ".hishamos/gate.yml": strict } });
  // She was an outsider when it was started.
  shop.github.setRole("wanda", "write", REPO);
  shop.github.as("hubot").push({ branch: "topic", from: "main", message: "T", files: { "a.txt": "1" } });
  const pull = shop.github.as("hubot").openPullRequest({ title: "Topic", head: "topic" });
  await shop.settled();
  const [allowed] = await executionsOf(shop);
  if (allowed === undefined) throw new Error("nothing was started");
  const held = {
    ...allowed,
    id: "e".repeat(32),
    revision: 1,
    slot: null,
    held: "wanda",
    state: "paused",
  } as const;
  await shop.stores.executions.create({ ...held, steps: {}, pausedAt: 1, startedAt: 1 });
  const { data } = await shop.clients.installation(allowed.installation ?? 0).rest.checks.create({
    owner: "acme",
    repo: "shop",
    name: "HishamOS / Gate",
    head_sha: pull.head.sha,
    external_id: held.id,
    status: "completed",
    conclusion: "action_required",
    actions: [{ label: button, description: button, identifier: button }],
  });
  await shop.settled();
  shop.github.as(login).clickCheckRunAction(data.id, button);
  await shop.settled();
  expect((await shop.stores.executions.load(held.id))?.state).toBe(state);
});
