import { expect, test } from "vitest";
import type { Clock } from "../../../src/engine/ports/clock.ts";
import { createPacing, type Urgency } from "../../../src/github/report/pacing.ts";

/** A clock that moves when told, and calls what is due on the way. */
function manualClock(): Clock & { advance(ms: number): Promise<void> } {
  let now = 0;
  let timers: { at: number; call: () => void }[] = [];
  return {
    now: () => now,
    at(at, call) {
      const timer = { at, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
        if (!next) break;
        now = Math.max(now, next.at);
        timers = timers.filter((one) => one !== next);
        next.call();
      }
      now = end;
      await Promise.resolve();
    },
  };
}

function aQueue(perMinute: number) {
  const clock = manualClock();
  const pacing = createPacing(clock, perMinute);
  const went: string[] = [];
  const { signal } = new AbortController();
  const go = (name: string, urgency: Urgency = "news", installation = 1, stop = signal) =>
    pacing.turn(installation, urgency, stop).then(
      () => went.push(name),
      () => went.push(`${name} gave up`),
    );
  return { clock, pacing, went, go };
}

test("below the limit nobody waits; above it one goes for each part of the minute", async () => {
  const { clock, went, go } = aQueue(2);
  for (const name of ["a", "b", "c", "d"]) void go(name);
  await clock.advance(0);
  expect(went).toEqual(["a", "b"]);
  await clock.advance(29_999);
  expect(went).toEqual(["a", "b"]);
  await clock.advance(1);
  expect(went).toEqual(["a", "b", "c"]);
  await clock.advance(30_000);
  expect(went).toEqual(["a", "b", "c", "d"]);
});

test("people go before news that waited longer", async () => {
  const { clock, went, go } = aQueue(1);
  void go("first");
  void go("news");
  void go("question", "people");
  await clock.advance(60_000);
  expect(went).toEqual(["first", "question"]);
});

test("installations do not wait for each other", async () => {
  const { clock, went, go } = aQueue(1);
  void go("a");
  void go("b", "news", 2);
  await clock.advance(0);
  expect(went).toEqual(["a", "b"]);
});

test("a pause that GitHub asked for is kept by all", async () => {
  const { clock, pacing, went, go } = aQueue(80);
  pacing.pause(1, 5_000);
  void go("a");
  await clock.advance(4_999);
  expect(went).toEqual([]);
  await clock.advance(1);
  expect(went).toEqual(["a"]);
});

test("whoever stops waiting leaves the queue", async () => {
  const { clock, went, go } = aQueue(1);
  const stop = new AbortController();
  void go("first");
  void go("second", "news", 1, stop.signal);
  void go("third");
  stop.abort(new Error("stop"));
  await clock.advance(60_000);
  expect(went.toSorted()).toEqual(["first", "second gave up", "third"]);
});
