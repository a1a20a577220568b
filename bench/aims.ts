import { promised } from "./expression-cases.ts";
import type { ExpressionRow } from "./expressions.ts";
import type { Kind, Row } from "./measure.ts";
import type { RepeatRow } from "./repeat.ts";

/** The figure of the program's seed: a step costs less than this (ms). */
export const seedMsPerStep = 100;

export interface Aim {
  readonly aim: string;
  readonly wanted: string;
  readonly measured: number;
  readonly met: boolean;
}

interface Ratio {
  readonly aim: string;
  readonly ground: Row["ground"];
  readonly concurrency: number;
  readonly kind: Kind;
  readonly of: "p50Ms" | "stepsPerSecond";
  readonly least?: number;
  readonly most?: number;
}

const overhead = { concurrency: 1, kind: "in-process queue", of: "p50Ms", most: 1.5 } as const;
const throughput = { concurrency: 100, of: "stepsPerSecond", least: 0.5 } as const;

/** Each against the bare upserts of the same database, concurrency and run. */
const ratios: readonly Ratio[] = [
  { aim: "embedded: overhead per step / one upsert", ground: "embedded", ...overhead },
  {
    aim: "embedded: throughput / coalesced upserts",
    ground: "embedded",
    kind: "in-process queue",
    ...throughput,
  },
  { aim: "postgres: overhead per step / one upsert", ground: "postgres", ...overhead },
  {
    aim: "postgres, queue left out: throughput / coalesced upserts",
    ground: "postgres",
    kind: "queue left out",
    ...throughput,
  },
];

/** The aims that the rows say something about. */
export function judge(rows: readonly Row[]): readonly Aim[] {
  const aims = ratios.flatMap((ratio): Aim[] => {
    const find = (kind: Kind) =>
      rows.find(
        (row) => row.ground === ratio.ground && row.concurrency === ratio.concurrency && row.kind === kind,
      );
    const [row, bare] = [find(ratio.kind), find("bare upserts")];
    if (!row || !bare) return [];
    const { aim, least = 0, most = Number.POSITIVE_INFINITY } = ratio;
    const measured = row[ratio.of] / bare[ratio.of];
    const wanted = ratio.least === undefined ? `at most ${most}` : `at least ${least}`;
    return [{ aim, wanted, measured, met: measured >= least && measured <= most }];
  });
  const slowest = rows.filter(({ kind }) => kind !== "bare upserts").map(({ p99Ms }) => p99Ms);
  if (slowest.length === 0) return aims;
  const measured = Math.max(...slowest);
  const seed = { aim: "seed's figure: ms a step, the largest p99", wanted: `under ${seedMsPerStep}` };
  return [...aims, { ...seed, measured, met: measured < seedMsPerStep }];
}

/** An evaluation of the promised condition takes less than this. */
const promisedMicroseconds = 2;

/** Over values at hand, and with the scope of an execution made for it; nothing where it was not measured. */
export function judgeExpressions(rows: readonly ExpressionRow[]): readonly Aim[] {
  const row = rows.find(({ source }) => source === promised);
  if (!row) return [];
  const ways = [
    ["evaluation of the promised condition, µs", row.nanoseconds.hishamos],
    ["the same with an execution's scope, µs", row.nanoseconds["over an execution"]],
  ] as const;
  return ways.map(([aim, nanoseconds]) => {
    const measured = nanoseconds / 1000;
    const wanted = `under ${promisedMicroseconds}`;
    return { aim, wanted, measured, met: measured < promisedMicroseconds };
  });
}

/** What an iteration takes at a long repeat's end over what at its start: equal, but that two medians of one thing differ by 6 %. */
const mostMicroseconds = 1.1;
/** The same for what the document holds: equal, but for the digits of counters. */
const mostBytes = 1.05;

export function judgeRepeats(rows: readonly RepeatRow[]): readonly Aim[] {
  return rows.flatMap(({ what, start, end }) => {
    const time = end.medianMicroseconds / start.medianMicroseconds;
    const ends = [
      ["an iteration", time, mostMicroseconds],
      ["the document", end.bytes / start.bytes, mostBytes],
    ] as const;
    return ends.map(([name, measured, most]) => ({
      aim: `repeat of ${what}: ${name} at the end / at the start`,
      wanted: `at most ${most}`,
      measured,
      met: measured <= most,
    }));
  });
}
