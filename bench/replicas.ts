import { startPostgres } from "../test/support/postgres.ts";
import { Child } from "./children.ts";
import { stepsPerExecution } from "./load.ts";
import type { ReplicaGiven } from "./replica-child.ts";

/** So many processes of the service over one Postgres, each on a part of the same starts. */
export interface ReplicaRow {
  readonly replicas: number;
  readonly executions: number;
  readonly stepsPerSecond: number;
}

export interface ReplicaSize {
  readonly executions: number;
  readonly rounds: number;
}

const most = 3;

/** One, two and three take turns, each time from nothing; the median of the rounds. */
export async function measureReplicas({ executions, rounds }: ReplicaSize): Promise<readonly ReplicaRow[]> {
  const rates: number[][] = Array.from({ length: most }, () => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, found] of rates.entries()) found.push(await once(index + 1, executions));
  }
  return rates.map((found, index) => ({
    replicas: index + 1,
    executions,
    stepsPerSecond: found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)] ?? Number.NaN,
  }));
}

async function once(replicas: number, executions: number): Promise<number> {
  const server = await startPostgres({ durable: true });
  const children: Child[] = [];
  try {
    const share = Math.ceil(executions / replicas);
    for (let index = 0; index < replicas; index++) {
      const first = index * share;
      const given: ReplicaGiven = { url: server.url, first, count: Math.min(share, executions - first) };
      children.push(new Child("replica-child.ts", given));
      // One after the other: the first brings the schema.
      await children.at(-1)?.said();
    }
    const began = performance.now();
    for (const child of children) child.tell("go");
    const over = Promise.withResolvers<void>();
    let ended = 0;
    const count = async (child: Child): Promise<void> => {
      while (ended < executions) {
        const more = Number(await child.said());
        ended += more;
        if (ended >= executions) over.resolve();
      }
    };
    for (const child of children) count(child).catch(over.reject);
    await over.promise;
    return (executions * stepsPerExecution) / ((performance.now() - began) / 1000);
  } finally {
    await Promise.all(children.map((child) => child.end()));
    await server.stop();
  }
}
