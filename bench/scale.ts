import type { ScaleRows } from "./scale-report.ts";

export const scaleNames = ["rivals", "replicas", "crowd", "parked", "webhooks"] as const;
export type ScaleName = (typeof scaleNames)[number];

const sizes = {
  full: {
    rivals: { executions: 1_000, slice: 200, warmUp: 100, concurrency: 100 },
    replicas: { executions: 2_000, rounds: 3 },
    crowd: { executions: 10_000, active: 200 },
    parked: { executions: 100_000, wakes: 1_000 },
    webhooks: { deliveries: 10_000, slice: 1_000, warmUp: 1_000 },
  },
  quick: {
    rivals: { executions: 4, slice: 2, warmUp: 1, concurrency: 2 },
    replicas: { executions: 6, rounds: 1 },
    crowd: { executions: 6, active: 2 },
    parked: { executions: 30, wakes: 5 },
    webhooks: { deliveries: 20, slice: 10, warmUp: 5 },
  },
} as const;

/** Many at once, in several processes, and beside others: those of them that are wanted, and only their packages are loaded. */
export async function measureScale(
  isWanted: (name: ScaleName) => boolean,
  size: keyof typeof sizes,
): Promise<ScaleRows> {
  const { [size]: of } = sizes;
  const measure = async <Found>(name: ScaleName, work: () => Promise<Found>, none: Found) => {
    if (!isWanted(name)) return none;
    process.stderr.write(`measuring ${name}\n`);
    return await work();
  };
  const { rows: rivals, leftOut } = await measure(
    "rivals",
    async () => (await import("./rivals.ts")).measureRivals(of.rivals),
    {
      rows: [],
      leftOut: [],
    },
  );
  return {
    rivals,
    leftOut,
    replicas: await measure(
      "replicas",
      async () => (await import("./replicas.ts")).measureReplicas(of.replicas),
      [],
    ),
    crowds: await measure("crowd", async () => (await import("./crowd.ts")).measureCrowd(of.crowd), []),
    parked: await measure("parked", async () => (await import("./parked.ts")).measureParked(of.parked), []),
    webhooks: await measure(
      "webhooks",
      async () => (await import("./webhooks.ts")).measureWebhooks(of.webhooks),
      [],
    ),
  };
}
