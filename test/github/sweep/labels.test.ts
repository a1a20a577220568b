import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSweepNote } from "../../../src/github/sweep/note.ts";
import { executionsOf, openShop, REPO, SECRET, type Shop } from "../shop.ts";

const minute = 60_000;
const hour = 60 * minute;
const bug = "name: Bug\non: { issues: { labels: [bug] } }\nsteps: [{ id: triage, agent: qa-agent }]\n";
const review =
  "name: Review\non: { pull_request: { types: [labeled], labels: [bug] } }\nsteps: [{ id: look, agent: qa-agent }]\n";

/** Takes every webhook and loses it. */
let hole: Server;
beforeAll(async () => {
  hole = createServer((req, res) => void req.resume().on("end", () => res.writeHead(202).end()));
  await new Promise<void>((resolve) => hole.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  hole.closeAllConnections();
  hole.close();
});

async function open(files: Record<string, string> = { ".hishamos/bug.yml": bug }): Promise<Shop> {
  const shop = await openShop({ files });
  await sweep(shop);
  // From here on labels count.
  await later(shop, minute);
  return shop;
}

async function sweep(shop: Shop) {
  await shop.app.sweeper.sweep(new AbortController().signal);
  await shop.settled();
  return readSweepNote(shop.stores.notes);
}

async function later(shop: Shop, ms: number): Promise<void> {
  shop.clock.advance(ms);
  await shop.settled();
}

/** Does something of which GitHub's webhooks never come here, though it thinks so. */
async function unheard<T>(shop: Shop, act: () => T): Promise<T> {
  shop.github.setWebhookTarget(`http://127.0.0.1:${(hole.address() as AddressInfo).port}/`, SECRET);
  const result = act();
  await shop.github.settled();
  shop.github.setWebhookTarget(shop.hook, SECRET);
  return result;
}

/** An issue whose label was never heard of here. */
async function labelled(shop: Shop, name = "bug"): Promise<number> {
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  await unheard(shop, () => shop.github.as("mona").label(number, name));
  return number;
}

/** GitHub's own delivery of the last label comes after all. */
async function comesAfterAll(shop: Shop): Promise<string> {
  const last = shop.github.deliveries().findLast(({ action }) => action === "labeled");
  await shop.clients.app().rest.apps.redeliverWebhookDelivery({ delivery_id: last?.id ?? 0 });
  await shop.settled();
  return (await shop.stores.deliveries.get(last?.guid ?? ""))?.outcome ?? "never stored";
}

async function madeHere(shop: Shop) {
  const recent = await shop.stores.deliveries.recent({
    repository: shop.github.issues(REPO)[0] ? ((await executionsOf(shop))[0]?.repository.id ?? 0) : 0,
    events: ["issues", "pull_request"],
    limit: 100,
  });
  return recent.filter(({ id }) => id.startsWith("label-event-"));
}

test("a label whose webhook never came starts what it would have started, once", async () => {
  const shop = await open();
  const number = await labelled(shop);
  await later(shop, 9 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { looked: 1, takenUp: 0 } });
  expect(await executionsOf(shop)).toEqual([]);
  await later(shop, 2 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { looked: 1, takenUp: 1 }, error: null });
  expect(await executionsOf(shop)).toMatchObject([
    {
      workflow: { stem: "bug" },
      subject: { type: "issue", number, labels: ["bug"] },
      actor: "mona",
      event: { action: "labeled", label: { name: "bug" }, issue: { number }, sender: { login: "mona" } },
    },
  ]);
  expect(await madeHere(shop)).toMatchObject([{ outcome: expect.stringMatching(/^processed: started bug/) }]);
  await later(shop, 5 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { takenUp: 0 } });
  expect(await executionsOf(shop)).toHaveLength(1);
});

test("so does one on a pull request", async () => {
  const shop = await open({ ".hishamos/review.yml": review });
  const { github } = shop;
  github.as("mona").push({ branch: "fix", message: "Fix", files: { "a.txt": "a" }, from: "main" });
  const { number } = github.as("mona").openPullRequest({ title: "Fix", head: "fix" });
  await shop.settled();
  await unheard(shop, () => github.as("mona").label(number, "bug"));
  await later(shop, 12 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { takenUp: 1 } });
  expect(await executionsOf(shop)).toMatchObject([
    { workflow: { stem: "review" }, subject: { type: "pull_request", number }, event: { number } },
  ]);
});

const left: readonly { readonly what: string; readonly act: (shop: Shop) => Promise<unknown> }[] = [
  {
    what: "that was taken off again",
    act: async (shop) => {
      const number = await labelled(shop);
      await unheard(shop, () => shop.github.as("mona").unlabel(number, "bug"));
    },
  },
  {
    what: "of an issue that is closed by now",
    act: async (shop) => {
      const number = await labelled(shop);
      shop.github.as("mona").closeIssue(number);
      await shop.settled();
    },
  },
  { what: "that no workflow listens to", act: (shop) => labelled(shop, "question") },
  {
    what: "whose webhook came late",
    act: async (shop) => {
      await labelled(shop);
      await later(shop, 2 * minute);
      expect(await comesAfterAll(shop)).toMatch(/^processed: started bug/);
    },
  },
  {
    what: "after which a person has started the workflow by hand",
    act: async (shop) => {
      const number = await labelled(shop);
      shop.github.as("mona").comment(number, "/hishamos run bug");
      await shop.settled();
    },
  },
];

test.for(left)("a label $what is left alone", async ({ act }) => {
  const shop = await open();
  await act(shop);
  const before = await executionsOf(shop);
  await later(shop, 15 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { looked: 1, takenUp: 0 } });
  expect((await executionsOf(shop)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
});

test("a label whose webhook came and started nothing is not asked about again", async () => {
  const forAdmins = bug.replace("labels: [bug]", "labels: [bug], roles: [admin]");
  const shop = await open({ ".hishamos/bug.yml": forAdmins });
  await labelled(shop);
  expect(await comesAfterAll(shop)).toBe("processed: did not start bug: needs role admin");
  await later(shop, 15 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { looked: 1, takenUp: 0 } });
});

test("at the first look at a repository no old label counts, nor later", async () => {
  const shop = await openShop({ files: { ".hishamos/bug.yml": bug } });
  await labelled(shop);
  await later(shop, hour);
  expect(await sweep(shop)).toMatchObject({ labels: { looked: 0, takenUp: 0 } });
  await later(shop, 20 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { looked: 1, takenUp: 0 } });
  expect(await executionsOf(shop)).toEqual([]);
});

test("a workflow that is new starts nothing for the labels of before its repository was looked at last", async () => {
  const shop = await open({});
  await labelled(shop);
  await later(shop, hour);
  expect(await sweep(shop)).toMatchObject({ labels: { looked: 0 } });
  shop.github.as("mona").push({ branch: "main", message: "Add it", files: { ".hishamos/bug.yml": bug } });
  await later(shop, 20 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { looked: 1, takenUp: 0 } });
  expect(await executionsOf(shop)).toEqual([]);
});

test("what was put on while nobody looked for days counts, for three of them", async () => {
  const shop = await open();
  await labelled(shop);
  await later(shop, 2 * 24 * hour);
  await labelled(shop);
  await later(shop, 2 * 24 * hour);
  expect(await sweep(shop)).toMatchObject({ labels: { takenUp: 1 } });
  expect(await executionsOf(shop)).toMatchObject([{ subject: { number: 2 } }]);
});

test("a repository where nothing has happened costs a 304, and what was too young is looked at all the same", async () => {
  const shop = await open();
  await labelled(shop);
  const events = async () => {
    const before = shop.github.requests().length;
    await sweep(shop);
    const made = shop.github.requests().slice(before);
    return made.filter(({ path }) => path.includes("/issues/events")).map(({ status }) => status);
  };
  await later(shop, minute);
  expect(await events()).toEqual([200]);
  await later(shop, 10 * minute);
  expect(await events()).toEqual([200]);
  expect(await executionsOf(shop)).toHaveLength(1);
  await later(shop, 10 * minute);
  await events();
  await later(shop, 5 * minute);
  expect(await events()).toEqual([304]);
});

test("what GitHub refuses is told, and looked at again by the next sweep", async () => {
  const shop = await open();
  await labelled(shop);
  await later(shop, 11 * minute);
  shop.github.failNext({ path: /issues\/events/, status: 500 });
  expect(await sweep(shop)).toMatchObject({
    labels: { looked: 0, takenUp: 0 },
    error: expect.stringMatching(/^acme\/shop: /),
  });
  await later(shop, 5 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { looked: 1, takenUp: 1 }, error: null });
});

test("labels whose failed webhooks have just been asked for are given time", async () => {
  const shop = await open();
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  await shop.settled();
  // Nobody listens there, so GitHub knows that it failed.
  shop.github.setWebhookTarget("http://127.0.0.1:9/", SECRET);
  shop.github.as("mona").label(number, "bug");
  await shop.github.settled();
  await later(shop, 11 * minute);
  const first = await sweep(shop);
  expect(first).toMatchObject({ missed: 1, asked: 1, labels: { looked: 0, takenUp: 0 } });
  shop.github.setWebhookTarget(shop.hook, SECRET);
  // It has failed again meanwhile, and nobody asks for it before this sweep.
  await later(shop, 11 * minute);
  expect(await sweep(shop)).toMatchObject({ missed: 1, asked: 1, labels: { looked: 0, takenUp: 0 } });
  expect(await executionsOf(shop)).toHaveLength(1);
  expect(await shop.outcomes("issues.labeled")).toMatchObject([expect.stringMatching(/^processed: started/)]);
  await later(shop, 11 * minute);
  expect(await sweep(shop)).toMatchObject({ missed: 0, labels: { looked: 1, takenUp: 0 } });
  expect(await executionsOf(shop)).toHaveLength(1);
});

test("a webhook that comes after its label was taken up starts nothing more", async () => {
  const shop = await open();
  await labelled(shop);
  await later(shop, 12 * minute);
  await sweep(shop);
  expect(await executionsOf(shop)).toHaveLength(1);
  expect(await comesAfterAll(shop)).toMatch(/^ignored: its label was taken up as label-event-\d+$/);
  expect(await executionsOf(shop)).toHaveLength(1);
});

test("where its webhook was stored but could not be processed, a label is taken up in its name", async () => {
  const shop = await open();
  const number = await labelled(shop);
  shop.github.failNext({ method: "GET", path: /\/git\/ref\//, status: 403 });
  expect(await comesAfterAll(shop)).toMatch(/^failed: /);
  await later(shop, 12 * minute);
  expect(await sweep(shop)).toMatchObject({ labels: { takenUp: 1 } });
  expect(await executionsOf(shop)).toMatchObject([{ subject: { number } }]);
});
