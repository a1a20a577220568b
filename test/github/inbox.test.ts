import { afterEach, expect, test } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import {
  type Delivery,
  type DeliveryStore,
  type Members,
  type Stores,
  silentLog,
} from "../../src/engine/ports/index.ts";
import { createInbox, type InboxOptions } from "../../src/github/inbox.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";

const opened: Stores[] = [];
afterEach(async () => {
  for (const stores of opened.splice(0)) await stores.close();
});

/** Several processes, of which some are gone. */
class Crew {
  readonly #gone = new Set<string>();

  as(self: string): Members {
    const isAlive = async (id: string) => id === self || (this.#all.has(id) && !this.#gone.has(id));
    this.#all.add(self);
    return { self, isAlive, alive: async () => [...this.#all].filter((id) => !this.#gone.has(id)) };
  }
  readonly #all = new Set<string>();

  leaves(id: string): void {
    this.#gone.add(id);
  }
}
const anyMembers = { as: (self: string) => new Crew().as(self) };

async function aStore(): Promise<DeliveryStore> {
  const stores = await openSqliteStores({ directory: ":memory:" });
  opened.push(stores);
  return stores.deliveries;
}

function anInbox(
  deliveries: DeliveryStore,
  process: InboxOptions["process"],
  over: Partial<InboxOptions> = {},
) {
  const clock = new SimulatedClock();
  const inbox = createInbox({
    deliveries,
    members: anyMembers.as("me"),
    clock,
    log: silentLog,
    process,
    ...over,
  });
  return { inbox, clock };
}

function incoming(id: string, repository = 1) {
  return { id, event: "issues", payload: { repository: { id: repository } } };
}

function unheld(id: string, receivedAt: number): Delivery {
  return { ...incoming(id), receivedAt, outcome: null, attempts: 0, holder: null, revision: 1 };
}

/** An error as Octokit throws it. */
function httpError(status: number, headers: Record<string, string> = {}) {
  return Object.assign(new Error(`HTTP ${status}`), { status, response: { headers } });
}

test("one repository's deliveries are processed one after the other, those of several side by side", async () => {
  const log: string[] = [];
  const gates = new Map(["a1", "a2", "b1"].map((id) => [id, Promise.withResolvers<void>()]));
  const begun = new Map(["a1", "a2", "b1"].map((id) => [id, Promise.withResolvers<void>()]));
  const { inbox } = anInbox(await aStore(), async ({ id }) => {
    log.push(`begin ${id}`);
    begun.get(id)?.resolve();
    await gates.get(id)?.promise;
    log.push(`end ${id}`);
    return "processed";
  });
  inbox.start();
  await inbox.idle();
  await inbox.accept(incoming("a1", 1));
  await inbox.accept(incoming("a2", 1));
  await inbox.accept(incoming("b1", 2));
  await Promise.all([begun.get("a1")?.promise, begun.get("b1")?.promise]);
  expect(log.toSorted()).toEqual(["begin a1", "begin b1"]);
  for (const gate of gates.values()) gate.resolve();
  await inbox.idle();
  expect(log.indexOf("begin a2")).toBeGreaterThan(log.indexOf("end a1"));
});

const quick = [2_000, 8_000, 32_000, 128_000];
/** Every five minutes for a day after it came. */
const slow = Array.from({ length: 288 }, () => 300_000);
const failures: readonly {
  readonly error: unknown;
  readonly waits: readonly number[];
  readonly outcome: string;
}[] = [
  { error: httpError(502), waits: [...quick, ...slow], outcome: "failed: HTTP 502" },
  { error: new Error("connection lost"), waits: [...quick, ...slow], outcome: "failed: connection lost" },
  { error: httpError(403), waits: [], outcome: "failed: HTTP 403" },
  { error: httpError(422), waits: [], outcome: "failed: HTTP 422" },
];

test.for(failures)(
  "$error is tried again while it may pass, for a day, then given up",
  async ({ error, waits, outcome }) => {
    const store = await aStore();
    let calls = 0;
    const { inbox, clock } = anInbox(store, () => {
      calls++;
      return Promise.reject(error);
    });
    inbox.start();
    await inbox.accept(incoming("one"));
    await inbox.idle();
    for (const wait of waits) {
      expect(clock.next()).toBe(wait);
      clock.advance(wait);
      await inbox.idle();
    }
    expect(clock.next()).toBeNull();
    expect(await store.get("one")).toMatchObject({ outcome, attempts: calls });
    expect(calls).toBe(waits.length + 1);
  },
);

test("one that GitHub, or the count of what is written to it, tells to come later comes then, however often, and loses no try", async () => {
  const store = await aStore();
  let calls = 0;
  const { inbox, clock } = anInbox(store, async () => {
    calls++;
    if (calls > 12) return "processed";
    throw httpError(429, { "retry-after": "60" });
  });
  inbox.start();
  await inbox.accept(incoming("one"));
  await inbox.idle();
  for (let times = 1; times <= 12; times++) {
    expect(clock.next()).toBe(60_000);
    clock.advance(60_000);
    await inbox.idle();
  }
  // That it began before is known: what it does may have been done.
  expect(await store.get("one")).toMatchObject({ outcome: "processed", attempts: 13, survived: 12 });
});

test("a delivery behind one that is tried again waits for it, and one of another repository does not", async () => {
  const store = await aStore();
  const log: string[] = [];
  const { inbox, clock } = anInbox(store, async ({ id, attempts }) => {
    log.push(id);
    if (id === "bad" && attempts === 1) throw httpError(500);
    return "processed";
  });
  inbox.start();
  for (const one of [incoming("bad", 1), incoming("behind", 1), incoming("other", 2)])
    await inbox.accept(one);
  await inbox.idle();
  expect(log.toSorted()).toEqual(["bad", "other"]);
  clock.advance(2_000);
  await inbox.idle();
  expect(log.slice(2)).toEqual(["bad", "behind"]);
});

test("one that goes on failing lets those behind it go first, and is done once what failed has passed", async () => {
  const store = await aStore();
  const log: string[] = [];
  let down = true;
  const { inbox, clock } = anInbox(store, async ({ id }) => {
    if (id === "bad" && down) throw httpError(500);
    log.push(id);
    return "processed";
  });
  inbox.start();
  for (const one of [incoming("bad", 1), incoming("behind", 1)]) await inbox.accept(one);
  await inbox.idle();
  for (const wait of quick) {
    expect(log).toEqual([]);
    clock.advance(wait);
    await inbox.idle();
  }
  expect(log).toEqual(["behind"]);
  await inbox.accept(incoming("later", 1));
  down = false;
  clock.advance(300_000);
  await inbox.idle();
  expect(log).toEqual(["behind", "later", "bad"]);
  expect(await store.get("bad")).toMatchObject({ outcome: "processed", attempts: 6, survived: 5 });
});

test("a delivery that took the process down with it five times is not tried a sixth time", async () => {
  const store = await aStore();
  await store.add({ ...unheld("poison", 1), attempts: 5 });
  const { inbox } = anInbox(store, () => Promise.reject(new Error("must not run")));
  inbox.start();
  await inbox.idle();
  expect((await store.get("poison"))?.outcome).toBe(
    "failed: given up after 5 attempts that its process did not survive",
  );
});

test("more deliveries than are held in memory are all processed, in order", async () => {
  const store = await aStore();
  const log: string[] = [];
  const process = async ({ id }: Delivery) => {
    log.push(id);
    return "processed";
  };
  const ids = Array.from({ length: 50 }, (_, at) => String(at).padStart(2, "0"));
  for (const [at, id] of ids.slice(0, 25).entries()) {
    await store.add(unheld(id, at));
  }
  const { inbox } = anInbox(store, process, { held: 4 });
  inbox.start();
  await Promise.all(ids.slice(25).map((id) => inbox.accept(incoming(id))));
  await inbox.idle();
  expect(log).toEqual(ids);
});

test("what was under way is finished by stop; the rest is left for the next start", async () => {
  const store = await aStore();
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const first = anInbox(store, async () => {
    begun.resolve();
    await gate.promise;
    return "processed: first";
  });
  first.inbox.start();
  await first.inbox.accept(incoming("one"));
  await begun.promise;
  await first.inbox.accept(incoming("two"));
  const stopped = first.inbox.stop();
  await first.inbox.accept(incoming("three"));
  gate.resolve();
  await stopped;
  expect((await store.get("one"))?.outcome).toBe("processed: first");
  expect((await store.unfinished(10)).map(({ id }) => id)).toEqual(["two", "three"]);

  const second = anInbox(store, async () => "processed: second");
  second.inbox.start();
  await second.inbox.idle();
  expect((await store.get("two"))?.outcome).toBe("processed: second");
  expect((await store.get("three"))?.outcome).toBe("processed: second");
});

test("work whose outcome could not be written is not done again for that", async () => {
  const store = await aStore();
  let calls = 0;
  let failing = 1;
  const flaky: DeliveryStore = {
    add: (delivery) => store.add(delivery),
    get: (id) => store.get(id),
    unfinished: (limit, held) => store.unfinished(limit, held),
    labeled: (query) => store.labeled(query),
    recent: (query) => store.recent(query),
    update: (delivery) => {
      if (delivery.outcome !== null && failing-- > 0) return Promise.reject(new Error("no database"));
      return store.update(delivery);
    },
  };
  const { inbox, clock } = anInbox(flaky, async () => `processed: ${++calls}`);
  inbox.start();
  await inbox.accept(incoming("one"));
  await inbox.idle();
  expect((await store.get("one"))?.outcome).toBeNull();
  clock.advance(5_000);
  await inbox.idle();
  expect((await store.get("one"))?.outcome).toBe("processed: 1");
});

/** Two inboxes over one store, of processes that know each other. */
function aPair(store: DeliveryStore, process: (who: string, delivery: Delivery) => Promise<string>) {
  const crew = new Crew();
  const clock = new SimulatedClock();
  const [a, b] = ["a", "b"].map((who) => {
    const options = { members: crew.as(who), clock };
    return anInbox(store, (delivery) => process(who, delivery), options).inbox;
  });
  if (!a || !b) throw new Error("there are two");
  return { a, b, crew, clock };
}

test("what a process that is gone had in hand is taken up by another, what a live one has is not", async () => {
  const store = await aStore();
  const log: string[] = [];
  const { a, b, crew } = aPair(store, async (who, { id }) => {
    log.push(`${who}: ${id}`);
    return `processed by ${who}`;
  });
  await a.accept(incoming("one"));
  await a.accept(incoming("two"));
  b.start();
  await b.adopt();
  await b.idle();
  expect(log).toEqual([]);
  crew.leaves("a");
  await b.adopt();
  await b.idle();
  expect(log).toEqual(["b: one", "b: two"]);
  await b.adopt();
  await b.idle();
  expect(log).toHaveLength(2);
  expect(await store.get("two")).toMatchObject({ holder: "b", outcome: "processed by b" });
});

test("one that has begun a moment ago, and that nobody knew of, keeps what it has in hand", async () => {
  const store = await aStore();
  const members = new Crew().as("me");
  const known = { ...members, isAlive: async (id: string) => id === "me" || id === "new" };
  const { inbox } = anInbox(store, async () => "processed", { members: known });
  await store.add({ ...unheld("theirs", 1), holder: "new" });
  await store.add({ ...unheld("nobody's", 2), holder: "gone" });
  inbox.start();
  await inbox.idle();
  expect(await store.get("theirs")).toMatchObject({ holder: "new", outcome: null });
  expect(await store.get("nobody's")).toMatchObject({ holder: "me", outcome: "processed" });
});

test("of many that a gone process left each is processed once, whoever takes it", async () => {
  const store = await aStore();
  const log: string[] = [];
  const { a, b, crew } = aPair(store, async (who, { id }) => {
    log.push(`${id} by ${who}`);
    return "processed";
  });
  const gone = anInbox(store, () => Promise.reject(new Error("must not run")), { members: crew.as("gone") });
  const ids = Array.from({ length: 60 }, (_, at) => `d${at}`);
  for (const [at, id] of ids.entries()) await gone.inbox.accept(incoming(id, at % 5));
  crew.leaves("gone");
  for (const inbox of [a, b]) inbox.start();
  await Promise.all([a.adopt(), b.adopt(), a.adopt()]);
  for (const inbox of [a, b, a, b]) await inbox.idle();
  expect(log.map((line) => line.replace(/ by .*/, "")).toSorted()).toEqual(ids.toSorted());
});

test("one that was frozen and has lost a delivery drops it, and goes on with the rest", async () => {
  const store = await aStore();
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const log: string[] = [];
  const { a, b, crew, clock } = aPair(store, async (who, { id }) => {
    log.push(`${who}: ${id}`);
    if (who === "a" && id === "one") {
      begun.resolve();
      await gate.promise;
    }
    return `processed by ${who}`;
  });
  a.start();
  await a.idle();
  await a.accept(incoming("one"));
  await a.accept(incoming("two"));
  await begun.promise;
  crew.leaves("a");
  b.start();
  await b.idle();
  gate.resolve();
  await a.idle();
  expect(log).toEqual(["a: one", "b: one", "b: two"]);
  expect((await store.get("one"))?.outcome).toBe("processed by b");
  await a.accept(incoming("three"));
  await a.idle();
  expect((await store.get("three"))?.outcome).toBe("processed by a");
  expect(clock.next()).toBeNull();
});

test("one taken over goes before what came here later, but not before what is under way", async () => {
  const store = await aStore();
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const log: string[] = [];
  const { a, b, crew, clock } = aPair(store, async (_who, { id }) => {
    log.push(id);
    if (id !== "running") return "processed";
    begun.resolve();
    await gate.promise;
    return "processed";
  });
  b.start();
  await b.idle();
  await b.accept(incoming("running"));
  await begun.promise;
  clock.advance(10);
  await a.accept(incoming("older"));
  clock.advance(10);
  await b.accept(incoming("newer"));
  crew.leaves("a");
  await b.adopt();
  gate.resolve();
  await b.idle();
  expect(log).toEqual(["running", "older", "newer"]);
});

test("a write whose answer was lost counts as made: nobody else has the delivery", async () => {
  const store = await aStore();
  let calls = 0;
  const lost = new Set(["one ", "one processed: 1"]);
  const flaky: DeliveryStore = {
    ...store,
    update: async (delivery) => {
      const made = await store.update(delivery);
      if (lost.delete(`${delivery.id} ${delivery.outcome ?? ""}`)) throw new Error("connection lost");
      return made;
    },
  };
  const { inbox, clock } = anInbox(flaky, async () => `processed: ${++calls}`);
  inbox.start();
  await inbox.accept(incoming("one"));
  await inbox.accept(incoming("two"));
  for (let write = 0; write < 2; write++) {
    await inbox.idle();
    clock.advance(5_000);
  }
  await inbox.idle();
  expect(await store.get("one")).toMatchObject({ outcome: "processed: 1" });
  expect(await store.get("two")).toMatchObject({ outcome: "processed: 2" });
  expect(clock.next()).toBeNull();
});

test("a delivery that was stored though its answer was lost is processed, though it comes again as a known one", async () => {
  const store = await aStore();
  let lost = 1;
  const flaky: DeliveryStore = {
    ...store,
    add: async (delivery) => {
      const made = await store.add(delivery);
      if (lost-- > 0) throw new Error("connection lost");
      return made;
    },
  };
  const { inbox, clock } = anInbox(flaky, async () => "processed");
  inbox.start();
  await inbox.idle();
  expect(await inbox.accept(incoming("one"))).toMatchObject({ result: "unavailable" });
  expect(await inbox.accept(incoming("one"))).toEqual({ result: "duplicate" });
  clock.advance(5_000);
  await inbox.idle();
  expect((await store.get("one"))?.outcome).toBe("processed");
});
