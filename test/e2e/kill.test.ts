import { expect, test } from "vitest";
import { playTwice, readSeed } from "./chaos.ts";
import { places } from "./stage.ts";

const seed = readSeed();

test.concurrent.for(places)(
  `on $name the service killed at 5 random moments does the same as never killed (CHAOS_SEED=${seed})`,
  { timeout: 120_000 },
  async ({ make }) => {
    const { calm, killed } = await playTwice(make, 5, seed);
    expect(calm.result).toMatchObject({
      executions: 1,
      state: "completed",
      issues: ["#1 closed"],
      pulls: 1,
      twice: [],
      lost: [],
    });
    expect(calm.result.steps).toContain("fix 3 completed");
    expect(killed.kills).toBe(5);
    expect(killed.result).toEqual(calm.result);
  },
);
