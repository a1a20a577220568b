import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { systemClock } from "../../src/engine/clock/system.ts";

const day = 86_400_000;

describe("the simulated clock", () => {
  const start = Date.UTC(2026, 0, 1);
  let clock: SimulatedClock;
  let rung: [string, number][];
  beforeEach(() => {
    clock = new SimulatedClock(start);
    rung = [];
  });
  const ring = (name: string) => () => void rung.push([name, clock.now() - start]);

  test("stands still until it is told to go on", () => {
    clock.at(start, ring("now"));
    expect([clock.now(), rung]).toEqual([start, []]);
    clock.advance(0);
    expect(rung).toEqual([["now", 0]]);
  });

  test("calls what falls due in its order, each at its time, once", () => {
    clock.at(start + 2 * day, ring("second"));
    clock.at(start + day, ring("first"));
    clock.at(start + 2 * day, ring("second, asked for later"));
    clock.at(start + 4 * day, ring("not yet"));
    clock.advance(3 * day);
    clock.advance(0);
    expect(rung).toEqual([
      ["first", day],
      ["second", 2 * day],
      ["second, asked for later", 2 * day],
    ]);
    expect(clock.now()).toBe(start + 3 * day);
  });

  test("calls what a call asks for, where that falls due on the way", () => {
    clock.at(start + 10, () => {
      ring("one")();
      clock.at(clock.now() + 10, ring("two"));
      clock.at(clock.now() + 100, ring("three"));
    });
    clock.advance(50);
    expect(rung).toEqual([
      ["one", 10],
      ["two", 20],
    ]);
  });

  test("a time that is past already comes with the next step, and time never goes back", () => {
    clock.at(start - day, ring("late"));
    expect(clock.next()).toBe(0);
    clock.advance(0);
    expect(rung).toEqual([["late", 0]]);
  });

  test("what was cancelled is not called", () => {
    const cancel = clock.at(start + 10, ring("cancelled"));
    clock.at(start + 5, () => cancel());
    clock.advance(20);
    cancel();
    expect(rung).toEqual([]);
  });

  test("tells how long it is to the next call", () => {
    expect(clock.next()).toBeNull();
    clock.at(start + 70, ring("b"));
    const cancel = clock.at(start + 30, ring("a"));
    clock.advance(10);
    expect(clock.next()).toBe(20);
    cancel();
    expect(clock.next()).toBe(60);
  });
});

describe("the system's clock", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
  afterEach(() => void vi.useRealTimers());

  test("tells the system's time", () => {
    expect(systemClock.now()).toBe(1_000);
  });

  // setTimeout takes 31 bits, about 24.8 days, and calls at once for more.
  test.for([1, 5_000, 24 * day, 25 * day, 90 * day])("calls %d ms later, and not before", (ms) => {
    const call = vi.fn<() => void>();
    systemClock.at(1_000 + ms, call);
    vi.advanceTimersByTime(ms - 1);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(100 * day);
    expect(call).toHaveBeenCalledTimes(1);
  });

  test("calls soon for a time that is past", () => {
    const call = vi.fn<() => void>();
    systemClock.at(0, call);
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledTimes(1);
  });

  test.for([10_000, 90 * day])("what was cancelled is not called, %d ms ahead", (ms) => {
    const call = vi.fn<() => void>();
    const cancel = systemClock.at(1_000 + ms, call);
    vi.advanceTimersByTime(ms / 2);
    cancel();
    vi.advanceTimersByTime(ms);
    expect(call).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
