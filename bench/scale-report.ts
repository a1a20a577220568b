import type { CrowdRow } from "./crowd.ts";
import type { ParkedRow } from "./parked.ts";
import type { ReplicaRow } from "./replicas.ts";
import type { RivalRow } from "./rivals.ts";
import { ms, table, whole } from "./table.ts";
import type { WebhookRow } from "./webhooks.ts";

/** What was found of many at once, in several processes, and beside others. */
export interface ScaleRows {
  readonly rivals: readonly RivalRow[];
  /** Rivals that could not be run here, and why. */
  readonly leftOut: readonly string[];
  readonly replicas: readonly ReplicaRow[];
  readonly crowds: readonly CrowdRow[];
  readonly parked: readonly ParkedRow[];
  readonly webhooks: readonly WebhookRow[];
}

export function scaleTables({
  rivals,
  replicas,
  crowds,
  parked,
  webhooks,
}: Omit<ScaleRows, "leftOut">): readonly (readonly string[])[] {
  const alone = replicas[0]?.stepsPerSecond ?? Number.NaN;
  return [
    table(
      ["seven steps by", "executions", "steps/s", "statements a step", "log bytes a step"],
      rivals.map((row) => [
        row.name,
        whole(row.executions),
        whole(row.stepsPerSecond),
        row.statementsPerStep.toFixed(2),
        whole(row.bytesPerStep),
      ]),
    ),
    table(
      ["replicas", "executions", "steps/s", "of one"],
      replicas.map((row) => [
        String(row.replicas),
        whole(row.executions),
        whole(row.stepsPerSecond),
        (row.stepsPerSecond / alone).toFixed(2),
      ]),
    ),
    table(
      ["database", "unfinished", "active", "empty MB", "held MB", "most MB", "starts/s", "steps/s"],
      crowds.map((row) => [
        row.ground,
        whole(row.executions),
        whole(row.active),
        whole(row.emptyMb),
        whole(row.heldMb),
        whole(row.peakMb),
        whole(row.startsPerSecond),
        whole(row.stepsPerSecond),
      ]),
    ),
    table(
      [
        "database",
        "parked",
        "empty MB",
        "running MB",
        "started s",
        "alone p50 ms",
        "p99",
        "ten p50 ms",
        "p99",
      ],
      parked.map((row) => [
        row.ground,
        whole(row.executions),
        whole(row.emptyMb),
        whole(row.runningMb),
        row.startSeconds.toFixed(1),
        ms(row.alone.p50Ms),
        ms(row.alone.p99Ms),
        ms(row.ten.p50Ms),
        ms(row.ten.p99Ms),
      ]),
    ),
    table(
      ["webhooks", "deliveries", "deliveries/s", "p50 ms", "p99 ms"],
      webhooks.map((row) => [
        row.app,
        whole(row.deliveries),
        whole(row.deliveriesPerSecond),
        ms(row.p50Ms),
        ms(row.p99Ms),
      ]),
    ),
  ];
}
