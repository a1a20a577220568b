import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Execution } from "../../src/core/execution.ts";
import { systemClock } from "../../src/engine/clock/system.ts";
import { createEngine } from "../../src/engine/engine.ts";
import {
  type Engine,
  type Log,
  type StepRequest,
  type StepResult,
  type Stores,
  silentLog,
} from "../../src/engine/ports/index.ts";
import { openPgBossQueue } from "../../src/queue/pg-boss.ts";
import { openPostgresStores } from "../../src/state/postgres/open.ts";
import { aBench, aCommand, anIssue, aStart, done, stepStates } from "../engine/support.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";

let server: TestPostgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
});

/** An engine as a process of its own would have it: its stores, its place in the queue, and the steps that come to it. */
class Replica {
  readonly engine: Engine;
  readonly stores: Stores;
  readonly calls: StepRequest[] = [];
  readonly errors: string[] = [];
  /** Revisions that were to be shown, by execution. */
  readonly shown = new Map<string, number[]>();
  readonly #waiting = new Map<string, (result: StepResult) => void>();
  readonly #watchers = new Set<() => void>();

  private constructor(stores: Stores, queue: Awaited<ReturnType<typeof openPgBossQueue>>) {
    this.stores = stores;
    const runner = { run: (request: StepRequest) => this.#run(request) };
    const log: Log = { ...silentLog, error: (_, message) => void this.errors.push(message) };
    const runners = { agent: runner, action: runner };
    const reporter = {
      changed: ({ id, revision }: Execution) =>
        void this.shown.set(id, [...(this.shown.get(id) ?? []), revision]),
    };
    this.engine = createEngine({ stores, queue, runners, reporter, clock: systemClock, log, graceMs: 50 });
  }

  static async open(): Promise<Replica> {
    const { url } = server;
    const [stores, queue] = await Promise.all([
      openPostgresStores({ url }),
      openPgBossQueue({ url, concurrency: 10, clock: systemClock, log: silentLog }),
    ]);
    return new Replica(stores, queue);
  }

  /** A step goes on until it is told its result, or is aborted. */
  async #run(request: StepRequest): Promise<StepResult> {
    const { promise, resolve } = Promise.withResolvers<StepResult>();
    this.calls.push(request);
    this.#waiting.set(request.path, resolve);
    request.signal.addEventListener("abort", () => {
      this.#changed();
      resolve({
        type: "failed",
        error: { code: "aborted", message: "aborted", class: "error" },
        effects: [],
      });
    });
    this.#changed();
    return await promise;
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  end(path: string): void {
    this.#waiting.get(path)?.(done({ by: path }));
  }

  /** The step as it came to this one, as soon as it has and the condition is true of it. */
  async step(path: string, condition: (call: StepRequest) => boolean = () => true): Promise<StepRequest> {
    const { promise, resolve } = Promise.withResolvers<StepRequest>();
    const watcher = () => {
      const call = this.calls.findLast((each) => each.path === path && condition(each));
      if (call) resolve(call);
    };
    this.#watchers.add(watcher);
    watcher();
    const call = await promise;
    this.#watchers.delete(watcher);
    return call;
  }

  async close(): Promise<void> {
    await this.engine.stop();
    await this.stores.close();
  }
}

let one: Replica;
let two: Replica;
beforeEach(async () => {
  [one, two] = await Promise.all([Replica.open(), Replica.open()]);
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query("DELETE FROM hishamos_queue.job");
  await client.end();
});
afterEach(async () => {
  await Promise.all([one.close(), two.close()]);
});

const twoSteps = `
name: Two
permissions: { issues: write }
steps:
  - { id: a, action: issues.addLabels, inputs: { issue_number: 1, labels: [x] } }
  - { id: b, action: issues.addLabels, inputs: { issue_number: 1, labels: [y] } }
`;
const queued = twoSteps.replace("name: Two", "name: Two\nconcurrency: { group: one, on_conflict: queue }");

const approval = `
name: Approval
steps: [{ id: agree, approval: { by: [command] } }]
`;

let starts = 0;
async function start(by: Replica, text = twoSteps): Promise<string> {
  starts += 1;
  const subject = { ...anIssue, number: starts };
  const started = await by.engine.start(aStart(text, { subject, occurrence: String(starts) }));
  if (started.result === "invalid") throw new Error(JSON.stringify(started.problems));
  return started.execution.id;
}

test("a step of what one has started and another is the first at is known not to have happened", async () => {
  await two.engine.run();
  const id = await start(one);
  expect(await two.step("a")).toMatchObject({ mayHaveHappened: false });
  two.end("a");
  expect(await two.step("b")).toMatchObject({ mayHaveHappened: false });
  two.end("b");
  await two.engine.idle();
  const stored = await one.stores.executions.load(id);
  expect([stored?.state, stored?.revision]).toEqual(["completed", 3]);
});

test("a cancel given to one aborts the step that is under way in another", async () => {
  await one.engine.run();
  const id = await start(one);
  await one.step("a");
  await two.engine.run();
  await two.engine.send(aCommand(id, "c1", "cancel"));
  await one.step("a", ({ signal }) => signal.aborted);
  await two.engine.idle();
  const stored = await two.stores.executions.load(id);
  expect([stored?.state, one.calls.length, two.calls.length]).toEqual(["cancelled", 1, 0]);
});

test("one that stops leaves its long step to another, which is told that it may have happened", async () => {
  await one.engine.run();
  const id = await start(one);
  const left = await one.step("a");
  await two.engine.run();
  await one.engine.stop();
  expect(left.signal.aborted).toBe(true);
  expect(await two.step("a")).toMatchObject({ mayHaveHappened: true, key: left.key });
  // What the first has saved last it may not have shown any more.
  expect(two.shown.get(id)).toEqual([1]);
  two.end("a");
  expect(await two.step("b")).toMatchObject({ mayHaveHappened: false });
  two.end("b");
  await two.engine.idle();
  expect(stepStates(await two.stores.executions.load(id))).toEqual({ a: "completed", b: "completed" });
});

test("one that stops leaves a step that it did not begin to another as one that has not happened", async () => {
  await one.engine.run();
  await start(one);
  await one.step("a");
  await two.engine.run();
  const stopped = one.engine.stop();
  one.end("a");
  await stopped;
  expect(await two.step("b")).toMatchObject({ mayHaveHappened: false });
  expect(one.calls.map(({ path }) => path)).toEqual(["a"]);
  two.end("b");
  await two.engine.idle();
});

test("whose group is freed in one is begun, in whichever it is, once", async () => {
  await Promise.all([one.engine.run(), two.engine.run()]);
  const both = [one, two];
  for (let count = 0; count < 4; count++) await start(count % 2 === 0 ? one : two, queued);
  const begun = new Set<string>();
  for (let count = 0; count < 4; count++) {
    const isNew = ({ execution }: StepRequest) => !begun.has(execution.id);
    const { execution } = await Promise.race(both.map((each) => each.step("a", isNew)));
    begun.add(execution.id);
    for (const each of both) each.end("a");
    await Promise.race(both.map((each) => each.step("b", (call) => call.execution.id === execution.id)));
    for (const each of both) each.end("b");
  }
  await one.engine.idle();
  expect([...one.calls, ...two.calls].filter(({ path }) => path === "a")).toHaveLength(4);
  expect([one.errors, two.errors]).toEqual([[], []]);
});

test("a message whose wake was lost with its process is found by the sweep of another", async () => {
  const { engine } = aBench(one.stores, () => done(), { clock: systemClock });
  const started = await engine.start(aStart(approval, { occurrence: "lost" }));
  if (started.result !== "created") throw new Error(started.result);
  const { id } = started.execution;
  await one.stores.messages.add(aCommand(id, "c1", "cancel"));
  await two.engine.run();
  await expect.poll(async () => (await two.stores.executions.load(id))?.state).toBe("cancelled");
});
