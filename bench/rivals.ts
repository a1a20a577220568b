import { Client } from "pg";
import { startPostgres } from "../test/support/postgres.ts";
import { firstNumber, stepsPerExecution } from "./load.ts";
import { openBullMq } from "./rivals/bullmq.ts";
import { openDbos } from "./rivals/dbos.ts";
import { openGraphileWorker } from "./rivals/graphile-worker.ts";
import { openInProcess, openShared } from "./rivals/ours.ts";
import type { Rival, RivalName } from "./rivals/rival.ts";

export interface RivalRow {
  readonly name: RivalName;
  readonly executions: number;
  readonly stepsPerSecond: number;
  /** What is sent to Postgres to be answered, or scripts to Redis, for each step. */
  readonly statementsPerStep: number;
  /** What the log that makes it durable grew by for each step: WAL, or Redis' AOF. */
  readonly bytesPerStep: number;
}

export interface RivalSize {
  readonly executions: number;
  readonly slice: number;
  readonly warmUp: number;
  readonly concurrency: number;
}

let used = firstNumber;

/** The same seven steps by each, on the same Postgres; they take turns in slices. A rival that is not there is left out. */
export async function measureRivals(size: RivalSize): Promise<{
  readonly rows: readonly RivalRow[];
  readonly leftOut: readonly string[];
}> {
  const server = await startPostgres({ durable: true });
  const postgres = new Client({ connectionString: server.url });
  await postgres.connect();
  const statements = countStatements();
  const rivals: Rival[] = [];
  try {
    const { url } = server;
    rivals.push(await openInProcess(url, size.concurrency), await openShared(url, size.concurrency));
    rivals.push(await openDbos(url));
    const bullMq = await openBullMq(size.concurrency);
    if ("run" in bullMq) rivals.push(bullMq);
    rivals.push(await openGraphileWorker(url, size.concurrency));
    const walBytes = async () => {
      const { rows } = await postgres.query<{ bytes: string }>(
        "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text AS bytes",
      );
      return Number(rows[0]?.bytes);
    };
    const costs = (rival: Rival) =>
      rival.costs?.() ?? walBytes().then((bytes) => ({ bytes, statements: statements.count }));
    const taken = rivals.map((rival) => ({ rival, elapsedMs: 0, statements: 0, bytes: 0 }));
    const numbers = (count: number) => Array.from({ length: count }, () => used++);
    for (const { rival } of taken) await rival.run(numbers(size.warmUp), size.concurrency);
    for (let slice = 0; slice < size.executions / size.slice; slice++) {
      const turn = slice % taken.length;
      for (const each of [...taken.slice(turn), ...taken.slice(0, turn)]) {
        const before = await costs(each.rival);
        const began = performance.now();
        await each.rival.run(numbers(size.slice), size.concurrency);
        each.elapsedMs += performance.now() - began;
        const after = await costs(each.rival);
        each.statements += after.statements - before.statements;
        each.bytes += after.bytes - before.bytes;
      }
    }
    const steps = size.executions * stepsPerExecution;
    return {
      rows: taken.map(({ rival: { name }, elapsedMs, statements: sent, bytes }) => ({
        name,
        executions: size.executions,
        stepsPerSecond: steps / (elapsedMs / 1000),
        statementsPerStep: sent / steps,
        bytesPerStep: bytes / steps,
      })),
      leftOut: "run" in bullMq ? [] : [bullMq.leftOut],
    };
  } finally {
    for (const rival of rivals) await rival.close();
    statements.stop();
    await postgres.end();
    await server.stop();
  }
}

/** Everything that this process sends to Postgres goes through pg. */
function countStatements() {
  const own = Object.getOwnPropertyDescriptor(Client.prototype, "query");
  if (typeof own?.value !== "function") throw new Error("pg sends its statements in another way");
  const counted = {
    count: 0,
    stop: () => void Object.defineProperty(Client.prototype, "query", own),
  };
  const value: unknown = new Proxy(own.value, {
    apply(query, client, args) {
      counted.count += 1;
      return Reflect.apply(query, client, args);
    },
  });
  Object.defineProperty(Client.prototype, "query", { ...own, value });
  return counted;
}
