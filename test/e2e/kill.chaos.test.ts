import { describe, expect, test } from "vitest";
import { playTwice, readSeed } from "./chaos.ts";
import { places } from "./stage.ts";

const seed = readSeed();

describe.for(places)("the service on $name", ({ make }) => {
  test(`killed at 50 random moments it does the same as never killed (CHAOS_SEED=${seed})`, async () => {
    const { calm, killed } = await playTwice(make, 50, seed);
    expect(killed.kills).toBe(50);
    expect(killed.result).toEqual(calm.result);
  });
});
