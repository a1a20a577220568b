import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { OnConflict } from "../../src/core/workflow.ts";
import { openPostgresStores } from "../../src/state/postgres/open.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { aWorkflow, template } from "../support/workflow.ts";
import { aBench, aCommand, anIssue, aRequest, type Bench, done, Gate } from "./support.ts";
import type { StartRequest, Stores, Workflow } from "./types.ts";

let postgres: TestPostgres;
const root = mkdtempSync(join(tmpdir(), "hishamos-groups-"));
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
  rmSync(root, { recursive: true, force: true });
});

let schemas = 0;
/** Two processes' stores over one database; a directory belongs to one process, whose engines share its stores. */
const databases = {
  SQLite: async () => {
    const stores = await openSqliteStores({ directory: mkdtempSync(join(root, "data-")) });
    return [stores, stores] as const;
  },
  Postgres: async () => {
    const schema = `groups_${(schemas += 1)}`;
    const open = () => openPostgresStores({ url: postgres.url, schema });
    return [await open(), await open()] as const;
  },
};

const aPerson = { by: "maya", step: null, reason: null } as const;

const workflow = (onConflict: OnConflict | null, over: Partial<Workflow> = {}): Workflow =>
  aWorkflow([{ id: "a" }], { concurrency: { group: null, onConflict }, ...over });

describe.for(["SQLite", "Postgres"] as const)("a concurrency group: %s", (database) => {
  let stores: Stores;
  let elsewhere: Stores;
  let gate: Gate;
  let bench: Bench;
  let occurrence = 0;
  beforeEach(async () => {
    [stores, elsewhere] = await databases[database]();
    gate = new Gate();
    bench = aBench(stores, () => gate.pass());
    await bench.engine.run();
  });
  afterEach(async () => {
    await stores.close();
    if (elsewhere !== stores) await elsewhere.close();
  });

  const request = (of: Workflow, over: Partial<StartRequest> = {}) =>
    aRequest(of, { subject: anIssue, occurrence: `${(occurrence += 1)}`, ...over });
  const idOf = (of: StartRequest, engine = bench.engine) =>
    engine.start(of).then((start) => (start.result === "invalid" ? "" : start.execution.id));
  const stateOf = async (id: string) => {
    const execution = await stores.executions.load(id);
    return (
      execution && `${execution.state}${execution.slot ? " holding" : ""}${execution.wants ? " queued" : ""}`
    );
  };
  const until = async (id: string, wanted: string) => {
    while ((await stateOf(id)) !== wanted) await new Promise(setImmediate);
  };

  test("join: a second start is none", async () => {
    const of = workflow("join");
    const first = await idOf(request(of));
    const second = await bench.engine.start(request(of));
    expect(second.result).toBe("slot_taken");
    expect((await stores.executions.list({})).executions.map(({ id }) => id)).toEqual([first]);
  });

  const closed = {
    id: "e",
    name: "issues.closed",
    payload: { action: "closed", issue: { number: 1 }, sender: { login: "maya" } },
  } as const;
  test.for([
    ["nothing", null, "slot_taken"],
    ["a cancel", { type: "commanded", command: "cancel", ...aPerson }, "queued"],
    ["a pause", { type: "commanded", command: "pause", ...aPerson }, "slot_taken"],
    ["the subject's closing", { type: "event_received", ...closed }, "queued"],
    ["the subject's closing, by itself", { type: "event_received", ...closed, cause: "merge" }, "slot_taken"],
  ] as const)("join: where the holder has not read %s yet, a start is %3$s", async ([, body, result]) => {
    const of = workflow("join", { cancelOn: ["closed"] });
    const first = await idOf(request(of));
    await gate.arrived(1);
    // Stored by another process, whose wake has not come yet.
    if (body !== null) {
      const message = { id: "e", executionId: first, at: 0, body: { id: "e", ...body } };
      await elsewhere.messages.add(message);
    }
    bench.clock.advance(1);
    const again = request(of);
    expect(await bench.engine.start(again)).toMatchObject({ result });
    bench.clock.advance(1);
    // The one that waits is there to be joined.
    expect(await bench.engine.start(request(of))).toMatchObject({ result: "slot_taken" });
    if (result !== "queued") return;
    const second = await idOf(again);
    await bench.engine.send(aCommand(first, "wake", "resume"));
    await until(first, "cancelled");
    await until(second, "running holding");
    while (bench.calls.at(-1)?.execution.id !== second) await new Promise(setImmediate);
  });

  test("join: who waits is joined also in the moment in which the group is free", async () => {
    const of = workflow("join");
    const first = await idOf(request(of));
    await gate.arrived(1);
    await elsewhere.messages.add(aCommand(first, "c", "cancel"));
    bench.clock.advance(1);
    const second = request(of);
    const queued = await idOf(second);
    const stored = await stores.executions.load(first);
    if (!stored) throw new Error("it is not there");
    // As in the moment after its end and before the wake of the next.
    const over = { slot: null, state: "cancelled", endedAt: 1 } as const;
    await stores.executions.save({ ...stored, ...over, revision: stored.revision + 1 });
    bench.clock.advance(1);
    const other = aBench(elsewhere, () => done(), { clock: bench.clock });
    expect(await other.engine.start(request(of))).toMatchObject({ result: "slot_taken" });
    expect(await other.engine.start(second)).toMatchObject({ result: "exists", execution: { id: queued } });
  });

  test("join: while the holder cleans up after a cancel, a start waits for its turn", async () => {
    const of = workflow("join", { finally: aWorkflow([{ id: "tidy" }]).steps });
    const first = await idOf(request(of));
    await gate.arrived(1);
    await bench.engine.send(aCommand(first, "c", "cancel"));
    await gate.arrived(2);
    bench.clock.advance(1);
    const second = await idOf(request(of));
    expect(await stateOf(second)).toBe("running queued");
    // And where that one is given up as well, the next does not join it either.
    await elsewhere.messages.add(aCommand(second, "c", "cancel"));
    bench.clock.advance(1);
    expect(await bench.engine.start(request(of))).toMatchObject({ result: "queued" });
  });

  test("reject: a second start is refused, and names who holds the group", async () => {
    const of = workflow("reject");
    const first = await idOf(request(of));
    const second = await bench.engine.start(request(of));
    expect(second).toMatchObject({ result: "rejected", execution: { id: first } });
    await bench.engine.send(aCommand(first, "c", "cancel"));
    await bench.engine.idle();
    expect(await bench.engine.start(request(of))).toMatchObject({ result: "created" });
  });

  test("queue: the others wait, and begin one after the other in their order", async () => {
    const of = workflow("queue");
    const ids = [await idOf(request(of))];
    for (let index = 0; index < 3; index++) {
      bench.clock.advance(1);
      const start = await bench.engine.start(request(of));
      expect(start).toMatchObject({ result: "queued", execution: { slot: null, wants: expect.any(String) } });
      ids.push("execution" in start ? start.execution.id : "");
    }
    expect(await Promise.all(ids.map(stateOf))).toEqual([
      "running holding",
      ...ids.slice(1).map(() => "running queued"),
    ]);
    for (const [index, id] of ids.entries()) {
      await gate.arrived(index + 1);
      expect(bench.calls[index]?.execution.id).toBe(id);
      expect(bench.calls).toHaveLength(index + 1);
      gate.open();
    }
    await bench.engine.idle();
    expect(await Promise.all(ids.map(stateOf))).toEqual(ids.map(() => "completed"));
  });

  test("queue: nobody overtakes those who wait, also when the group is free for a moment", async () => {
    const of = workflow("queue");
    const first = await idOf(request(of));
    await idOf(request(of));
    const stored = await stores.executions.load(first);
    if (!stored) throw new Error("it is not there");
    // As in the moment after its end and before the wake of the next.
    await stores.executions.save({
      ...stored,
      revision: stored.revision + 1,
      slot: null,
      state: "cancelled",
    });
    bench.clock.advance(1);
    const other = aBench(elsewhere, () => done(), { clock: bench.clock });
    expect(await other.engine.start(request(of))).toMatchObject({ result: "queued" });
  });

  test("queue: one that is woken out of turn waits for those before it", async () => {
    const of = workflow("queue");
    const first = await idOf(request(of));
    bench.clock.advance(1);
    await idOf(request(of));
    bench.clock.advance(1);
    const third = await idOf(request(of));
    await bench.engine.send(aCommand(third, "r", "resume"));
    while ((await stores.messages.list(third)).length > 0) await new Promise(setImmediate);
    // The group is free, and only the third hears of something.
    const stored = await stores.executions.load(first);
    if (!stored) throw new Error("it is not there");
    await stores.executions.save({
      ...stored,
      revision: stored.revision + 1,
      slot: null,
      state: "cancelled",
    });
    await bench.engine.send(aCommand(third, "s", "resume"));
    while ((await stores.messages.list(third)).length > 0) await new Promise(setImmediate);
    await gate.arrived(1);
    expect(await stateOf(third)).toBe("running queued");
  });

  test("a timeout counts from when it begins", async () => {
    const limits = { ...workflow("queue").limits, timeoutMs: 10_000 };
    const of = workflow("queue", { limits });
    const first = await idOf(request(workflow("queue")));
    const second = await idOf(request(of));
    bench.clock.advance(9_000);
    await gate.arrived(1);
    gate.open();
    await until(second, "running holding");
    expect((await stores.executions.load(second))?.deadline).toBe(bench.clock.now() + 10_000);
    expect(await stateOf(first)).toBe("completed");
  });

  test("one that is queued can be cancelled, or paused without holding up the others", async () => {
    const of = workflow("queue");
    const [first, second, third, fourth] = [
      await idOf(request(of)),
      await idOf(request(of)),
      await idOf(request(of)),
      await idOf(request(of)),
    ];
    await bench.engine.send(aCommand(second, "c", "cancel"));
    await bench.engine.send(aCommand(third, "p", "pause"));
    await until(second, "cancelled");
    await until(third, "paused queued");
    await gate.arrived(1);
    gate.open();
    await until(fourth, "running holding");
    await bench.engine.send(aCommand(third, "r", "resume"));
    await until(third, "running queued");
    await gate.arrived(2);
    gate.open();
    await until(third, "running holding");
    expect(await stateOf(first)).toBe("completed");
  });

  test("cancel_running: the newest start is what remains of many", async () => {
    const of = workflow("cancel_running");
    const ids: string[] = [];
    for (let index = 0; index < 4; index++) {
      bench.clock.advance(1);
      ids.push(await idOf(request(of)));
    }
    const last = ids.at(-1) ?? "";
    await until(last, "running holding");
    while (bench.calls.at(-1)?.execution.id !== last) await new Promise(setImmediate);
    // Whoever came to it before was cancelled there.
    for (const _ of ids) gate.open();
    await bench.engine.idle();
    expect(await Promise.all(ids.map(stateOf))).toEqual(["cancelled", "cancelled", "cancelled", "completed"]);
  });

  test("cancel_running: many starts at once leave the newest, on two services", async () => {
    const of = workflow("cancel_running");
    const services = [bench, aBench(elsewhere, () => gate.pass(), { clock: bench.clock })];
    await services[1]?.engine.run();
    for (let time = 0; time < 10; time++) {
      const over = { subject: { ...anIssue, number: 100 + time } };
      const starts = Array.from({ length: 5 }, (_, index) => {
        bench.clock.advance(1);
        return idOf(request(of, over), services[index % 2]?.engine);
      });
      const ids = await Promise.all(starts);
      const last = ids.at(-1) ?? "";
      await until(last, "running holding");
      for (const id of ids.slice(0, -1)) await until(id, "cancelled");
      expect(await stateOf(last)).toBe("running holding");
    }
  });

  test("cancel_running: who is cancelled cleans up first, undisturbed by those who come after", async () => {
    const of = workflow("cancel_running", { finally: aWorkflow([{ id: "tidy" }]).steps });
    const first = await idOf(request(of));
    await gate.arrived(1);
    bench.clock.advance(1);
    const second = await idOf(request(of));
    await gate.arrived(2);
    expect(bench.calls[1]?.path).toBe("finally/tidy");
    bench.clock.advance(1);
    const third = await idOf(request(of));
    await until(second, "cancelled");
    expect(await Promise.all([first, third].map(stateOf))).toEqual(["running holding", "running queued"]);
    gate.open();
    gate.open();
    await until(third, "running holding");
    expect(await stateOf(first)).toBe("cancelled");
  });

  test.for([
    ["pull_request.synchronize", "queued"],
    ["push", "queued"],
    ["issues.labeled", "slot_taken"],
    [null, "slot_taken"],
  ] as const)("without on_conflict, a second start by %s is %s", async ([trigger, result]) => {
    const of = workflow(null);
    await idOf(request(of));
    expect(await bench.engine.start(request(of, { trigger }))).toMatchObject({ result });
  });

  test("is the workflow and its subject, unless it is named; then it is the repository's", async () => {
    const other = { ...anIssue, number: 2 };
    expect(await bench.engine.start(request(workflow("join")))).toMatchObject({ result: "created" });
    expect(await bench.engine.start(request(workflow("join"), { subject: other }))).toMatchObject({
      result: "created",
    });
    const deploy = (path: string, environment: string) =>
      workflow("join", {
        path,
        hash: path + environment,
        concurrency: { group: template(environment), onConflict: "join" },
      });
    const there = { id: 2, owner: "acme", name: "other" };
    const starts: [Workflow, Partial<StartRequest>, string][] = [
      [deploy("a", "'production'"), {}, "created"],
      [deploy("b", "'production'"), { subject: other }, "slot_taken"],
      [deploy("b", "'production'"), { repository: there }, "created"],
      [deploy("b", "'staging'"), { subject: null }, "created"],
      [deploy("c", "null"), {}, "created"],
      [deploy("c", "null"), {}, "created"],
    ];
    for (const [of, over, result] of starts) {
      expect(await bench.engine.start(request(of, over))).toMatchObject({ result });
    }
    const long = deploy("d", `'${"x".repeat(300)}'`);
    expect(await bench.engine.start(request(long))).toMatchObject({
      result: "invalid",
      problems: [{ code: "HOS324" }],
    });
  });

  test("may be named by an input", async () => {
    const input = { name: "env", schema: null, from: null, default: "staging", required: false } as const;
    const of = workflow("reject", {
      inputs: [input],
      concurrency: { group: template("input.env"), onConflict: "reject" },
    });
    const starts = [{ env: "production" }, {}, { env: "staging" }].map((given) =>
      request(of, { input: given }),
    );
    const results = [];
    for (const each of starts) results.push((await bench.engine.start(each)).result);
    expect(results).toEqual(["created", "created", "rejected"]);
  });

  test("a start that is held takes it only once it is allowed, and waits for it then", async () => {
    const of = workflow("join");
    const held = await bench.engine.start(request(of, { held: "stranger" }));
    expect(held).toMatchObject({
      result: "created",
      execution: { state: "paused", held: "stranger", slot: null },
    });
    const id = "execution" in held ? held.execution.id : "";
    const running = await idOf(request(of));
    await gate.arrived(1);
    expect(await stateOf(running)).toBe("running holding");
    await bench.engine.send(aCommand(id, "a", "allow"));
    await until(id, "running queued");
    gate.open();
    await until(id, "running holding");
    await gate.arrived(2);
  });

  test("a start that is held can be cancelled", async () => {
    const id = await idOf(request(workflow("join"), { held: "stranger" }));
    await bench.engine.send(aCommand(id, "c", "cancel"));
    await bench.engine.idle();
    expect([await stateOf(id), bench.calls]).toEqual(["cancelled", []]);
  });

  test("the same start again is the same execution, queued or not", async () => {
    const of = workflow("queue");
    const [first, second] = [request(of), request(of)];
    const ids = [await idOf(first), await idOf(second)];
    expect(await bench.engine.start(first)).toMatchObject({ result: "exists", execution: { id: ids[0] } });
    expect(await bench.engine.start(second)).toMatchObject({ result: "exists", execution: { id: ids[1] } });
    expect((await stores.executions.list({})).executions).toHaveLength(2);
  });

  test("who supersedes and dies before saying so says so when it is started again", async () => {
    const of = workflow("cancel_running");
    const first = await idOf(request(of));
    await gate.arrived(1);
    bench.clock.advance(1);
    const next = request(of);
    const dying: Stores = {
      ...elsewhere,
      messages: { ...elsewhere.messages, add: () => new Promise(() => {}) },
    };
    void aBench(dying, () => done(), { clock: bench.clock }).engine.start(next);
    while ((await stores.executions.list({})).executions.length < 2) await new Promise(setImmediate);
    expect(await stateOf(first)).toBe("running holding");
    const id = await idOf(next);
    await until(first, "cancelled");
    await until(id, "running holding");
  });

  test("a wake that a crash lost is made up for by the next start of the service", async () => {
    const of = workflow("queue");
    const first = await idOf(request(of));
    const second = await idOf(request(of));
    const stored = await stores.executions.load(first);
    if (!stored) throw new Error("it is not there");
    await stores.executions.save({
      ...stored,
      revision: stored.revision + 1,
      slot: null,
      state: "cancelled",
    });
    const other = aBench(elsewhere, () => done());
    await other.engine.start({ ...request(of), subject: { ...anIssue, number: 99 } });
    await other.engine.run();
    await other.engine.idle();
    expect(await stateOf(second)).toBe("completed");
  });

  test("two services share it: never two at work, nobody left behind", async () => {
    const of = workflow("queue");
    let working = 0;
    let most = 0;
    const work = async () => {
      working += 1;
      most = Math.max(most, working);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      working -= 1;
      return done();
    };
    const services = [stores, elsewhere].map((each) => aBench(each, work));
    for (const { engine } of services) await engine.run();
    const starts = Array.from({ length: 20 }, (_, index) => {
      const engine = services[index % 2]?.engine ?? bench.engine;
      return idOf(request(of), engine);
    });
    const ids = await Promise.all(starts);
    for (const id of ids) await until(id, "completed");
    expect(new Set(ids).size).toBe(20);
    expect(most).toBe(1);
    expect(services.flatMap(({ calls }) => calls)).toHaveLength(20);
  });
});
