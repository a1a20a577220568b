import { beforeEach, expect, test } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { createDuty } from "../../src/engine/duty.ts";
import { createLeases } from "../../src/engine/leases.ts";
import { createMembership, type Membership } from "../../src/engine/members.ts";
import { type Log, type Stores, silentLog } from "../../src/engine/ports/index.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";

const second = 1_000;
let stores: Stores;
let clock: SimulatedClock;
let started: Membership[];
beforeEach(async () => {
  stores = await openSqliteStores({ directory: ":memory:" });
  clock = new SimulatedClock();
  started = [];
  return async () => {
    await Promise.all(started.map((each) => each.stop()));
    await stores.close();
  };
});

/** A process on the same stores; one that is frozen has a clock of its own that stands still. */
async function aMember(own: SimulatedClock = clock): Promise<Membership> {
  const member = createMembership({ store: stores.members, clock: own, log: silentLog, shared: true });
  await member.start();
  started.push(member);
  return member;
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= second) {
    clock.advance(second);
    for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate);
  }
}

test("members that give signs are alive to each other, one that has begun a moment ago too", async () => {
  const [a, b] = [await aMember(), await aMember()];
  expect(await a.isAlive(b.self)).toBe(true);
  await pass(60 * second);
  expect(await a.isAlive(b.self)).toBe(true);
  expect(await b.isAlive(a.self)).toBe(true);
  expect((await a.alive()).toSorted()).toEqual([a.self, b.self].toSorted());
});

test("one that stops is gone at once, one that gives no sign after eight seconds, and not before", async () => {
  const [a, b, frozen] = [await aMember(), await aMember(), await aMember(new SimulatedClock())];
  await pass(2 * second);
  await b.stop();
  await pass(2 * second);
  expect(await a.isAlive(b.self)).toBe(false);
  expect(await a.isAlive(frozen.self)).toBe(true);
  await pass(9 * second);
  expect(await a.isAlive(frozen.self)).toBe(false);
  expect(await a.alive()).toEqual([a.self]);
  await pass(90 * second);
  expect((await stores.members.list()).map(({ id }) => id)).toEqual([a.self]);
});

test("one that stood still takes nobody for gone before it has listened for as long as it takes", async () => {
  const own = new SimulatedClock();
  const [a, b, frozen] = [await aMember(), await aMember(own), await aMember(new SimulatedClock())];
  await pass(30 * second);
  own.advance(30 * second);
  expect(await b.isAlive(a.self)).toBe(true);
  expect((await b.alive()).toSorted()).toEqual([a.self, b.self, frozen.self].toSorted());
  for (let seconds = 0; seconds < 10; seconds++) {
    own.advance(second);
    await pass(second);
  }
  expect([await b.isAlive(a.self), await b.isAlive(frozen.self)]).toEqual([true, false]);
});

test("nobody but itself is alive where nobody else can open the stores", async () => {
  const alone = createMembership({ store: stores.members, clock, log: silentLog, shared: false });
  await alone.start();
  expect(await alone.isAlive(alone.self)).toBe(true);
  expect(await alone.isAlive("of an earlier process")).toBe(false);
  expect(await alone.alive()).toEqual([alone.self]);
  expect(clock.next()).toBeNull();
  await alone.stop();
});

test("a lease is one member's, until it gives it back or is gone", async () => {
  const [a, b] = [await aMember(), await aMember(new SimulatedClock())];
  const [ofA, ofB] = [createLeases(stores.leases, a), createLeases(stores.leases, b)];
  expect(await ofB.take("report")).toBe(true);
  expect(await ofB.take("report")).toBe(true);
  expect(await ofA.take("report")).toBe(false);
  await ofB.release("report");
  expect(await ofA.take("report")).toBe(true);
  await ofA.release("report");
  await ofA.release("report");
  expect(await ofB.take("report")).toBe(true);
  await pass(10 * second);
  expect(await ofA.take("report")).toBe(true);
  // It comes back, and gives back what is another's by now.
  await ofB.release("report");
  expect(await stores.leases.get("report")).toMatchObject({ holder: a.self });
});

test("a duty is done at once and then every so often, by who may claim it, whatever becomes of a time", async () => {
  const told: string[] = [];
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (_, message) => void errors.push(message) };
  const claimed = new Set<string>();
  const shared = { claim: async (name: string) => !claimed.has(name) };
  let broken = false;
  const duty = createDuty({
    name: "clean",
    everyMs: 60 * second,
    clock,
    log,
    shared,
    perform: async () => {
      told.push("done");
      if (broken) throw new Error("the store is away");
    },
  });
  await duty.start();
  expect(told).toHaveLength(1);
  broken = true;
  await pass(60 * second);
  expect(told).toHaveLength(2);
  expect(errors).toEqual(["a duty could not be done; trying again"]);
  // The turn was its own, and still is.
  claimed.add("clean");
  broken = false;
  await pass(60 * second);
  expect(told).toHaveLength(3);
  await pass(60 * second);
  expect(told).toHaveLength(3);
  claimed.clear();
  await pass(60 * second);
  expect(told).toHaveLength(4);
  await duty.stop();
  await pass(120 * second);
  expect(told).toHaveLength(4);
});

test("a duty may be done once more soon after its first time, whoever has claimed it", async () => {
  let done = 0;
  const duty = createDuty({
    name: "sweep",
    everyMs: 300 * second,
    againMs: 15 * second,
    clock,
    log: silentLog,
    shared: { claim: async () => done === 0 },
    perform: async () => void (done += 1),
  });
  await duty.start();
  expect(done).toBe(1);
  await pass(15 * second);
  expect(done).toBe(2);
  await pass(290 * second);
  expect(done).toBe(2);
  await duty.stop();
});
