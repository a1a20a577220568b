import { availableParallelism } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import type { Place } from "./child.ts";
import { Crew } from "./crew.ts";
import { crashEverywhere, type Grouping } from "./everywhere.ts";

const timeoutMs = { together: 600_000, alone: 3_600_000 };

/** One point of two, and on Postgres, where a run takes longest, of five; all of them in the chaos tests. */
const every = { together: { sqlite: 2, postgres: 5 }, alone: { sqlite: 1, postgres: 1 } };

/**
 * The Bug Lifecycle with a crash at every save and every effect, on both stores side by side. CRASH_POINT, as a failure
 * names it, runs only that.
 */
export function crashTests(grouping: Grouping): void {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  const places: Readonly<Record<Place["store"], (index: number) => Place>> = {
    sqlite: () => ({ store: "sqlite" }),
    postgres: (index) => ({ store: "postgres", url: postgres.url, schema: `crash_${index}` }),
  };
  // Both stores run at once.
  const processes = Math.max(1, Math.floor(availableParallelism() / 2));

  test.concurrent.for(["sqlite", "postgres"] as const)(
    `a crash at saves and effects, ${grouping}, does no harm: %s`,
    { timeout: timeoutMs[grouping] },
    async (store) => {
      const crew = new Crew(Array.from({ length: processes }, (_, index) => places[store](index)));
      try {
        const { points, deaths } = await crashEverywhere(crew, grouping, every[grouping][store]);
        expect(points).toBeGreaterThan(process.env["CRASH_POINT"] ? 0 : 500 / every[grouping][store]);
        // The rest are the last of what may fall together, and did so again.
        expect(deaths).toBeGreaterThan(0.95 * points);
      } finally {
        await crew.close();
      }
    },
  );
}
