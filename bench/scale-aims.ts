import type { Aim } from "./aims.ts";
import type { ScaleRows } from "./scale-report.ts";
import { webhookApps } from "./webhook-apps.ts";

const leastOfDbos = 3;
const leastOfOne = 1.5;
const mostMb = 400;
const mostWakeMs = 50;
const leastOfEmptyApp = 0.5;
const mostAnswerMs = 50;

/** The aims that the rows say something about. */
export function judgeScale({
  rivals,
  replicas,
  crowds,
  parked,
  webhooks,
}: Omit<ScaleRows, "leftOut">): readonly Aim[] {
  const steps = (name: string) => rivals.find((row) => row.name === name)?.stepsPerSecond;
  const dbos = steps("DBOS Transact");
  const [one, three] = [1, 3].map((count) => replicas.find((row) => row.replicas === count)?.stepsPerSecond);
  const [empty] = webhooks.filter(({ app }) => app === webhookApps[0]);
  return [
    ...(["in-process", "pg-boss"] as const).flatMap((queue) => {
      const ours = steps(`hishamos, ${queue} queue`);
      if (ours === undefined || dbos === undefined) return [];
      return [least(`${queue} queue: throughput / DBOS Transact`, leastOfDbos, ours / dbos)];
    }),
    ...(one !== undefined && three !== undefined
      ? [least("three replicas: throughput / one", leastOfOne, three / one)]
      : []),
    ...crowds.map(({ ground, executions, active, peakMb }) =>
      under(`${ground}: ${executions} unfinished, ${active} active, most MB`, mostMb, peakMb),
    ),
    ...parked.map(({ ground, executions, alone }) =>
      under(`${ground}: one of ${executions} parked is woken, p99 ms`, mostWakeMs, alone.p99Ms),
    ),
    ...webhooks.flatMap((row) => {
      if (!empty || row === empty) return [];
      const rate = row.deliveriesPerSecond / empty.deliveriesPerSecond;
      return [
        least(`webhooks ${row.app}: rate / empty app`, leastOfEmptyApp, rate),
        under(`webhooks ${row.app}: answer, p99 ms`, mostAnswerMs, row.p99Ms),
      ];
    }),
  ];
}

function least(aim: string, wanted: number, measured: number): Aim {
  return { aim, wanted: `at least ${wanted}`, measured, met: measured >= wanted };
}

function under(aim: string, wanted: number, measured: number): Aim {
  return { aim, wanted: `under ${wanted}`, measured, met: measured < wanted };
}
