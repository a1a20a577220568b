import { expect, test } from "vitest";
import { judgeScale } from "../../bench/scale-aims.ts";
import type { ScaleRows } from "../../bench/scale-report.ts";

const none: ScaleRows = { rivals: [], leftOut: [], replicas: [], crowds: [], parked: [], webhooks: [] };

const verdicts = (rows: Partial<ScaleRows>) =>
  judgeScale({ ...none, ...rows }).map(({ aim, met }) => [aim, met]);

const rival = (name: ScaleRows["rivals"][number]["name"], stepsPerSecond: number) => ({
  name,
  executions: 1,
  stepsPerSecond,
  statementsPerStep: 1,
  bytesPerStep: 1,
});

test("each queue is held to three times DBOS, the others are only shown", () => {
  const rivals = [
    rival("hishamos, in-process queue", 3_000),
    rival("hishamos, pg-boss queue", 2_999),
    rival("DBOS Transact", 1_000),
    rival("BullMQ", 9_000),
  ];
  expect(verdicts({ rivals })).toEqual([
    ["in-process queue: throughput / DBOS Transact", true],
    ["pg-boss queue: throughput / DBOS Transact", false],
  ]);
});

test.for([
  [1_500, true],
  [1_499, false],
] as const)("three replicas at %d steps/s are held to one at 1,000: %s", ([stepsPerSecond, met]) => {
  const replicas = [1_000, 5_000, stepsPerSecond].map((each, index) => ({
    replicas: index + 1,
    executions: 1,
    stepsPerSecond: each,
  }));
  expect(verdicts({ replicas })).toEqual([["three replicas: throughput / one", met]]);
});

test.for([
  [399, true],
  [400, false],
] as const)("a crowd that took %d MB at most is judged %s", ([peakMb, met]) => {
  const figures = { emptyMb: 1, heldMb: 1, peakMb, startsPerSecond: 1, stepsPerSecond: 1 };
  const crowds = [{ ground: "postgres", executions: 10_000, active: 200, ...figures }] as const;
  expect(verdicts({ crowds })).toEqual([["postgres: 10000 unfinished, 200 active, most MB", met]]);
});

test.for([
  [49.9, true],
  [50, false],
] as const)("a wake of %d ms at p99, one after the other, is judged %s", ([p99Ms, met]) => {
  const times = { alone: { p50Ms: 1, p99Ms }, ten: { p50Ms: 500, p99Ms: 500 } };
  const figures = { emptyMb: 1, runningMb: 1, wokenMb: 1, startSeconds: 1, ...times };
  const parked = [{ ground: "embedded", executions: 100_000, ...figures }] as const;
  expect(verdicts({ parked })).toEqual([["embedded: one of 100000 parked is woken, p99 ms", met]]);
});

test.for([
  [500, 49, [true, true]],
  [499, 50, [false, false]],
] as const)("%d webhooks/s with answers in %d ms are judged %o", ([deliveriesPerSecond, p99Ms, met]) => {
  const row = { deliveries: 1, p50Ms: 1 };
  const webhooks = [
    { ...row, app: "a Probot app that does nothing", deliveriesPerSecond: 1_000, p99Ms: 900 },
    { ...row, app: "stored", deliveriesPerSecond, p99Ms },
  ] as const;
  expect(verdicts({ webhooks }).map(([, verdict]) => verdict)).toEqual(met);
});
