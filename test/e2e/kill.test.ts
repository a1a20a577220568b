import { describe, expect, test } from "vitest";
import { playThrough, randomMoments, seeded } from "./chaos.ts";
import { places } from "./stage.ts";

const seed = Number(process.env["CHAOS_SEED"] ?? Math.floor(Math.random() * 1e9));

describe.for(places)("the service on $name", ({ make }) => {
  test(`killed at 5 random moments it does the same as never killed (CHAOS_SEED=${seed})`, { timeout: 120_000 }, async () => {
    const random = seeded(seed);
    const calmPlace = await make();
    const calm = await playThrough(calmPlace, [], random).finally(() => calmPlace.remove());
    expect(calm.result).toMatchObject({ executions: 1, state: "completed", issues: ["#1 closed"], pulls: 1, twice: [], lost: [] });
    expect(calm.result.steps).toContain("fix 3 completed");

    const place = await make();
    const moments = randomMoments(5, Math.floor(calm.progress * 0.85), random);
    const killed = await playThrough(place, moments, random).finally(() => place.remove());
    expect(killed.kills).toBe(5);
    expect(killed.result).toEqual(calm.result);
  });
});
