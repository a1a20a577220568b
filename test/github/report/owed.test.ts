import { expect, test } from "vitest";
import { SimulatedClock } from "../../../src/engine/clock/simulated.ts";
import { createOwedWalk } from "../../../src/github/report/index.ts";

test("what is owed is looked for at first, when a process is gone, again after a failure, and now and then", async () => {
  const clock = new SimulatedClock();
  let alive = ["a", "b"];
  let walks = 0;
  let broken = false;
  const look = createOwedWalk({
    members: { alive: async () => alive },
    clock,
    walk: async () => {
      walks += 1;
      if (broken) throw new Error("the database is away");
    },
  });
  const after = async (ms: number) => {
    clock.advance(ms);
    const before = walks;
    await look().catch(() => {});
    return walks - before;
  };
  expect(await after(0)).toBe(1);
  expect(await after(15_000)).toBe(0);
  alive = ["b", "c"];
  broken = true;
  expect(await after(15_000)).toBe(1);
  broken = false;
  expect(await after(15_000)).toBe(1);
  expect(await after(15_000)).toBe(0);
  alive = ["b", "c", "d"];
  expect(await after(15_000)).toBe(0);
  expect(await after(90_000)).toBe(1);
});
