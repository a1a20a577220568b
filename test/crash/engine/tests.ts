import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type TestPostgres } from "../../support/postgres.ts";
import { type CrashDatabase, postgresDatabase, sqliteDatabase } from "../database.ts";
import type { Grouping } from "../everywhere.ts";
import { type CrashPoint, nameOf, pointsOf, readPoint, together } from "../point.ts";
import { type EngineEnding, type EnginePlayed, playEngine } from "./life.ts";

/**
 * Nested lists, children, queues, cleaning up: a crash of the engine at every save and every deed, before it and after
 * it. CRASH_POINT, as a failure names it, runs only that.
 */
export function engineCrashTests(grouping: Grouping, stores: readonly ("sqlite" | "postgres")[]): void {
  let postgres: TestPostgres | null = null;
  beforeAll(async () => {
    postgres = stores.includes("postgres") ? await startPostgres() : null;
  });
  afterAll(() => postgres?.stop());

  const open = async (store: "sqlite" | "postgres"): Promise<CrashDatabase> =>
    store === "sqlite" ? sqliteDatabase() : await postgresDatabase(postgres?.url ?? "", "engine_crash");

  test.for(stores)(
    `an engine that dies at every save and every deed, ${grouping}, does no harm: %s`,
    { timeout: 3_600_000 },
    async (store) => {
      const database = await open(store);
      const play = (points: readonly CrashPoint[]) => database.within((opened) => playEngine(opened, points));
      try {
        const calm = await play([]);
        expect(calm.ending.wrong).toEqual([]);
        const points = pointsOf(calm.counts);
        const named = process.env["CRASH_POINT"];
        const wanted = named ? named.split(", ").map(readPoint) : points;
        const runs = grouping === "together" && !named ? together(wanted) : wanted.map((point) => [point]);
        const deaths = new Set<string>();
        const harms: string[] = [];
        for (const run of runs) {
          const harm = await harmOf(calm.ending, () => play(run), deaths);
          if (harm !== null) harms.push(`CRASH_POINT="${run.map(nameOf).join(", ")}"\n  ${harm}`);
          if (harms.length > 5) break;
        }
        expect(harms).toEqual([]);
        if (!named) expect(points.length).toBeGreaterThan(200);
        expect(deaths.size).toBeGreaterThan(0.95 * wanted.length);
      } finally {
        await database.close();
      }
    },
  );
}

async function harmOf(
  calm: EngineEnding,
  play: () => Promise<EnginePlayed>,
  deaths: Set<string>,
): Promise<string | null> {
  try {
    const { ending, reached } = await play();
    for (const name of reached) deaths.add(name);
    if (isDeepStrictEqual(ending, calm)) return null;
    const keys = Object.keys(calm) as (keyof EngineEnding)[];
    const wrong = keys.filter((key) => !isDeepStrictEqual(calm[key], ending[key]));
    return wrong.map((key) => `${key}: ${firstDifference(calm[key], ending[key])}`).join("\n  ");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function firstDifference(wanted: readonly unknown[], got: readonly unknown[]): string {
  const at = [...wanted, null].findIndex((one, index) => !isDeepStrictEqual(one, got[index] ?? null));
  return `wanted ${JSON.stringify(wanted[at])}\n  got ${JSON.stringify(got[at])}, ${got.length} of ${wanted.length}`;
}
