import { describe, expect, test } from "vitest";
import { playThrough, randomMoments, seeded } from "./chaos.ts";
import { places } from "./stage.ts";

const seed = Number(process.env["CHAOS_SEED"] ?? Math.floor(Math.random() * 1e9));

describe.for(places)("the service on $name", ({ make }) => {
  test(`killed at 50 random moments it does the same as never killed (CHAOS_SEED=${seed})`, async () => {
    const random = seeded(seed);
    const calmPlace = await make();
    const calm = await playThrough(calmPlace, [], random).finally(() => calmPlace.remove());

    const place = await make();
    const moments = randomMoments(50, Math.floor(calm.progress * 0.85), random);
    const killed = await playThrough(place, moments, random).finally(() => place.remove());
    expect(killed.kills).toBe(50);
    expect(killed.result).toEqual(calm.result);
  });
});
