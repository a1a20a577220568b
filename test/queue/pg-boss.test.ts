import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { systemClock } from "../../src/engine/clock/system.ts";
import { type Clock, silentLog, type Turn } from "../../src/engine/ports/index.ts";
import { openPgBossQueue, type PgBossQueue } from "../../src/queue/pg-boss.ts";
import { queueContract, turnsPass } from "../contract/queue.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
});

async function open(clock: Clock = systemClock, concurrency = 2): Promise<PgBossQueue> {
  return await openPgBossQueue({ url: server.url, concurrency, clock, log: silentLog });
}

async function sql(
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text, [...values]);
    return rows;
  } finally {
    await client.end();
  }
}

async function rest(queue: PgBossQueue): Promise<void> {
  await turnsPass();
  await queue.rest();
}

test("several processes that open an empty database at once share one queue", async () => {
  const queues = await Promise.all([open(), open(), open()]);
  await Promise.all(queues.map((queue) => queue.stop()));
  expect(await sql("SELECT name FROM hishamos_queue.queue ORDER BY name")).toEqual([
    { name: "activations" },
    { name: "claims" },
  ]);
});

describe("the queue on Postgres", () => {
  const openEmpty = async () => {
    const queue = await open();
    await sql("DELETE FROM hishamos_queue.job");
    return queue;
  };
  queueContract(openEmpty, rest);
});

/** A process that takes from the queue, and what it was told. */
class Process {
  readonly queue: PgBossQueue;
  /** As `a`, or `a taken over`. */
  readonly begun: string[] = [];
  readonly woken: string[] = [];
  readonly lost: string[] = [];
  readonly #underWay = new Map<string, { readonly turn: Turn; end: () => void }>();
  readonly #watchers = new Set<() => void>();

  constructor(queue: PgBossQueue) {
    this.queue = queue;
  }

  start(): void {
    const tell = (list: string[]) => (id: string) => {
      list.push(id);
      for (const watcher of this.#watchers) watcher();
    };
    this.queue.start(this.#activate, { woken: tell(this.woken), lost: tell(this.lost) });
  }

  readonly #activate = async (id: string, turn?: Turn): Promise<void> => {
    if (!turn) throw new Error("a shared queue gives a turn");
    this.begun.push(turn.takenOver ? `${id} taken over` : id);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay.set(id, { turn, end: resolve });
    for (const watcher of this.#watchers) watcher();
    await promise;
  };

  end(id: string, left?: "begun" | "untouched"): void {
    const work = this.#underWay.get(id);
    this.#underWay.delete(id);
    if (left) work?.turn.leave(left);
    work?.end();
  }

  has(id: string): boolean {
    return this.#underWay.has(id);
  }

  /** Resolves as soon as what it was told makes it true. */
  async until(predicate: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = () => predicate() && resolve();
    this.#watchers.add(watcher);
    watcher();
    await promise;
    this.#watchers.delete(watcher);
  }

  async stop(): Promise<void> {
    const stopped = this.queue.stop();
    for (const id of this.#underWay.keys()) this.end(id);
    await stopped;
  }
}

describe("two processes on one Postgres", () => {
  let one: Process;
  let two: Process;
  beforeEach(async () => {
    [one, two] = [new Process(await open()), new Process(await open())];
    await sql("DELETE FROM hishamos_queue.job");
  });
  afterEach(async () => {
    await Promise.all([one.stop(), two.stop()]);
  });

  /** The first begins them, and only then is there a second. */
  const begin = async (...ids: readonly string[]) => {
    one.start();
    for (const id of ids) one.queue.wake(id);
    await one.until(() => ids.every((id) => one.has(id)));
    two.start();
    await rest(two.queue);
  };

  test("what is woken in one is active in one of them, and in the other when that one has no place", async () => {
    one.start();
    two.start();
    for (const id of ["a", "b", "c", "d"]) one.queue.wake(id);
    await Promise.all([one.until(() => one.begun.length === 2), two.until(() => two.begun.length === 2)]);
    expect([...one.begun, ...two.begun].toSorted()).toEqual(["a", "b", "c", "d"]);
  });

  test("what is active in one and woken in the other hears of it, and is activated once more afterwards", async () => {
    await begin("a");
    two.queue.wake("a");
    two.queue.wake("a");
    await one.until(() => one.woken.length > 0);
    await Promise.all([rest(one.queue), rest(two.queue)]);
    expect([one.begun, two.begun, new Set(one.woken)]).toEqual([["a"], [], new Set(["a"])]);
    one.end("a");
    await Promise.race([one.until(() => one.begun.length > 1), two.until(() => two.begun.length > 0)]);
    expect([...one.begun, ...two.begun]).toEqual(["a", "a"]);
  });

  test("what was left untouched is begun anew by the other, as if nothing had been", async () => {
    await begin("a");
    one.end("a", "untouched");
    await one.stop();
    await two.until(() => two.has("a"));
    expect(two.begun).toEqual(["a"]);
  });

  test.for([
    ["the one left", "created"],
    ["the one of a later wake", "retry"],
  ] as const)("what was broken off is taken over, though %s of its jobs comes first", async ([, last]) => {
    one.start();
    one.queue.wake("a");
    await one.until(() => one.has("a"));
    one.queue.wake("a");
    await rest(one.queue);
    const stopped = one.queue.stop();
    one.end("a", "begun");
    await stopped;
    await sql(
      "UPDATE hishamos_queue.job SET created_on = created_on + interval '1 hour' WHERE state::text = $1",
      [last],
    );
    two.start();
    await two.until(() => two.has("a"));
    expect(two.begun).toEqual(["a taken over"]);
  });

  test("one that stops hands over what it could not begin", async () => {
    await begin("a");
    const stopped = one.queue.stop();
    one.queue.wake("b");
    one.end("a");
    await stopped;
    await two.until(() => two.has("b"));
    expect(two.begun).toEqual(["b"]);
  });

  test("of all that claim something, one has it", async () => {
    const claims = () =>
      Promise.all([one, two, one, two].map(({ queue }) => queue.shared.claim("sweep_all", 3_600)));
    expect((await claims()).filter((mine) => mine)).toHaveLength(1);
    expect((await claims()).filter((mine) => mine)).toHaveLength(0);
    expect(await one.queue.shared.claim("other", 3_600)).toBe(true);
  });

  test("unattended is what nobody has and nobody is to have", async () => {
    await begin("a");
    one.queue.wake("a");
    const ids = ["a", "b", "c"];
    two.queue.shared.takeOver("b");
    expect(await two.queue.shared.unattended(ids)).toEqual(["c"]);
    await rest(two.queue);
    expect(await one.queue.shared.unattended(ids)).toEqual(["c"]);
    const everyone = [one, two];
    await Promise.race(everyone.map((each) => each.until(() => each.has("b"))));
    expect([...one.begun, ...two.begun]).toContain("b taken over");
  });

  test("they go on after the server has ended all their connections", async () => {
    await begin("a");
    await sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hishamos' AND datname = current_database() AND pid <> pg_backend_pid()",
    );
    two.queue.wake("b");
    one.end("a");
    await Promise.race([one, two].map((each) => each.until(() => each.has("b"))));
    two.queue.wake("b");
    await Promise.race([one, two].map((each) => each.until(() => each.woken.includes("b") || each.has("b"))));
    expect([...one.begun, ...two.begun].filter((id) => id.startsWith("b"))).toEqual(["b"]);
  });
});

test("a queue of a newer release is left alone", async () => {
  await sql("UPDATE hishamos_queue.version SET version = version + 1");
  await expect(open()).rejects.toThrow(/HOS611 The queue in schema hishamos_queue .* newer release/);
  await sql("UPDATE hishamos_queue.version SET version = version - 1");
  const queue = await open();
  await expect(queue.stop()).resolves.toBeUndefined();
});

test("one that is frozen is taken over from within 9 s, hears of it when it goes on, and takes nothing away", async () => {
  await sql("DELETE FROM hishamos_queue.job");
  // Its time stands still, so it gives no sign of life.
  const frozen = new SimulatedClock(Date.now());
  const [one, two] = [new Process(await open(frozen)), new Process(await open())];
  one.start();
  one.queue.wake("a");
  await one.until(() => one.has("a"));
  const since = performance.now();
  two.start();
  two.queue.wake("a");
  await two.until(() => two.has("a"));
  expect(performance.now() - since).toBeLessThan(9_000);
  expect(two.begun).toEqual(["a taken over"]);

  frozen.advance(10_000);
  await one.until(() => one.lost.includes("a"));
  one.end("a");
  await rest(one.queue);
  expect(await sql("SELECT 1 AS held FROM hishamos_queue.job WHERE state = 'active'")).toEqual([{ held: 1 }]);
  await Promise.all([one.stop(), two.stop()]);
  expect([one.begun, two.begun]).toEqual([["a"], ["a taken over"]]);
});
