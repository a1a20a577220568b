import { expect, test } from "vitest";
import { playTwice, readSeed } from "./chaos.ts";
import { places } from "./stage.ts";

const seed = readSeed();

test.for(places)(
  `on $name the service killed at 50 random moments does the same as never killed (CHAOS_SEED=${seed})`,
  async ({ make }) => {
    const { calm, killed } = await playTwice(make, 50, seed);
    expect(killed.kills).toBe(50);
    expect(killed.result).toEqual(calm.result);
  },
);
