import { createHmac } from "node:crypto";
import { request } from "node:http";
import { expect, test } from "vitest";
import type { DeliveryStore } from "../../src/engine/ports/index.ts";
import { executionsOf, openShop, SECRET } from "./shop.ts";

interface Sent {
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly method?: string;
}

let made = 0;

/** Sends a webhook as GitHub would, with what the row changes; resolves to the answer. */
function post(url: string, { body, headers, method = "POST" }: Sent) {
  const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
  const all = {
    "content-type": "application/json",
    "x-github-event": "issues",
    "x-github-delivery": `guid-${made++}`,
    "x-hub-signature-256": signature,
    ...headers,
  };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const { promise, resolve, reject } = Promise.withResolvers<{
    status: number;
    json: unknown;
    closed: boolean;
  }>();
  const outgoing = request(url, { method, headers: given }, (res) => {
    let text = "";
    res.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    res.on("end", () =>
      resolve({
        status: res.statusCode ?? 0,
        json: JSON.parse(text),
        closed: res.headers.connection === "close",
      }),
    );
  });
  outgoing.on("error", reject);
  outgoing.end(body);
  return promise;
}

const refusals: readonly (Sent & {
  readonly what: string;
  readonly status: number;
  readonly error: RegExp;
})[] = [
  {
    what: "a wrong signature",
    body: "{}",
    headers: { "x-hub-signature-256": `sha256=${"0".repeat(64)}` },
    status: 401,
    error: /signature does not match/,
  },
  {
    what: "no signature",
    body: "{}",
    headers: { "x-hub-signature-256": undefined },
    status: 400,
    error: /X-Hub-Signature-256/,
  },
  {
    what: "no event",
    body: "{}",
    headers: { "x-github-event": undefined },
    status: 400,
    error: /missing header X-GitHub-Event/,
  },
  {
    what: "no delivery id",
    body: "{}",
    headers: { "x-github-delivery": undefined },
    status: 400,
    error: /X-GitHub-Delivery/,
  },
  {
    what: "an event named like a prototype",
    body: "{}",
    headers: { "x-github-event": "__proto__" },
    status: 400,
    error: /event's name/,
  },
  {
    what: "a form",
    body: "payload=1",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    status: 415,
    error: /application\/json/,
  },
  { what: "an empty body", body: "", status: 400, error: /empty/ },
  { what: "invalid JSON", body: "{", status: 400, error: /not JSON/ },
  { what: "null", body: "null", status: 400, error: /not a JSON object/ },
  { what: "a bare true", body: "true", status: 400, error: /not a JSON object/ },
  { what: "a bare number", body: "17", status: 400, error: /not a JSON object/ },
  { what: "a bare text", body: '"text"', status: 400, error: /not a JSON object/ },
  { what: "a list", body: "[]", status: 400, error: /not a JSON object/ },
  { what: "30 MB", body: Buffer.alloc(30 * 1024 * 1024, "x"), status: 413, error: /larger than/ },
  { what: "a GET", body: "", method: "GET", status: 405, error: /POST/ },
];

test("every wrong request gets a clear answer, nothing of it is stored, and the next right one is taken", async () => {
  const shop = await openShop();
  const answers: object[] = [];
  for (const { what, status: _, error: __, ...sent } of refusals) {
    const { status, json } = await post(shop.hook, sent);
    answers.push({ what, status, json });
  }
  expect(answers).toEqual(
    refusals.map(({ what, status, error }) => ({
      what,
      status,
      json: { error: expect.stringMatching(error) },
    })),
  );
  expect(await shop.stores.deliveries.unfinished(10)).toEqual([]);
  expect(await post(shop.hook, { body: "{}" })).toMatchObject({ status: 202, json: { status: "stored" } });
});

test("a body that has no end is neither kept nor listened to for ever", async () => {
  const shop = await openShop();
  const headers = {
    "content-type": "application/json",
    "x-github-event": "issues",
    "x-github-delivery": "endless",
    "x-hub-signature-256": "sha256=00",
  };
  const closed = Promise.withResolvers<void>();
  const outgoing = request(shop.hook, { method: "POST", headers });
  const megabyte = Buffer.alloc(1024 * 1024, "x");
  const write = () => {
    while (!outgoing.destroyed && outgoing.write(megabyte));
  };
  // Whether the answer gets through to a client that only talks is up to chance; that the connection ends is not.
  outgoing
    .on("drain", write)
    .on("close", closed.resolve)
    .on("error", () => {});
  write();
  await closed.promise;
  expect(await post(shop.hook, { body: "{}" })).toMatchObject({ status: 202 });
});

const bug =
  "name: Bug\non: { issues: { labels: [bug] } }\nsteps: [{ id: triage, agent: bug-triage-agent }]\n";

test("a delivery that comes five times at once is stored once and starts one execution", async () => {
  const shop = await openShop({ files: { ".hishamos/bug.yml": bug } });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  await shop.settled();
  const unseen = shop.hook.replace("/api/", "/nowhere/");
  shop.github.setWebhookTarget(unseen, SECRET);
  shop.github.as("mona").label(number, "bug");
  await shop.settled();
  const lost = shop.github.deliveries().at(-1);
  const sent = {
    body: JSON.stringify(lost?.request.payload),
    headers: { "x-github-delivery": lost?.guid, "x-github-event": "issues" },
  };
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post(shop.hook, sent)));
  await shop.settled();
  const later = await post(shop.hook, sent);
  await shop.settled();

  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
  const results = answers.map(({ json }) => JSON.stringify(json)).toSorted();
  expect(results).toEqual([...Array<string>(4).fill('{"status":"duplicate"}'), '{"status":"stored"}']);
  expect(later.json).toEqual({ status: "duplicate" });
  expect(await executionsOf(shop)).toHaveLength(1);
});

test("while the database can't answer, GitHub is told to come again", async () => {
  let broken = true;
  const shop = await openShop({
    wrap: (stores) => {
      const add: DeliveryStore["add"] = (delivery) =>
        broken ? Promise.reject(new Error("no database")) : stores.deliveries.add(delivery);
      const { deliveries } = stores;
      const wrapped: DeliveryStore = {
        add,
        get: (id) => deliveries.get(id),
        update: (delivery) => deliveries.update(delivery),
        unfinished: (limit, held) => deliveries.unfinished(limit, held),
        labeled: (query) => deliveries.labeled(query),
        recent: (query) => deliveries.recent(query),
      };
      return { ...stores, deliveries: wrapped, close: () => stores.close() };
    },
  });
  const refused = await post(shop.hook, { body: "{}" });
  broken = false;
  const taken = await post(shop.hook, { body: "{}" });
  expect(refused).toMatchObject({
    status: 503,
    json: { error: expect.stringMatching(/could not be stored/) },
  });
  expect(taken.status).toBe(202);
});

test("text that databases refuse is made fit before it is stored", async () => {
  const shop = await openShop({ started: false });
  const body = '{"issue":{"title":"a\\u0000b\\ud800c","__proto__":"\\udfff"}}';
  await post(shop.hook, { body, headers: { "x-github-delivery": "odd" } });
  const stored = await shop.stores.deliveries.get("odd");
  expect(JSON.stringify(stored?.payload)).toBe('{"issue":{"title":"a\uFFFDb\uFFFDc","__proto__":"\uFFFD"}}');
});

test("other paths are not the App's", async () => {
  const shop = await openShop();
  const answer = await fetch(shop.hook.replace("/webhooks", "/other"), { method: "POST", body: "{}" });
  expect(answer.status).toBe(404);
});

test("what an earlier process stored and did not finish is taken up at the start, in its order", async () => {
  const shop = await openShop({ files: { ".hishamos/bug.yml": bug }, started: false });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  shop.github.as("mona").label(number, "bug");
  await shop.settled();
  expect(await executionsOf(shop)).toEqual([]);
  shop.app.start();
  await shop.settled();
  expect(await executionsOf(shop)).toHaveLength(1);
  expect(await shop.stores.deliveries.unfinished(10)).toEqual([]);
});
