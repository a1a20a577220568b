import { beforeEach, expect, test } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { type Stores, silentLog } from "../../src/engine/ports/index.ts";
import { createCleaning } from "../../src/engine/retention.ts";
import { sqliteDatabase } from "../../src/state/sqlite/database.ts";
import { openSqliteFile } from "../../src/state/sqlite/open.ts";
import { openStores } from "../../src/state/stores.ts";
import { anExecution, nextRevision } from "../support/execution.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
let stores: Stores;
let pages: (what: "page_count" | "freelist_count") => number;
let clock: SimulatedClock;
beforeEach(() => {
  const file = openSqliteFile(":memory:");
  stores = openStores(sqliteDatabase(file));
  pages = (what) => Number(file.prepare(`PRAGMA ${what}`).get()?.[what]);
  clock = new SimulatedClock();
  return () => stores.close();
});

const cleaning = (retention = stores.retention) =>
  createCleaning({ stores: { ...stores, retention }, clock, log: silentLog, retentionDays: 90 });

async function ended(id: string): Promise<void> {
  const at = clock.now();
  await stores.executions.create(anExecution({ id, state: "completed", endedAt: at, updatedAt: at }));
}

async function received(id: string, outcome: string | null): Promise<void> {
  const facts = { event: "push", payload: {}, attempts: 0, holder: null, revision: 1 };
  await stores.deliveries.add({ ...facts, id, outcome, receivedAt: clock.now() });
}

/** Time passes, from timer to timer; `between` runs after each. */
async function pass(ms: number, between: () => Promise<void> = async () => {}): Promise<void> {
  for (const until = clock.now() + ms; clock.now() < until; ) {
    const left = until - clock.now();
    clock.advance(Math.min(clock.next() ?? left, left));
    for (let turns = 0; turns < 8; turns++) await new Promise(setImmediate);
    await between();
  }
}

/** Time passes until it is done. */
async function through(done: Promise<void>, between?: () => Promise<void>): Promise<void> {
  const open = new Set(["it is under way"]);
  void done.then(() => open.clear());
  while (open.size > 0) await pass(50, between);
}

test("over ninety-one days: an execution goes ninety days after its end, a delivery after seven, within the hour", async () => {
  const duty = cleaning();
  await duty.start();
  await ended("early");
  await received("done", "started 1");
  await received("open", null);
  await stores.blobs.put("hash", "text", "early");
  const of = (id: string) => ({ workflow: { ...anExecution().workflow, hash: id } });
  await stores.definitions.put("in use", { path: "a.yml", text: "" }, clock.now());
  await stores.definitions.put("free", { path: "b.yml", text: "" }, clock.now());
  await stores.executions.create(anExecution({ id: "parked", updatedAt: clock.now(), ...of("in use") }));
  await pass(7 * day - minute);
  expect(await stores.deliveries.get("done")).not.toBeNull();
  expect(await stores.definitions.get("free")).toBeNull();
  await pass(61 * minute);
  expect(await stores.deliveries.get("done")).toBeNull();
  await pass(60 * minute);
  expect(await stores.notes.get("cleaning")).toMatchObject({ executions: 0, deliveries: 0 });
  await ended("late");
  await pass(83 * day - 3 * 60 * minute);
  expect(await stores.executions.load("early")).not.toBeNull();
  await pass(2 * 60 * minute);
  expect(await stores.executions.load("early")).toBeNull();
  expect(await stores.blobs.get("hash", "early")).toBeNull();
  await pass(day);
  expect(await stores.executions.load("late")).not.toBeNull();
  expect(await stores.executions.load("parked")).not.toBeNull();
  expect(await stores.definitions.get("in use")).not.toBeNull();
  expect(await stores.deliveries.get("open")).not.toBeNull();
  await duty.stop();
});

test("what a message may name that was stored before the start is left alone until it is taken in", async () => {
  await stores.definitions.put("named by a message", { path: "a.yml", text: "" }, clock.now() - 2 * day);
  const duty = cleaning();
  await duty.start();
  expect(await stores.definitions.get("named by a message")).not.toBeNull();
  await pass(61 * minute);
  expect(await stores.definitions.get("named by a message")).toBeNull();
  await duty.stop();
});

test("a parent with its children and theirs goes in one cleaning, which notes what it did", async () => {
  const run = { round: 1, path: "a", visit: 1, attempt: 1 };
  const of = (execution: string) => ({ state: "failed" as const, updatedAt: 1, parent: { execution, run } });
  await stores.executions.create(anExecution({ id: "c", ...of("b") }));
  await stores.executions.create(anExecution({ id: "b", ...of("a") }));
  await stores.executions.create(anExecution({ id: "a", ...of("a"), parent: null }));
  const duty = cleaning();
  await duty.start();
  expect(await stores.notes.get("cleaning")).toEqual({
    at: clock.now(),
    tookMs: 0,
    executions: 3,
    deliveries: 0,
    blobs: 0,
    definitions: 0,
  });
  await duty.stop();
});

test("twenty thousand that are due go in many small steps, and saves go on between them", async () => {
  const count = 20_000;
  const at = clock.now() - 91 * day;
  const old = Array.from({ length: count }, (_, index) =>
    anExecution({ id: `old-${index}`, state: "completed", endedAt: at, updatedAt: at + index }),
  );
  await Promise.all(old.map((each) => stores.executions.create(each)));
  let live = anExecution({ id: "live", updatedAt: clock.now() });
  await stores.executions.create(live);
  const full = pages("page_count");
  const steps: number[] = [];
  const duty = cleaning({
    ...stores.retention,
    executions: async (...args) => {
      const removed = await stores.retention.executions(...args);
      steps.push(removed.executions);
      return removed;
    },
  });
  /** How many steps were done when each save came through. */
  const saves: number[] = [];
  await through(duty.start(), async () => {
    live = nextRevision(live, { updatedAt: clock.now() });
    expect(await stores.executions.save(live)).toBe(true);
    saves.push(steps.length);
  });
  expect(steps.reduce((sum, each) => sum + each, 0)).toBe(count);
  expect(Math.max(...steps)).toBeLessThanOrEqual(200);
  expect(new Set(saves).size).toBeGreaterThanOrEqual(count / 200);
  expect(await stores.notes.get("cleaning")).toMatchObject({ executions: count });
  // What is free is used again: the file does not grow.
  expect(pages("freelist_count")).toBeGreaterThan(full / 2);
  await Promise.all(old.map((each) => stores.executions.create(each)));
  expect(pages("page_count")).toBeLessThanOrEqual(full * 1.01);
  await duty.stop();
});

test("one that is stopped in the middle leaves the rest to the next, at once", async () => {
  const old = Array.from({ length: 500 }, () => anExecution({ state: "completed", updatedAt: 1 }));
  await Promise.all(old.map((each) => stores.executions.create(each)));
  const duty = cleaning();
  void duty.start();
  for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
  await duty.stop();
  const left = async () => (await stores.executions.list({ limit: 1000 })).executions.length;
  expect(await left()).toBe(300);
  const next = cleaning();
  await through(next.start());
  expect(await left()).toBe(0);
  await next.stop();
});
