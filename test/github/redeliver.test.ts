import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { type Log, type Stores, silentLog } from "../../src/engine/ports/index.ts";
import { type Clients, createClients } from "../../src/github/clients.ts";
import { redeliverMissed } from "../../src/github/redeliver.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";

const day = 86_400_000;
const clock = new SimulatedClock();
let sandbox: SandboxGitHub;
let stores: Stores;
let clients: Clients;
let service: Server;
/** What the service answers to the next deliveries. */
let status: number;
let heard: string[];

beforeEach(async () => {
  heard = [];
  status = 202;
  sandbox = await startSandboxGitHub({ now: () => clock.now() });
  sandbox.createRepository({
    owner: "acme",
    name: "shop",
    labels: ["a", "b", "c"],
    collaborators: { maya: "write" },
  });
  stores = await openSqliteStores({ directory: ":memory:" });
  const { id: appId, privateKey } = sandbox.app;
  // A token's time is checked against the stand-in's clock, which stands still.
  clients = createClients({ appId, privateKey, baseUrl: `${sandbox.url}/api/v3` });
  service = createServer((req, res) => {
    heard.push(String(req.headers["x-github-delivery"]));
    req.resume().on("end", () => res.writeHead(status).end());
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const { port } = service.address() as AddressInfo;
  sandbox.setWebhookTarget(`http://127.0.0.1:${port}/`, "secret");
});

afterEach(async () => {
  await sandbox.close();
  await stores.close();
  service.closeAllConnections();
  await new Promise((done) => service.close(done));
});

/** Opens so many issues and resolves with the GUIDs of their deliveries, which are answered with `answered`. */
async function happen(count: number, answered: number): Promise<readonly string[]> {
  status = answered;
  const before = sandbox.deliveries().length;
  for (let at = 0; at < count; at++) sandbox.as("maya").openIssue({ title: `Number ${at}` });
  await sandbox.settled();
  status = 202;
  heard = [];
  return sandbox
    .deliveries()
    .slice(before)
    .map(({ guid }) => guid);
}

async function redeliver(
  over: Partial<Parameters<typeof redeliverMissed>[0]> = {},
): Promise<readonly string[]> {
  await redeliverMissed({ clients, stores, clock, log: silentLog, ...over });
  await sandbox.settled();
  return heard;
}

function lines(): { log: Log; told: { message: string; fields: object }[] } {
  const told: { message: string; fields: object }[] = [];
  const note = (fields: object, message: string) => void told.push({ message, fields });
  return { log: { debug: () => {}, info: note, warn: note, error: note }, told };
}

test("what failed is asked for once, the oldest first, and what succeeded is not", async () => {
  await happen(2, 202);
  const failed = await happen(3, 503);
  await happen(1, 202);
  expect(await redeliver()).toEqual(failed);
  heard = [];
  expect(await redeliver()).toEqual([]);
});

test("a delivery that failed again is still one", async () => {
  const failed = await happen(1, 500);
  status = 500;
  expect(await redeliver()).toEqual(failed);
  status = 202;
  heard = [];
  expect(await redeliver()).toEqual(failed);
  heard = [];
  expect(await redeliver()).toEqual([]);
});

test("what is in the inbox already is left alone, though GitHub never had our answer", async () => {
  const [stored = "", missed] = await happen(2, 504);
  await stores.deliveries.add({
    id: stored,
    event: "issues",
    receivedAt: 1,
    payload: {},
    outcome: null,
    attempts: 0,
  });
  expect(await redeliver()).toEqual([missed]);
});

test("every page is read", async () => {
  const failed = await happen(250, 502);
  expect(await redeliver()).toEqual(failed);
  expect(sandbox.requests().filter(({ method }) => method === "GET")).toHaveLength(3);
});

test("the newest pages are enough where there are too many", async () => {
  const failed = await happen(250, 502);
  const { log, told } = lines();
  expect(await redeliver({ maxPages: 2, log })).toEqual(failed.slice(-200));
  expect(told.map(({ message }) => message)).toContain("older deliveries are not looked at");
});

test("what is older than three days is gone at GitHub and left alone", async () => {
  await happen(1, 502);
  clock.advance(2 * day);
  const failed = await happen(1, 502);
  clock.advance(1 * day + 1);
  // The App's token is made by the machine's clock, which the stand-in does not share here.
  expect(await redeliver()).toEqual(failed);
});

test("one that is refused does not keep the others back", async () => {
  const [, second] = await happen(2, 502);
  sandbox.failNext({ method: "POST", path: /attempts$/, status: 422 });
  const { log, told } = lines();
  expect(await redeliver({ log })).toEqual([second]);
  expect(told.at(-1)).toMatchObject({ fields: { read: 2, missed: 2, asked: 1 } });
});

test.for([
  { what: "GitHub fails", fault: { path: /deliveries/, status: 500 } },
  { what: "the connection breaks", fault: { path: /deliveries/, drop: "before" } },
] as const)("it never rejects: $what", async ({ fault }) => {
  const failed = await happen(1, 502);
  sandbox.failNext(fault);
  const { log, told } = lines();
  expect(await redeliver({ log })).toEqual([]);
  expect(told.at(-1)?.message).toMatch(/could not be looked for/);
  expect(await redeliver()).toEqual(failed);
});

test("it ends when the service stops", async () => {
  await happen(1, 502);
  const stopping = new AbortController();
  stopping.abort();
  const { log, told } = lines();
  expect(await redeliver({ log, signal: stopping.signal })).toEqual([]);
  expect(told).toEqual([]);
});
