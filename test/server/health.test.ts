import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { createHealth, type Health } from "../../src/health.ts";

const second = 1_000;

let clock: SimulatedClock;
let health: Health;
/** How the store answers. */
let store: () => Promise<Json>;
let reads: number;
let answeredAt: number | null;
let url: string;
beforeEach(async () => {
  clock = new SimulatedClock();
  reads = 0;
  store = async () => ({ at: 5, missed: 0 });
  answeredAt = clock.now();
  const notes = {
    get: async () => {
      reads += 1;
      return await store();
    },
  };
  const members = { self: "me", alive: async () => ["me", "other"] };
  health = createHealth({ notes, members, shared: { answeredAt: () => answeredAt }, clock });
  health.set("running");
  const server = createServer((req, res) => {
    void health.answer(req, res).then((answered) => answered || res.writeHead(418).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
});
const never: PromiseWithResolvers<Json>[] = [];
afterEach(() => {
  for (const each of never.splice(0)) each.resolve(null);
});

async function ready() {
  const answer = await fetch(`${url}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test("what can work says so, and who it is, when it was swept, and how many there are", async () => {
  expect(await ready()).toEqual({
    status: 200,
    body: {
      status: "ready",
      checks: { service: { ok: true, ms: 0 }, store: { ok: true, ms: 0 }, queue: { ok: true, ms: 0 } },
      replica: "me",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      sweep: { at: 5, missed: 0 },
      members: 2,
    },
  });
});

const refused = Object.assign(new Error("connect ECONNREFUSED postgres://user:secret@host"), {
  code: "ECONNREFUSED",
});

const troubles: readonly (readonly [string, () => void, string, string])[] = [
  ["the store refuses", () => void (store = () => Promise.reject(refused)), "store", "ECONNREFUSED"],
  [
    "the store fails without a code",
    () => void (store = () => Promise.reject(new Error("no password for user"))),
    "store",
    "no answer",
  ],
  ["the queue was never asked", () => void (answeredAt = null), "queue", "no answer yet"],
  [
    "the queue has not answered for long",
    () => clock.advance(5 * second + 1),
    "queue",
    "no answer for 5001 ms",
  ],
  ["it starts", () => health.set("starting"), "service", "starting"],
  ["it stops", () => health.set("stopping"), "service", "stopping"],
];

test.for(troubles)("it is not ready where %s, and lives", async ([, happen, part, error]) => {
  happen();
  const { status, body } = await ready();
  expect([status, body["status"]]).toEqual([503, "unavailable"]);
  expect(body["checks"]).toMatchObject({ [part]: { ok: false, error } });
  expect(JSON.stringify(body)).not.toMatch(/secret|user|password/);
  const alive = await fetch(`${url}/healthz`);
  expect([alive.status, await alive.json()]).toEqual([200, { status: "ok" }]);
});

test("a store that does not answer is waited for two seconds and not asked again meanwhile; then it is ready again", async () => {
  const asked = Promise.withResolvers<void>();
  const hanging = Promise.withResolvers<Json>();
  never.push(hanging);
  store = () => {
    asked.resolve();
    return hanging.promise;
  };
  for (let probes = 0; probes < 3; probes++) {
    const probe = ready();
    await asked.promise;
    // The probe has armed its timer once there is one.
    while (clock.next() === null) await new Promise(setImmediate);
    clock.advance(2 * second);
    answeredAt = clock.now();
    const { status, body } = await probe;
    expect([status, body["checks"]]).toMatchObject([503, { store: { error: "no answer within 2000 ms" } }]);
  }
  expect(reads).toBe(1);
  store = async () => null;
  hanging.resolve(null);
  clock.advance(second);
  expect((await ready()).status).toBe(200);
});

test("many probes ask the store once a second", async () => {
  await Promise.all(Array.from({ length: 20 }, ready));
  expect(reads).toBe(1);
  clock.advance(second);
  await ready();
  expect(reads).toBe(2);
});

test("what was known last is told while the store is away", async () => {
  await ready();
  clock.advance(second);
  store = () => Promise.reject(refused);
  expect((await ready()).body).toMatchObject({ sweep: { at: 5 }, members: 2 });
});

test.for([
  ["HEAD", "/readyz", 200],
  ["HEAD", "/healthz", 200],
  ["GET", "/readyz?verbose", 200],
  ["POST", "/readyz", 418],
  ["GET", "/readyz/more", 418],
] as const)("%s %s", async ([method, path, status]) => {
  const answer = await fetch(`${url}${path}`, { method });
  expect([answer.status, method === "HEAD" && (await answer.text())]).toEqual([
    status,
    method === "HEAD" && "",
  ]);
});
