import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { aBench, aStart, done, stepStates } from "./support.ts";
import type { Stores } from "./types.ts";

let stores: Stores;
beforeEach(async () => {
  stores = await openSqliteStores({ directory: ":memory:" });
});
afterEach(async () => {
  await stores.close();
});

const two = `
name: Two
permissions: { issues: write }
steps:
  - id: a
    action: issues.addLabels
    inputs: { issue_number: 1, labels: [x] }
  - id: b
    action: issues.createComment
    inputs: { issue_number: 1, body: "{{ steps.a.output.word }}" }
`;

const subject = {
  type: "issue",
  number: 1,
  title: "t",
  author: "a",
  labels: [],
  url: "",
  head_sha: null,
  is_fork: false,
  state: "open",
} as const;

const started = async (engine: ReturnType<typeof aBench>["engine"], request: ReturnType<typeof aStart>) => {
  const start = await engine.start(request);
  if (start.result === "invalid") throw new Error(JSON.stringify(start.problems));
  return start.execution.id;
};

test("runs a workflow from its start to its end, one write per step", async () => {
  const { engine, calls } = aBench(stores, ({ path }) => done({ word: path }));
  await engine.run();
  const id = await started(engine, aStart(two));
  await engine.idle();
  const execution = await stores.executions.load(id);
  expect([execution?.state, stepStates(execution)]).toEqual([
    "completed",
    { a: "completed", b: "completed" },
  ]);
  expect(calls.map(({ path, input }) => [path, input])).toEqual([
    ["a", { issue_number: 1, labels: ["x"] }],
    ["b", { issue_number: 1, body: "a" }],
  ]);
  expect(execution?.revision).toBe(3);
});

test("a start of the same occurrence is the same execution", async () => {
  const { engine, calls } = aBench(stores, () => done({ word: "w" }));
  await engine.run();
  const results = await Promise.all([engine.start(aStart(two)), engine.start(aStart(two))]);
  await engine.idle();
  expect(results.map(({ result }) => result).toSorted()).toEqual(["created", "exists"]);
  expect(calls).toHaveLength(2);
});

test("work begun by a process that is gone is done again, and told that it may have happened", async () => {
  const first = aBench(stores, ({ path }) => (path === "a" ? done({ word: "w" }) : new Promise(() => {})));
  await first.engine.run();
  const id = await started(first.engine, aStart(two));
  while (first.calls.length < 2) await new Promise(setImmediate);
  const second = aBench(stores, () => done());
  await second.engine.run();
  await second.engine.idle();
  expect(second.calls.map(({ path, mayHaveHappened, key }) => [path, mayHaveHappened, key])).toEqual([
    ["b", true, first.calls[1]?.key],
  ]);
  expect((await stores.executions.load(id))?.state).toBe("completed");
});

test("a holder that was overtaken writes nothing and starts nothing more", async () => {
  const release: (() => void)[] = [];
  const world = ({ path }: { path: string }) =>
    path === "a"
      ? new Promise<ReturnType<typeof done>>((resolve) => release.push(() => resolve(done({ word: "late" }))))
      : done();
  const first = aBench(stores, world);
  await first.engine.run();
  const id = await started(first.engine, aStart(two));
  while (release.length < 1) await new Promise(setImmediate);
  const second = aBench(stores, () => done({ word: "new" }));
  await second.engine.run();
  await second.engine.idle();
  release[0]?.();
  await first.engine.idle();
  expect(first.calls.map(({ path }) => path)).toEqual(["a"]);
  expect((await stores.executions.load(id))?.steps["a"]?.runs[0]).toMatchObject({ output: { word: "new" } });
});

const message = (executionId: string, id: string, command: "cancel" | "pause" | "resume") => ({
  id,
  executionId,
  at: 0,
  body: { type: "commanded", id, command, by: "maya", step: null, reason: null } as const,
});

test("a cancel reaches a step that is under way and aborts it", async () => {
  const aborted: string[] = [];
  const { engine, calls } = aBench(
    stores,
    ({ signal, path }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          aborted.push(path);
          resolve(done());
        });
      }),
  );
  await engine.run();
  const id = await started(engine, aStart(two));
  while (calls.length === 0) await new Promise(setImmediate);
  expect(await engine.send(message(id, "c1", "cancel"))).toBe(true);
  await engine.idle();
  expect(aborted).toEqual(["a"]);
  expect((await stores.executions.load(id))?.state).toBe("cancelled");
  expect(await stores.messages.list(id)).toEqual([]);
});

test("a message sent twice is taken once", async () => {
  const { engine } = aBench(stores, () => new Promise(() => {}));
  await engine.run();
  const id = await started(engine, aStart(two));
  const sent = await Promise.all([
    engine.send(message(id, "p", "pause")),
    engine.send(message(id, "p", "pause")),
  ]);
  expect(sent.filter(Boolean)).toHaveLength(1);
});

test("a delay of days costs nothing and ends at its time, also after a restart", async () => {
  const text = `
name: Wait
permissions: { issues: write }
steps:
  - { id: wait, delay: 7d }
  - { id: then, action: issues.addLabels, inputs: { issue_number: 1, labels: [x] } }
`;
  const first = aBench(stores, () => done());
  await first.engine.run();
  const id = await started(first.engine, aStart(text));
  await first.engine.idle();
  await first.engine.stop();
  const second = aBench(stores, () => done(), { clock: first.clock });
  await second.engine.run();
  await second.engine.idle();
  expect(second.calls).toEqual([]);
  first.clock.advance(7 * 86_400_000);
  await new Promise(setImmediate);
  await second.engine.idle();
  expect((await stores.executions.load(id))?.state).toBe("completed");
});

test("an attempt is made again after its backoff, by the clock", async () => {
  const text = `
name: Again
permissions: { issues: write }
steps:
  - id: a
    action: issues.addLabels
    inputs: { issue_number: 1, labels: [x] }
    retry: { max_attempts: 2, backoff: { initial: 10s } }
`;
  const answers = [
    {
      type: "failed",
      error: { code: "http_502", message: "bad gateway", class: "transient" },
      effects: [],
    } as const,
    done(),
  ];
  const { engine, clock, calls } = aBench(stores, () => answers.shift() ?? done());
  await engine.run();
  const id = await started(engine, aStart(text));
  await engine.idle();
  expect(calls).toHaveLength(1);
  clock.advance(10_000);
  await new Promise(setImmediate);
  await engine.idle();
  expect(calls.map(({ run }) => run.attempt)).toEqual([1, 2]);
  expect((await stores.executions.load(id))?.state).toBe("completed");
});

test("a runner that breaks fails the step, not the process", async () => {
  const { engine } = aBench(stores, () => {
    throw new Error("boom");
  });
  await engine.run();
  const id = await started(engine, aStart(two));
  await engine.idle();
  expect((await stores.executions.load(id))?.ending?.error).toMatchObject({
    code: "internal_error",
    message: "boom",
  });
});

test("a large output is stored apart and read by the next step, also after a restart", async () => {
  const word = "x".repeat(100_000);
  const first = aBench(stores, ({ path }) => (path === "a" ? done({ word }) : new Promise(() => {})));
  await first.engine.run();
  const id = await started(first.engine, aStart(two));
  while (first.calls.length < 2) await new Promise(setImmediate);
  expect(JSON.stringify(await stores.executions.load(id)).length).toBeLessThan(10_000);
  const second = aBench(stores, () => done());
  await second.engine.run();
  await second.engine.idle();
  expect(second.calls[0]?.input).toEqual({ issue_number: 1, body: word });
});

test("missing inputs are named and nothing starts", async () => {
  const { engine } = aBench(stores, () => done());
  await engine.run();
  const text =
    'name: In\npermissions: { issues: write }\nsteps: [{ id: a, action: issues.createComment, inputs: { issue_number: 1, body: "{{ input.word }}" } }]';
  expect(await engine.start(aStart(text))).toMatchObject({
    result: "invalid",
    problems: [{ code: "HOS321" }],
  });
  expect(await engine.start(aStart(text, { input: { word: "w" }, occurrence: "2" }))).toMatchObject({
    result: "created",
  });
});

test("a stop lets short work end and leaves long work to the next start", async () => {
  const first = aBench(stores, ({ path }) => (path === "a" ? done({ word: "w" }) : new Promise(() => {})));
  await first.engine.run();
  const id = await started(first.engine, aStart(two));
  while (first.calls.length < 2) await new Promise(setImmediate);
  const stopped = first.engine.stop();
  first.clock.advance(5_000);
  await stopped;
  expect(stepStates(await stores.executions.load(id))).toEqual({ a: "completed", b: "running" });
});

test("a subject's second start of the same workflow joins the first while that is under way", async () => {
  const { engine } = aBench(stores, () => new Promise(() => {}));
  await engine.run();
  expect(await engine.start(aStart(two, { subject }))).toMatchObject({ result: "created" });
  expect(await engine.start(aStart(two, { subject, occurrence: "2" }))).toMatchObject({
    result: "slot_taken",
  });
});

test("ids of messages that were taken leave the document, but for the last few", async () => {
  const { engine } = aBench(stores, () => new Promise(() => {}));
  await engine.run();
  const id = await started(engine, aStart(two));
  for (let n = 0; n < 50; n++) {
    await engine.send(message(id, `m${n}`, n % 2 === 0 ? "pause" : "resume"));
    while ((await stores.messages.list(id)).length > 0) await new Promise(setImmediate);
  }
  const consumed = (await stores.executions.load(id))?.consumed ?? [];
  expect(consumed.at(-1)).toBe("m49");
  expect(consumed.length).toBeLessThan(25);
});

test("work that its timeout broke off is told that it may have happened", async () => {
  const text = `
name: Late
permissions: { issues: write }
steps:
  - id: a
    action: issues.addLabels
    inputs: { issue_number: 1, labels: [x] }
    timeout: 10s
    retry: { max_attempts: 2, backoff: { initial: 10s }, on: [timeout] }
`;
  const { engine, clock, calls } = aBench(stores, ({ run }) =>
    run.attempt === 1 ? new Promise(() => {}) : done(),
  );
  await engine.run();
  await started(engine, aStart(text));
  while (calls.length < 1) await new Promise(setImmediate);
  clock.advance(10_000);
  await engine.idle();
  clock.advance(10_000);
  await new Promise(setImmediate);
  await engine.idle();
  expect(calls.map(({ run, mayHaveHappened }) => [run.attempt, mayHaveHappened])).toEqual([
    [1, false],
    [2, true],
  ]);
});

test("an ended execution is not retried while another holds its group, and the retry is refused", async () => {
  const { engine } = aBench(stores, () => new Promise(() => {}));
  await engine.run();
  const first = await started(engine, aStart(two, { subject }));
  await engine.send(message(first, "c", "cancel"));
  await engine.idle();
  await started(engine, aStart(two, { subject, occurrence: "2" }));
  const ended = await stores.executions.load(first);
  const retry = { ...message(first, "r", "cancel").body, command: "retry" } as const;
  expect(ended && (await engine.check(ended, retry))).toMatchObject({ code: "HOS309" });
  await engine.send({ id: "r", executionId: first, at: 0, body: retry });
  while ((await stores.messages.list(first)).length > 0) await new Promise(setImmediate);
  expect((await stores.executions.load(first))?.state).toBe("cancelled");
});

test("messages to an execution that is not there are dropped, not kept for ever", async () => {
  const { engine } = aBench(stores, () => done());
  await engine.run();
  await engine.send(message("nobody", "m", "cancel"));
  await engine.idle();
  expect(await stores.messages.waiting(10)).toEqual([]);
});

test("an event that was kept through a pause is taken after the resume, by itself", async () => {
  const text = `
name: Wait
permissions: { issues: write }
steps:
  - { id: wait, wait_for: { event: issues.closed } }
`;
  const { engine } = aBench(stores, () => done());
  await engine.run();
  const id = await started(engine, aStart(text, { subject }));
  await engine.send(message(id, "p", "pause"));
  await engine.idle();
  const closed = {
    type: "event_received",
    id: "e",
    name: "issues.closed",
    payload: { issue: { number: 1 } },
  } as const;
  await engine.send({ id: "e", executionId: id, at: 1, body: closed });
  await engine.idle();
  await engine.send({ ...message(id, "r", "resume"), at: 2 });
  await engine.idle();
  expect((await stores.executions.load(id))?.state).toBe("completed");
});
