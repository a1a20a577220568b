import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SimulatedClock } from "../../../src/engine/clock/simulated.ts";
import { type Log, type Stores, silentLog } from "../../../src/engine/ports/index.ts";
import { type Clients, createClients } from "../../../src/github/clients.ts";
import {
  type DeliverySweep,
  deliveryStateOf,
  deliveryStateToJson,
  nothingSwept,
  sweepDeliveries,
} from "../../../src/github/sweep/deliveries.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../../src/sandbox/github/index.ts";
import { openSqliteStores } from "../../../src/state/sqlite/open.ts";

const day = 86_400_000;
const minute = 60_000;
const clock = new SimulatedClock();
let sandbox: SandboxGitHub;
let stores: Stores;
let clients: Clients;
let service: Server;
/** What the service answers to the next deliveries. */
let status: number;
let heard: string[];
/** What the last sweep came to. */
let swept: DeliverySweep | null;

beforeEach(async () => {
  heard = [];
  swept = null;
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

/** One sweep after the other, each of another process; resolves with the GUIDs of what came of it. */
async function redeliver(
  over: Partial<Parameters<typeof sweepDeliveries>[0]> = {},
): Promise<readonly string[]> {
  heard = [];
  const before = swept === null ? nothingSwept : deliveryStateOf(deliveryStateToJson(swept.state));
  const { deliveries } = stores;
  swept = await sweepDeliveries(
    { clients, deliveries, clock, log: silentLog, everyMs: 5 * 60_000, ...over },
    before,
  );
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
  clock.advance(5 * minute);
  expect(await redeliver()).toEqual([]);
  expect(swept).toMatchObject({ missed: 0, error: null });
});

test("one that GitHub could not reach us with is asked for like one that we refused", async () => {
  sandbox.setWebhookTarget("http://127.0.0.1:9/", "secret");
  const { number } = sandbox.as("maya").openIssue({ title: "Nobody listens" });
  await sandbox.settled();
  const { port } = service.address() as AddressInfo;
  sandbox.setWebhookTarget(`http://127.0.0.1:${port}/`, "secret");
  const missed = sandbox.deliveries().map(({ guid }) => guid);
  expect(number).toBe(1);
  expect(missed).toHaveLength(1);
  expect(await redeliver()).toEqual(missed);
});

test("what fails again and again is asked for after ever longer pauses, until GitHub has forgotten it", async () => {
  const failed = await happen(1, 500);
  status = 500;
  const asked: number[] = [];
  const start = clock.now();
  while (clock.now() - start <= 4 * day) {
    if ((await redeliver()).length > 0) {
      expect(heard).toEqual(failed);
      asked.push((clock.now() - start) / minute);
    }
    clock.advance((asked.length < 7 ? 5 : 60) * minute);
  }
  expect(asked.slice(0, 7)).toEqual([0, 5, 15, 35, 70, 135, 265]);
  const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
  expect(Math.max(...pauses)).toBe(360);
  expect(asked.at(-1)).toBeLessThanOrEqual(3 * 24 * 60);
  expect(asked.length).toBeLessThan(25);
  expect(swept).toMatchObject({ missed: 0 });
});

test("only what is new since the last sweep is read, with a little before it", async () => {
  await happen(150, 202);
  clock.advance(15 * minute);
  await redeliver();
  expect(swept).toMatchObject({ read: 150 });
  clock.advance(30 * minute);
  const failed = await happen(2, 502);
  clock.advance(5 * minute);
  expect(await redeliver()).toEqual(failed);
  expect(swept).toMatchObject({ read: 2, missed: 2, asked: 2 });
  clock.advance(5 * minute);
  await happen(1, 202);
  await redeliver();
  // Those of ten minutes before the last sweep, with the attempts that it asked for.
  expect(swept).toMatchObject({ read: 5, missed: 0 });
});

test("a sweep that could not read the list does not count: the next reads from where the last one did", async () => {
  await redeliver();
  clock.advance(30 * minute);
  const failed = await happen(1, 502);
  clock.advance(5 * minute);
  sandbox.failNext({ path: /deliveries/, status: 500 });
  expect(await redeliver()).toEqual([]);
  expect(swept?.error).toMatch(/500|fault|error/i);
  clock.advance(60 * minute);
  expect(await redeliver()).toEqual(failed);
});

test("when GitHub takes no more requests the rest is left for the next sweep", async () => {
  const failed = await happen(3, 502);
  sandbox.failNext({ method: "POST", path: /attempts$/, status: 429 });
  expect(await redeliver()).toEqual([]);
  expect(swept).toMatchObject({ missed: 3, asked: 0 });
  clock.advance(5 * minute);
  expect(await redeliver()).toEqual(failed);
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
    holder: null,
    revision: 1,
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
  expect(await redeliver()).toEqual([second]);
  expect(swept).toMatchObject({ read: 2, missed: 2, asked: 1, error: expect.any(String) });
});

test.for([
  { what: "GitHub fails", fault: { path: /deliveries/, status: 500 } },
  { what: "the connection breaks", fault: { path: /deliveries/, drop: "before" } },
] as const)("it never rejects: $what", async ({ fault }) => {
  const failed = await happen(1, 502);
  sandbox.failNext(fault);
  const { log, told } = lines();
  expect(await redeliver({ log })).toEqual([]);
  expect(told.at(-1)?.message).toMatch(/could not be read/);
  expect(swept?.error).not.toBeNull();
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
