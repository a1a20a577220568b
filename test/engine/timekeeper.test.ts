import { beforeEach, expect, test } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { type ExecutionStore, type Log, silentLog } from "../../src/engine/ports/index.ts";
import { Timekeeper } from "../../src/engine/timekeeper.ts";

/** Executions with their due times: all that the timekeeper asks of a store. */
class DueTimes implements Pick<ExecutionStore, "due" | "nextDue"> {
  readonly times = new Map<string, number>();
  asked = 0;
  broken: Error | null = null;

  async due(until: number, limit: number) {
    this.asked += 1;
    if (this.broken) throw this.broken;
    return this.#sorted()
      .filter(({ due }) => due <= until)
      .slice(0, limit);
  }

  async nextDue() {
    return this.#sorted()[0]?.due ?? null;
  }

  #sorted() {
    return [...this.times].map(([id, due]) => ({ id, due })).toSorted((a, b) => a.due - b.due);
  }
}

let clock: SimulatedClock;
let store: DueTimes;
let woken: string[];
let errors: string[];
let keeper: Timekeeper;
beforeEach(() => {
  clock = new SimulatedClock(0);
  store = new DueTimes();
  woken = [];
  errors = [];
  const log: Log = { ...silentLog, error: (_, message) => void errors.push(message) };
  // Who is woken takes the time away as it saves.
  keeper = new Timekeeper(store as unknown as ExecutionStore, clock, log, (id) => {
    woken.push(id);
    store.times.delete(id);
  });
});

/** Goes on by so much, and lets what was called ask the store. */
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

const due = (id: string, at: number) => void store.times.set(id, at);

test("wakes each execution when it is due, those that an earlier process left first of all", async () => {
  due("left", 100);
  due("later", 500);
  await keeper.start();
  await pass(99);
  expect(woken).toEqual([]);
  await pass(1);
  expect(woken).toEqual(["left"]);
  await pass(399);
  expect(woken).toEqual(["left"]);
  await pass(1);
  expect(woken).toEqual(["left", "later"]);
});

test("keeps one timer, for the earliest of all", async () => {
  await keeper.start();
  expect(clock.next()).toBeNull();
  for (const [id, at] of [
    ["b", 300],
    ["a", 200],
    ["c", 900],
  ] as const) {
    due(id, at);
    keeper.expect(at);
  }
  expect(clock.next()).toBe(200);
  await pass(200);
  expect([woken, store.asked]).toEqual([["a"], 1]);
});

test("one look wakes all that are due by then", async () => {
  for (const id of ["a", "b", "c"]) due(id, 50);
  await keeper.start();
  await pass(60);
  expect([woken, store.asked]).toEqual([["a", "b", "c"], 1]);
});

test("more than a page of them are woken one page after the other", async () => {
  for (let index = 0; index < 1_201; index++) due(`e${index}`, 10);
  await keeper.start();
  await pass(10);
  expect(woken).toHaveLength(500);
  await pass(1);
  expect(woken).toHaveLength(1_000);
  await pass(1);
  expect(new Set(woken).size).toBe(1_201);
});

test("one that stays due because its save takes long is not asked for without end", async () => {
  keeper = new Timekeeper(store as unknown as ExecutionStore, clock, silentLog, (id) => void woken.push(id));
  due("slow", 10);
  await keeper.start();
  await pass(10);
  expect([woken, clock.next()]).toEqual([["slow"], 1_000]);
});

test("a store that can't answer is asked again a second later", async () => {
  due("a", 10);
  await keeper.start();
  store.broken = new Error("the database is away");
  await pass(10);
  expect([woken, errors]).toEqual([[], ["timers could not be read; trying again"]]);
  store.broken = null;
  await pass(1_000);
  expect(woken).toEqual(["a"]);
});

test("what another process has saved, and did not live to keep, is found by looking from time to time", async () => {
  keeper = new Timekeeper(
    store as unknown as ExecutionStore,
    clock,
    silentLog,
    (id) => void woken.push(id),
    3_000,
  );
  await keeper.start();
  due("soon", 500);
  due("later", 4_000);
  await pass(2_999);
  expect(woken).toEqual([]);
  await pass(1);
  expect(woken).toEqual(["soon"]);
  store.times.delete("soon");
  await pass(1_000);
  expect(woken).toEqual(["soon", "later"]);
});

test("after a stop nothing is woken and nothing is expected", async () => {
  due("a", 10);
  await keeper.start();
  keeper.stop();
  keeper.expect(5);
  await pass(100);
  expect([woken, clock.next()]).toEqual([[], null]);
});
