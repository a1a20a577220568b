import { beforeEach, expect, test } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import type { Log, Schedule, ScheduleStore } from "../../src/engine/ports/index.ts";
import { silentLog } from "../../src/engine/ports/index.ts";
import { createScheduleKeeper, type ScheduleKeeper } from "../../src/github/schedule-keeper.ts";

const minute = 60_000;
const hour = 60 * minute;
const start = Date.parse("2026-11-23T08:30:00Z");

/** All that the keeper asks of a store. */
class Rows implements ScheduleStore {
  readonly rows = new Map<string, Schedule>();
  broken: Error | null = null;

  add(id: string, cron: string, next: string): void {
    const repository = { id: 1, owner: "acme", name: "shop" };
    const schedule = { id, repository, installation: 1, path: `.hishamos/${id}.yml`, cron, timezone: "UTC" };
    this.rows.set(id, { ...schedule, next: Date.parse(next) });
  }

  async replaceFor() {}
  async removeInstallation() {}

  async due(until: number, limit: number) {
    if (this.broken) throw this.broken;
    return this.#sorted()
      .filter(({ next }) => next <= until)
      .slice(0, limit);
  }

  async nextDue() {
    if (this.broken) throw this.broken;
    return this.#sorted()[0]?.next ?? null;
  }

  async advance(id: string, from: number, to: number) {
    if (this.broken) throw this.broken;
    const row = this.rows.get(id);
    if (row?.next !== from) return false;
    this.rows.set(id, { ...row, next: to });
    return true;
  }

  #sorted() {
    return [...this.rows.values()].toSorted((a, b) => a.next - b.next);
  }
}

let clock: SimulatedClock;
let store: Rows;
let fired: string[];
let fails: ((id: string) => unknown) | null;
let errors: string[];
let log: Log;
let keeper: ScheduleKeeper;

function aKeeper(lookMs?: number): ScheduleKeeper {
  return createScheduleKeeper({
    store,
    clock,
    log,
    lookMs,
    fire: async ({ id }, tick) => {
      fired.push(`${id} ${new Date(tick).toISOString().slice(11, 16)}`);
      const error = fails?.(id);
      if (error !== undefined) throw error;
      return "started";
    },
  });
}

beforeEach(() => {
  clock = new SimulatedClock(start);
  store = new Rows();
  fired = [];
  fails = null;
  errors = [];
  log = { ...silentLog, error: (_, message) => void errors.push(message) };
  keeper = aKeeper();
  return () => keeper.stop();
});

/** Goes on by so much, minute by minute, and lets what was called come to its end. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= minute) {
    clock.advance(Math.min(left, minute));
    await quiet();
  }
}

async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise(setImmediate);
    await keeper.idle();
  }
}

test("each schedule fires at its ticks, and at no other time", async () => {
  store.add("nine", "0 9 * * *", "2026-11-23T09:00Z");
  store.add("half", "*/30 * * * *", "2026-11-23T09:00Z");
  await keeper.start();
  await pass(29 * minute);
  expect(fired).toEqual([]);
  await pass(65 * minute);
  expect(fired.toSorted()).toEqual(["half 09:00", "half 09:30", "half 10:00", "nine 09:00"]);
});

test("ticks missed while nobody listened fire once, as the newest of them", async () => {
  store.add("half", "*/30 * * * *", "2026-11-20T00:00Z");
  await keeper.start();
  await quiet();
  expect(fired).toEqual(["half 08:30"]);
  await pass(hour);
  expect(fired).toEqual(["half 08:30", "half 09:00", "half 09:30"]);
});

test("one that comes while the timer waits for a later one fires in time", async () => {
  store.add("ten", "0 10 * * *", "2026-11-23T10:00Z");
  await keeper.start();
  store.add("nine", "0 9 * * *", "2026-11-23T09:00Z");
  keeper.expect(Date.parse("2026-11-23T09:00Z"));
  await pass(40 * minute);
  expect(fired).toEqual(["nine 09:00"]);
  await pass(hour);
  expect(fired).toEqual(["nine 09:00", "ten 10:00"]);
});

test("one that another process has stored is found by looking from time to time", async () => {
  await keeper.stop();
  keeper = aKeeper(20_000);
  await keeper.start();
  store.add("nine", "0 9 * * *", "2026-11-23T09:00Z");
  await pass(30 * minute);
  expect(fired).toEqual(["nine 09:00"]);
  await keeper.stop();
  expect(clock.next()).toBe(null);
});

test("a crash between start and advance repeats the same tick", async () => {
  store.add("half", "*/30 * * * *", "2026-11-23T08:30Z");
  store.advance = () => Promise.reject(new Error("killed"));
  await keeper.start();
  await quiet();
  await keeper.stop();
  Reflect.deleteProperty(store, "advance");
  clock.advance(20 * minute);
  keeper = aKeeper();
  await keeper.start();
  await quiet();
  expect(fired).toEqual(["half 08:30", "half 08:30"]);
});

const refused = (status: number, headers: object = {}) =>
  Object.assign(new Error("refused"), { status, response: { headers } });

test.for([
  ["is tried again in a minute while GitHub can't answer", refused(502), ["08:30", "08:30", "08:30"]],
  ["is tried again after a broken connection", new Error("socket hang up"), ["08:30", "08:30", "08:30"]],
  ["waits for the rate limit's end", refused(429, { "retry-after": "180" }), ["08:30"]],
  ["waits for its next tick where the repository is gone", refused(404), ["08:30"]],
  ["waits for its next tick where the App is suspended", refused(403), ["08:30"]],
] as const)("a schedule %s", async ([, error, expected]) => {
  store.add("a", "30 8 * * *", "2026-11-23T08:30Z");
  store.add("other", "31 8 * * *", "2026-11-23T08:31Z");
  fails = (id) => (id === "a" ? error : undefined);
  await keeper.start();
  await quiet();
  await pass(2 * minute);
  expect(fired.filter((one) => one.startsWith("a"))).toEqual(expected.map((time) => `a ${time}`));
  expect(fired).toContain("other 08:31");
});

test("a tick comes through after failures, once", async () => {
  store.add("a", "30 8 * * *", "2026-11-23T08:30Z");
  fails = () => refused(500);
  await keeper.start();
  await pass(2 * minute);
  const tries = fired.length;
  expect(tries).toBeGreaterThan(1);
  fails = null;
  await pass(24 * hour);
  expect(fired.slice(tries)).toEqual(["a 08:30", "a 08:30"]);
});

test("a store that can't answer is asked again, and said", async () => {
  store.add("half", "*/30 * * * *", "2026-11-23T08:30Z");
  store.broken = new Error("no database");
  await keeper.start();
  await pass(minute);
  expect(errors[0]).toBe("schedules could not be read; trying again");
  expect(fired).toEqual([]);
  store.broken = null;
  await pass(minute);
  expect(fired).toEqual(["half 08:30"]);
});

test("more than a page fires whole", async () => {
  for (let id = 0; id < 1_200; id++) store.add(`s${id}`, "0 9 * * *", "2026-11-23T09:00Z");
  await keeper.start();
  await pass(30 * minute);
  expect(new Set(fired).size).toBe(1_200);
  expect(fired).toHaveLength(1_200);
});

test("after a stop nothing fires, and there is no timer left", async () => {
  store.add("half", "*/30 * * * *", "2026-11-23T09:00Z");
  await keeper.start();
  await keeper.stop();
  keeper.expect(start + 1);
  await pass(hour);
  expect(fired).toEqual([]);
  expect(clock.next()).toBe(null);
});

test("a stop waits for what is being fired, and begins no more of what is due", async () => {
  const begun = Promise.withResolvers<void>();
  const going = Promise.withResolvers<void>();
  for (let id = 0; id < 100; id++) store.add(`s${id}`, "0 9 * * *", "2026-11-23T08:00Z");
  keeper = createScheduleKeeper({
    store,
    clock,
    log,
    fire: async ({ id }) => {
      fired.push(id);
      begun.resolve();
      await going.promise;
      return "";
    },
  });
  await keeper.start();
  await begun.promise;
  const stopping = keeper.stop();
  const early = await Promise.race([stopping, new Promise((resolve) => setImmediate(resolve, "waits"))]);
  expect(early).toBe("waits");
  going.resolve();
  await stopping;
  expect(fired.length).toBeLessThan(100);
  expect([...store.rows.values()].filter(({ next }) => next > start)).toHaveLength(fired.length);
});
