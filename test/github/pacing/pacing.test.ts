import { describe, expect, test } from "vitest";
import { SimulatedClock } from "../../../src/engine/clock/simulated.ts";
import { silentLog } from "../../../src/engine/ports/log.ts";
import { createPacing, type Urgency } from "../../../src/github/pacing/index.ts";
import { mostWithin, PacingRows, settled } from "./support.ts";

const minute = 60_000;
const hour = 60 * minute;
const { signal: never } = new AbortController();

/** One installation's writes, by so many processes over one store. */
function processes(count: number) {
  const clock = new SimulatedClock();
  const store = new PacingRows();
  const pacings = Array.from({ length: count }, () => createPacing({ store, clock, log: silentLog }));
  const went: { readonly name: string; readonly at: number }[] = [];
  const begun = clock.now();
  const go = (name: string, urgency: Urgency = "news", { by = 0, installation = 1, signal = never } = {}) =>
    pacings[by]?.turn(installation, urgency, signal).then(
      () => went.push({ name, at: clock.now() - begun }),
      (error: Error) => went.push({ name: `${name}: ${error.message}`, at: clock.now() - begun }),
    );
  const many = (n: number, urgency: Urgency = "news", by = 0) => {
    for (let i = 0; i < n; i++) void go(urgency, urgency, { by });
  };
  /** Goes on to each timer before `end`, letting all settle in between. */
  const until = async (end: number) => {
    await settled();
    for (let wait = clock.next(); wait !== null && clock.now() + wait <= begun + end; wait = clock.next()) {
      clock.advance(wait);
      await settled();
    }
    clock.advance(begun + end - clock.now());
    await settled();
  };
  const times = () => went.map(({ at }) => at).toSorted((a, b) => a - b);
  const names = () => went.map(({ name }) => name);
  return { clock, store, pacings, go, many, until, times, names, went };
}

describe("below the limits", () => {
  test("nobody waits, and what falls together costs one write of the row", async () => {
    const { many, until, times, store } = processes(1);
    many(30);
    await until(0);
    expect(times()).toHaveLength(30);
    expect(store.writes).toBe(1);
  });

  test("installations do not wait for each other", async () => {
    const { many, go, until, names } = processes(1);
    many(200);
    void go("other", "news", { installation: 2 });
    await until(0);
    expect(names()).toContain("other");
  });
});

describe("above them", () => {
  test.for([
    { count: 1, what: "one process" },
    { count: 3, what: "three processes" },
  ])("$what: fewer than 80 in any minute and 500 in any hour, and all go in the end", async ({ count }) => {
    const { many, until, times } = processes(count);
    for (let by = 0; by < count; by++) many(600 / count, "answers", by);
    await until(10 * minute);
    for (let by = 0; by < count; by++) many(300 / count, "news", by);
    await until(4 * hour);
    expect(times()).toHaveLength(900);
    expect(mostWithin(times(), minute)).toBeGreaterThan(70);
    expect(mostWithin(times(), minute)).toBeLessThan(80);
    expect(mostWithin(times(), hour)).toBeGreaterThan(470);
    expect(mostWithin(times(), hour)).toBeLessThan(500);
  });

  test("clocks that are seconds apart, and writes that are long on their way, keep to it", async () => {
    const { store, clock, times, many, until } = processes(1);
    const behind = 4_000;
    const lateClock = {
      now: () => clock.now() - behind,
      at: (at: number, call: () => void) => clock.at(at + behind, call),
    };
    const late = createPacing({ store, clock: lateClock, log: silentLog });
    const others: number[] = [];
    const begun = clock.now();
    for (let i = 0; i < 300; i++)
      void late.turn(1, "answers", never).then(() => others.push(clock.now() - begun));
    many(300, "answers");
    await until(30 * minute);
    expect(
      mostWithin(
        [...times(), ...others].toSorted((a, b) => a - b),
        minute,
      ),
    ).toBeLessThan(80);
  });

  test("a restart keeps the count", async () => {
    const { store, clock, many, until, times } = processes(1);
    many(500, "answers");
    await until(0);
    const before = times().length;
    const next = createPacing({ store, clock, log: silentLog });
    expect(await next.turnSoon(1, "answers", 1_000)).not.toBe("granted");
    expect(before).toBeLessThan(80);
  });

  test("the more urgent go first, in one process and over two", async () => {
    const { many, go, until, names } = processes(2);
    many(500);
    await until(0);
    const before = names().length;
    void go("step", "steps");
    void go("step there", "steps", { by: 1 });
    void go("question there", "people", { by: 1 });
    void go("answer", "answers");
    await until(0);
    // Room is left for them: they need not wait at all.
    expect(names().slice(before).toSorted()).toEqual(["answer", "question there", "step", "step there"]);
  });

  test("steps that fill their share leave room for whoever asked for an answer", async () => {
    const { many, go, until, names } = processes(2);
    many(500, "steps");
    await until(0);
    void go("answer", "answers", { by: 1 });
    await until(0);
    expect(names().at(-1)).toBe("answer");
  });

  test("whoever stops waiting leaves the queue", async () => {
    const { many, go, until, names } = processes(1);
    const stop = new AbortController();
    many(52);
    void go("second", "news", { signal: stop.signal });
    void go("third");
    await until(0);
    stop.abort(new Error("stopped"));
    await until(2 * minute);
    expect(names().slice(52)).toEqual(["second: stopped", "third"]);
  });

  test("a turn that is given back is whose turn is next, without another write", async () => {
    const { many, go, until, names, pacings, store } = processes(1);
    many(52);
    void go("next");
    await until(0);
    const { writes } = store;
    pacings[0]?.giveBack(1);
    await settled();
    expect(names().at(-1)).toBe("next");
    expect(store.writes).toBe(writes);
  });
});

describe("who does not want to wait for long", () => {
  test("is told to come again when there is room, each at a time of its own", async () => {
    const { many, until, pacings, clock } = processes(1);
    many(64, "steps");
    await until(0);
    const ask = async () => await pacings[0]?.turnSoon(1, "steps", 5_000);
    const told = await Promise.all(Array.from({ length: 100 }, ask));
    expect(told.every((at) => Number(at) > clock.now() + minute)).toBe(true);
    const times = told.map(Number).toSorted((a, b) => a - b);
    expect(mostWithin(times, minute)).toBeLessThanOrEqual(64);
    for (const at of times) {
      clock.advance(at - clock.now());
      expect(await ask()).toBe("granted");
    }
  });

  test("waits where it is soon", async () => {
    const { many, until, pacings, clock } = processes(1);
    many(64, "steps");
    await until(66_000);
    const turn = pacings[0]?.turnSoon(1, "steps", 5_000);
    await settled();
    clock.advance(4_000);
    expect(await turn).toBe("granted");
  });
});

describe("a pause that GitHub asked for", () => {
  test("is kept by all processes, and by those that start later", async () => {
    const { clock, store, pacings, go, until, times } = processes(2);
    await pacings[0]?.pause(1, clock.now() + 5_000);
    void go("here", "answers");
    void go("there", "news", { by: 1 });
    const later = createPacing({ store, clock, log: silentLog });
    expect(await later.turnSoon(1, "answers", 1_000)).toBe(clock.now() + 5_000);
    await until(4_999);
    expect(times()).toEqual([]);
    await until(5_000);
    expect(times()).toEqual([5_000, 5_000]);
  });

  test("ends after an hour, whatever was said", async () => {
    const { pacings, go, until, times } = processes(1);
    await pacings[0]?.pause(1, Number.MAX_SAFE_INTEGER);
    void go("a");
    await until(2 * hour);
    expect(times()).toHaveLength(1);
  });
});

test("where the store is away nobody is let go uncounted, and it works again when it is back", async () => {
  const { store, go, until, names } = processes(1);
  store.broken = true;
  void go("a");
  await until(0);
  expect(names()).toEqual(["a: the database is away"]);
  store.broken = false;
  void go("b");
  await until(0);
  expect(names().at(-1)).toBe("b");
});
