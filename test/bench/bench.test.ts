import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { judge, judgeExpressions, judgeRepeats } from "../../bench/aims.ts";
import { type ExpressionCase, expressionCases, otherNames, promised } from "../../bench/expression-cases.ts";
import { type ExpressionRow, measureExpressions } from "../../bench/expressions.ts";
import type { Kind, Row } from "../../bench/measure.ts";
import type { RepeatRow } from "../../bench/repeat.ts";
import type { Report } from "../../bench/report.ts";
import { percentile } from "../../bench/samples.ts";

const bench = (...options: string[]) =>
  promisify(execFile)(process.execPath, ["bench/main.ts", ...options], {
    cwd: new URL("../..", import.meta.url),
  });

test("a quick run tells in one JSON object what each way did, beside the bare limit", async () => {
  const { stdout } = await bench("--quick", "--json", "--only", "embedded");
  const report: Report = JSON.parse(stdout);
  expect(report.rows.map(({ ground, concurrency, kind }) => [ground, concurrency, kind])).toEqual(
    [1, 100].flatMap((concurrency) =>
      ["bare upserts", "queue left out", "in-process queue"].map((kind) => ["embedded", concurrency, kind]),
    ),
  );
  for (const row of report.rows) {
    // One write for the start, and one for each of seven steps.
    expect(row.writesPerSecond / row.stepsPerSecond).toBeCloseTo(8 / 7);
    expect(row.p50Ms).toBeGreaterThan(0);
    expect(row.p99Ms).toBeGreaterThanOrEqual(row.p50Ms);
  }
  expect(report.document?.stepsPerExecution).toBe(7);
  expect(report.document?.meanBytes).toBeGreaterThan(3_800);
  expect(report.document?.meanBytes).toBeLessThan(5_000);
  expect(report.databases.map(({ facts }) => facts)).toMatchObject([{ journal: "wal", synchronous: "full" }]);
  expect(report.aims.map(({ aim }) => aim)).toEqual([
    "embedded: overhead per step / one upsert",
    "embedded: throughput / coalesced upserts",
    "seed's figure: ms a step, the largest p99",
  ]);
});

test("expressions alone are measured without a database, all evaluators giving the same answers", async () => {
  const { stdout } = await bench("--quick", "--json", "--only", "expressions");
  const report: Report = JSON.parse(stdout);
  expect(report).toMatchObject({ databases: [], document: null, rows: [] });
  expect(report.expressions.map(({ source }) => source)).toEqual(expressionCases.map(({ source }) => source));
  for (const { nanoseconds } of report.expressions) {
    expect(Object.keys(nanoseconds)).toEqual(["hishamos", "over an execution", ...otherNames]);
    expect(Object.values(nanoseconds).every((each) => each > 0)).toBe(true);
  }
  expect(report.aims.map(({ aim }) => aim)).toEqual([
    "evaluation of the promised condition, µs",
    "the same with an execution's scope, µs",
  ]);
});

test("a repeat alone is measured at both ends, in steps of their own for a group", async () => {
  const { stdout } = await bench("--quick", "--json", "--only", "repeat");
  const report: Report = JSON.parse(stdout);
  expect(report).toMatchObject({ document: null, rows: [], expressions: [] });
  expect(report.databases.map(({ name }) => name)).toEqual(["embedded"]);
  expect(report.repeats.map(({ what, iterations, window }) => [what, iterations, window])).toEqual([
    ["one action", 40, 10],
    ["a group of two steps", 40, 10],
  ]);
  for (const { start, end, earlierMicroseconds } of report.repeats) {
    for (const { medianMicroseconds, meanMicroseconds, bytes } of [start, end]) {
      expect(medianMicroseconds).toBeGreaterThan(0);
      expect(meanMicroseconds).toBeGreaterThan(0);
      expect(bytes).toBeGreaterThan(2_000);
    }
    expect(earlierMicroseconds).toBeGreaterThan(0);
    // The last runs are kept, and counters: what is stored does not grow with what was done.
    expect(end.bytes / start.bytes).toBeLessThan(1.05);
  }
  expect(report.aims.map(({ aim }) => aim)).toEqual(
    ["one action", "a group of two steps"].flatMap((what) => [
      `repeat of ${what}: an iteration at the end / at the start`,
      `repeat of ${what}: the document at the end / at the start`,
    ]),
  );
});

test("a wrong answer ends the benchmark", async () => {
  const wrong = { source: "1 + 1 == 2", others: expressionCases[0]?.others, value: false };
  const asked = measureExpressions({ slices: 1, sliceMs: 0, warmUpMs: 0 }, [wrong as ExpressionCase]);
  await expect(asked).rejects.toThrow("hishamos answers true to 1 + 1 == 2, not false");
});

test("what there is to measure is named where something else is asked for", async () => {
  await expect(bench("--only", "oracle")).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("embedded, embedded-1, embedded-100, postgres"),
  });
});

const row = (kind: Kind, concurrency: number, p50Ms: number, stepsPerSecond: number): Row => ({
  ground: "embedded",
  concurrency,
  kind,
  executions: 1,
  seconds: 1,
  writesPerSecond: stepsPerSecond,
  stepsPerSecond,
  p50Ms,
  p99Ms: p50Ms * 2,
});

test.for([
  { p50: 15, perSecond: 500, verdict: [true, true, true] },
  { p50: 15.1, perSecond: 499, verdict: [false, false, true] },
  { p50: 50, perSecond: 1_000, verdict: [false, true, false] },
])("a p50 of $p50 ms over 10, $perSecond steps/s of 1000 are judged $verdict", (given) => {
  const aims = judge([
    row("bare upserts", 1, 10, 100),
    row("in-process queue", 1, given.p50, 100),
    row("bare upserts", 100, 10, 1_000),
    row("in-process queue", 100, 1, given.perSecond),
  ]);
  expect(aims.map(({ met }) => met)).toEqual(given.verdict);
});

const evaluated = (ours: number, withScope: number): ExpressionRow => ({
  source: promised,
  nanoseconds: {
    hishamos: ours,
    "over an execution": withScope,
    "@actions/expressions": 1,
    jexl: 1,
    jsonata: 1,
  },
});

test.for([
  [1_999, 2_000, [true, false]],
  [2_000, 1_999, [false, true]],
] as const)("%d ns and %d ns with a scope are judged %o", ([ours, withScope, verdict]) => {
  expect(judgeExpressions([evaluated(ours, withScope)]).map(({ met }) => met)).toEqual(verdict);
});

const repeated = (microseconds: number, bytes: number): RepeatRow["start"] => ({
  medianMicroseconds: microseconds,
  meanMicroseconds: 1,
  bytes,
});

test.for([
  [220, 3_000, [true, true]],
  [221, 3_150, [false, true]],
  [200, 3_151, [true, false]],
] as const)("%d µs over 200 and %d bytes over 3,000 are judged %o", ([microseconds, bytes, verdict]) => {
  const ends = { start: repeated(200, 3_000), end: repeated(microseconds, bytes), earlierMicroseconds: 1 };
  const aims = judgeRepeats([{ what: "one action", iterations: 10_000, window: 1_000, ...ends }]);
  expect(aims.map(({ met }) => met)).toEqual(verdict);
});

test.for([
  [0.5, 2],
  [0.99, 4],
  [0, 1],
])("%d of 4, 1, 3, 2 do not exceed %d", ([share = 0, value]) => {
  expect(percentile([4, 1, 3, 2], share)).toBe(value);
});
