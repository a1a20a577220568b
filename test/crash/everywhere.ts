import { expect } from "vitest";
import type { Crew } from "./crew.ts";
import { differences } from "./judge.ts";
import type { Played } from "./played.ts";
import { type CrashPoint, nameOf, pointsOf, readPoint, together } from "./point.ts";

/** The run without a crash: what every other must come to, and where one can die. */
export async function calmRun(crew: Crew): Promise<Played> {
  const played = await mustPlay(crew, []);
  expect(played.complaints).toEqual([]);
  expect(played.ending).toMatchObject({
    executions: ["bug-lifecycle completed"],
    issues: [{ state: "closed", labels: ["bug", "urgent"], assignees: ["tom"] }],
    wrong: [],
  });
  expect(played.ending.pullRequests).toHaveLength(1);
  return played;
}

const mostHarms = 10;

/** One crash in each stage of a run, or one in the whole run. */
export type Grouping = "together" | "alone";

/**
 * Dies at every point of the run, or at one of `every` so many, and answers how many there are, and at how many it did die. Rejects with those that did harm, each named so that it
 * can be run alone.
 */
export async function crashEverywhere(
  crew: Crew,
  grouping: Grouping,
  every = 1,
): Promise<{ readonly points: number; readonly deaths: number }> {
  const calm = await calmRun(crew);
  const points = pointsOf(calm.counts).filter((_, index) => index % every === 0);
  const named = process.env["CRASH_POINT"];
  const wanted = named ? named.split(", ").map(readPoint) : points;
  const runs = named || grouping === "together" ? together(wanted) : wanted.map((point) => [point]);
  const harms: Harm[] = [];
  const deaths = new Set<string>();
  const left = [...runs];
  const lane = async () => {
    // Code that is quite broken fails everywhere; a few points say enough.
    for (let run = left.shift(); run && harms.length < mostHarms; run = left.shift()) {
      harms.push(...(await judged(crew, calm, run, deaths)));
    }
  };
  await Promise.all(Array.from({ length: crew.size }, lane));
  // What fell together in one run (messages taken with one save, states shown by one write) may not in the next.
  left.push(...wanted.filter((point) => !deaths.has(nameOf(point))).map((point) => [point]));
  await Promise.all(Array.from({ length: crew.size }, lane));
  const list = harms
    .slice(0, mostHarms)
    .map(({ run, what }) => `CRASH_POINT="${run}"\n  ${what.join("\n  ")}`);
  if (list.length > 0) throw new Error(`crashes did harm, among them these:\n${list.join("\n")}`);
  return { points: wanted.length, deaths: deaths.size };
}

interface Harm {
  readonly run: string;
  readonly what: readonly string[];
}

/** Where a run with several points went wrong, each of them is tried alone. */
async function judged(
  crew: Crew,
  calm: Played,
  run: readonly CrashPoint[],
  deaths: Set<string>,
): Promise<readonly Harm[]> {
  const what = await harmOf(crew, calm, run, deaths);
  if (what.length === 0) return [];
  const name = run.map(nameOf).join(", ");
  if (run.length === 1) return [{ run: name, what }];
  const alone = await Promise.all(
    run.map(async (point) => ({ run: nameOf(point), what: await harmOf(crew, calm, [point], deaths) })),
  );
  const culprits = alone.filter((one) => one.what.length > 0);
  return culprits.length > 0 ? culprits : [{ run: name, what: ["only all of them in one run:", ...what] }];
}

async function harmOf(
  crew: Crew,
  calm: Played,
  run: readonly CrashPoint[],
  deaths: Set<string>,
): Promise<readonly string[]> {
  const report = await crew.play(run);
  if ("failure" in report) return [report.failure];
  const { played } = report;
  for (const name of played.reached) deaths.add(name);
  return differences(calm.ending, played);
}

async function mustPlay(crew: Crew, run: readonly CrashPoint[]): Promise<Played> {
  const report = await crew.play(run);
  if ("failure" in report) throw new Error(report.failure);
  return report.played;
}
