import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunningRun } from "../../src/core/execution.ts";
import { isEarly } from "../../src/engine/family.ts";
import { openSqliteStores } from "../../src/state/sqlite/open.ts";
import { anExecution, aRun } from "../support/execution.ts";
import { aWorkflow, type StepSketch, template } from "../support/workflow.ts";
import { aBench, aCommand, anIssue, aRequest, type Bench, done, Gate, stepStates } from "./support.ts";
import type { Execution, Stores, Workflow } from "./types.ts";

let stores: Stores;
const state = async (id: string) => (await stores.executions.load(id))?.state;
beforeEach(async () => {
  stores = await openSqliteStores({ directory: ":memory:" });
});
afterEach(async () => {
  await stores.close();
});

const qa = aWorkflow([{ id: "check" }], {
  name: "QA",
  stem: "qa",
  path: ".hishamos/qa.yml",
  hash: "of its own text",
  outputs: { evaluate: () => ({ value: { verdict: "good" } }) },
});

function parentOf(
  child: Workflow,
  over: Partial<StepSketch> = {},
  rest: readonly StepSketch[] = [],
): Workflow {
  return aWorkflow([{ id: "qa", kind: { kind: "workflow", workflow: "./qa.yml" }, ...over }, ...rest], {
    hash: "of the bundle",
    children: new Map([["./qa.yml", child]]),
  });
}
const parent = parentOf(qa, {}, [{ id: "next" }]);

async function started({ engine }: Bench, ...args: Parameters<typeof aRequest>): Promise<string> {
  const start = await engine.start(aRequest(...args));
  if (start.result === "invalid") throw new Error(JSON.stringify(start.problems));
  return start.execution.id;
}

async function childrenOf(id: string): Promise<readonly Execution[]> {
  const { executions } = await stores.executions.list({});
  return executions.filter((each) => each.parent?.execution === id);
}

async function onlyChild(id: string): Promise<Execution> {
  const [child, second] = await childrenOf(id);
  if (!child || second) throw new Error("there is not one child");
  return child;
}

describe("a step that is a workflow", () => {
  test("runs an execution of its own, whose outputs are its output", async () => {
    const bench = aBench(stores, () => done());
    await bench.engine.run();
    const id = await started(bench, parent);
    await bench.engine.idle();
    const execution = await stores.executions.load(id);
    expect([execution?.state, stepStates(execution)]).toEqual([
      "completed",
      { qa: "completed", next: "completed" },
    ]);
    expect(execution?.steps["qa"]?.runs[0]).toMatchObject({ output: { verdict: "good" } });
    expect(bench.calls.map((call) => `${call.execution.workflow.stem} ${call.path}`)).toEqual([
      "qa check",
      "test next",
    ]);
    expect(await stores.messages.waiting(10)).toEqual([]);
  });

  test("has all of its parent: subject, actor, event, vars, hops, installation, linked pull requests", async () => {
    const bench = aBench(stores, () => new Promise(() => {}));
    await bench.engine.run();
    const given = {
      subject: anIssue,
      actor: "mona",
      event: { a: 1 },
      vars: { b: 2 },
      hops: 2,
      installation: 7,
    };
    const id = await started(bench, parent, given);
    while (bench.calls.length < 1) await new Promise(setImmediate);
    expect(await onlyChild(id)).toMatchObject({
      ...given,
      parent: { execution: id, run: { round: 1, path: "qa", visit: 1, attempt: 1 } },
      repository: { id: 1 },
      slot: null,
      wants: null,
      held: null,
    });
  });

  test("is pinned with its parent: by the bundle's hash and commit, and its own path", async () => {
    const bench = aBench(stores, () => done());
    await bench.engine.run();
    const id = await started(bench, parent);
    await bench.engine.idle();
    const child = await onlyChild(id);
    expect(child.workflow).toEqual({
      name: "QA",
      stem: "qa",
      path: ".hishamos/qa.yml",
      commit: "c0ffee",
      hash: "of the bundle",
    });
    expect(await bench.engine.workflowOf(child)).toMatchObject({ name: "QA", hash: "of the bundle" });
  });

  test("gives its inputs, which fail the step where the child does not take them", async () => {
    const input = {
      name: "n",
      schema: { type: "integer" },
      from: null,
      default: undefined,
      required: true,
    } as const;
    const child = { ...qa, inputs: [input] };
    const bench = aBench(stores, () => done());
    await bench.engine.run();
    const good = await started(bench, parentOf(child, { inputs: template(`fromJSON('{"n": 3}')`) }));
    const bad = await started(bench, parentOf(child), { occurrence: "2" });
    await bench.engine.idle();
    expect((await onlyChild(good)).input).toEqual({ n: 3 });
    expect(await childrenOf(bad)).toEqual([]);
    expect((await stores.executions.load(bad))?.ending?.error).toMatchObject({
      step: "qa",
      code: "child_inputs",
      message: expect.stringContaining("input n is missing"),
    });
  });

  test.for([
    ["failed", "child_failed"],
    ["cancelled", "child_cancelled"],
  ] as const)("fails where its execution is %s", async ([how, code]) => {
    const gate = new Gate();
    const error = { code: "broke", message: "it broke", class: "error" } as const;
    const bench = aBench(stores, () =>
      how === "failed" ? { type: "failed", error, effects: [] } : gate.pass(),
    );
    await bench.engine.run();
    const id = await started(bench, parent);
    if (how === "cancelled") {
      await gate.arrived(1);
      await bench.engine.send(aCommand((await onlyChild(id)).id, "c", "cancel"));
    }
    await bench.engine.idle();
    const execution = await stores.executions.load(id);
    expect([execution?.state, execution?.ending?.error?.code]).toEqual(["failed", code]);
  });

  test("retried, runs another execution each time", async () => {
    const retry = {
      maxAttempts: 3,
      initialMs: 1,
      factor: 1,
      maxMs: 1,
      jitter: false,
      on: ["error" as const],
    };
    let calls = 0;
    const error = { code: "broke", message: "it broke", class: "error" } as const;
    const bench = aBench(stores, () => {
      calls += 1;
      return calls < 3 ? { type: "failed", error, effects: [] } : done();
    });
    await bench.engine.run();
    const id = await started(bench, parentOf(qa, { retry }));
    for (let attempt = 1; attempt <= 3; attempt++) {
      await bench.engine.idle();
      bench.clock.advance(10);
      await new Promise(setImmediate);
    }
    await bench.engine.idle();
    const states = (await childrenOf(id)).map((child) => child.state).toSorted();
    expect([await state(id), states]).toEqual(["completed", ["completed", "failed", "failed"]]);
  });

  test("outputs of any size reach the parent", async () => {
    const large = { text: "x".repeat(200_000) };
    const child = { ...qa, outputs: { evaluate: () => ({ value: large }) } };
    const bench = aBench(stores, ({ path }) => (path === "check" ? done() : new Promise(() => {})));
    await bench.engine.run();
    const inputs = template("steps.qa.output");
    const id = await started(bench, parentOf(child, {}, [{ id: "next", inputs }]));
    while (bench.calls.length < 2) await new Promise(setImmediate);
    expect(bench.calls[1]?.input).toEqual(large);
    for (const each of [await onlyChild(id), await stores.executions.load(id)]) {
      expect(JSON.stringify(each).length).toBeLessThan(10_000);
    }
  });

  test("may itself run a workflow", async () => {
    const deep = { ...qa, path: ".hishamos/deep.yml", stem: "deep" };
    const middle = {
      ...parentOf(deep),
      path: ".hishamos/middle.yml",
      stem: "middle",
      outputs: template("steps.qa.output"),
    };
    const bench = aBench(stores, () => done());
    await bench.engine.run();
    const id = await started(bench, parentOf(middle));
    await bench.engine.idle();
    expect((await stores.executions.load(id))?.steps["qa"]?.runs[0]).toMatchObject({
      output: { verdict: "good" },
    });
    const grandchild = (await stores.executions.list({ workflow: "deep" })).executions[0];
    expect(grandchild?.workflow.hash).toBe("of the bundle");
  });

  test("in a for_each runs one execution for each item", async () => {
    const items = template("[1, 2, 3]");
    const bench = aBench(stores, () => done());
    await bench.engine.run();
    const forEach = { in: items, as: "n", maxParallel: 2, failFast: true };
    const id = await started(bench, parentOf(qa, { forEach }));
    await bench.engine.idle();
    expect(await state(id)).toBe("completed");
    expect(new Set((await childrenOf(id)).map((child) => child.parent?.run.path))).toEqual(
      new Set(["qa[0]", "qa[1]", "qa[2]"]),
    );
  });
});

describe("what goes down to a child", () => {
  async function running(workflow = parent) {
    const gate = new Gate();
    const bench = aBench(stores, () => gate.pass());
    await bench.engine.run();
    const id = await started(bench, workflow);
    await gate.arrived(1);
    const child = (await onlyChild(id)).id;
    const until = async (execution: string, wanted: string) => {
      while ((await state(execution)) !== wanted) await new Promise(setImmediate);
    };
    return { bench, gate, id, child, until };
  }

  test("a cancel, which aborts its work", async () => {
    const { bench, id, child } = await running();
    await bench.engine.send(aCommand(id, "c", "cancel"));
    await bench.engine.idle();
    expect([await state(id), await state(child)]).toEqual(["cancelled", "cancelled"]);
    expect(bench.calls[0]?.signal.aborted).toBe(true);
    expect((await stores.executions.load(child))?.timeline.at(-1)).toMatchObject({ by: "maya" });
  });

  test("a pause and a resume", async () => {
    const { bench, gate, id, child, until } = await running();
    await bench.engine.send(aCommand(id, "p", "pause"));
    await until(child, "paused");
    await bench.engine.send(aCommand(id, "r", "resume"));
    await until(child, "running");
    gate.open();
    await gate.arrived(2);
    gate.open();
    await bench.engine.idle();
    expect([await state(id), await state(child)]).toEqual(["completed", "completed"]);
  });

  test("a cancel, where its step is skipped", async () => {
    const { bench, gate, id, child, until } = await running();
    await bench.engine.send(aCommand(id, "s", "skip", { step: "qa" }));
    await gate.arrived(2);
    await until(child, "cancelled");
    expect(stepStates(await stores.executions.load(id))).toEqual({ qa: "skipped", next: "running" });
  });

  test("a cancel, where its step takes too long", async () => {
    const { bench, id, child } = await running(parentOf(qa, { timeoutMs: 1000 }));
    bench.clock.advance(1000);
    await new Promise(setImmediate);
    await bench.engine.idle();
    expect([await state(id), await state(child)]).toEqual(["failed", "cancelled"]);
  });

  test("nothing, where it ended while its parent was paused: its word is kept", async () => {
    const { bench, gate, id, child, until } = await running();
    await bench.engine.send(aCommand(id, "p", "pause"));
    await until(child, "paused");
    gate.open();
    await bench.engine.idle();
    expect([await state(id), await state(child)]).toEqual(["paused", "paused"]);
    await bench.engine.send(aCommand(child, "by hand", "resume"));
    await until(child, "completed");
    await bench.engine.idle();
    expect(stepStates(await stores.executions.load(id))).toEqual({ qa: "running" });
    await bench.engine.send(aCommand(id, "r", "resume"));
    await gate.arrived(2);
    expect(stepStates(await stores.executions.load(id))).toEqual({ qa: "completed", next: "running" });
  });

  test("and a child retried by hand after its end leaves its parent alone", async () => {
    const { bench, gate, id, child } = await running(parentOf(qa));
    await bench.engine.send(aCommand(child, "c", "cancel"));
    await bench.engine.idle();
    const before = await stores.executions.load(id);
    expect(before?.state).toBe("failed");
    await bench.engine.send(aCommand(child, "again", "retry"));
    await gate.arrived(2);
    gate.open();
    gate.open();
    await bench.engine.idle();
    expect(await state(child)).toBe("completed");
    expect(await stores.executions.load(id)).toEqual(before);
  });
});

describe("a child that is begun while its parent turns away", () => {
  /** Stores whose creation of a child is durable, but not answered before the gate opens. */
  function slowly(gate: Gate): Stores {
    const create = async (execution: Execution) => {
      const creation = await stores.executions.create(execution);
      if (execution.parent !== null) await gate.pass();
      return creation;
    };
    return { ...stores, executions: { ...stores.executions, create } };
  }
  const until = async (id: string, wanted: string) => {
    while ((await state(id)) !== wanted) await new Promise(setImmediate);
  };

  test("is cancelled where the parent was cancelled before the answer came", async () => {
    const gate = new Gate();
    const bench = aBench(slowly(gate), () => new Promise(() => {}));
    await bench.engine.run();
    const id = await started(bench, parent);
    await gate.arrived(1);
    await bench.engine.send(aCommand(id, "c", "cancel"));
    await until(id, "cancelled");
    gate.open();
    await until((await onlyChild(id)).id, "cancelled");
    expect(await state(id)).toBe("cancelled");
  });

  test("is cancelled where the cancel and the answer came together", async () => {
    const [creation, work, saving] = [new Gate(), new Gate(), new Gate()];
    const slow = slowly(creation);
    const save = async (execution: Execution) => {
      if (execution.parent === null && execution.revision === 2) await saving.pass();
      return await stores.executions.save(execution);
    };
    const bench = aBench({ ...slow, executions: { ...slow.executions, save } }, () => work.pass());
    await bench.engine.run();
    const both = aWorkflow(
      [
        {
          id: "both",
          join: "all",
          steps: [
            { id: "qa", kind: { kind: "workflow", workflow: "./qa.yml" } },
            { id: "other" },
            { id: "third" },
          ],
        },
      ],
      { hash: "both", children: new Map([["./qa.yml", qa]]) },
    );
    const id = await started(bench, both);
    await Promise.all([creation.arrived(1), work.arrived(2)]);
    // While the save of this is under way, both of the others come.
    work.open();
    await saving.arrived(1);
    creation.open();
    await bench.engine.send(aCommand(id, "c", "cancel"));
    await new Promise(setImmediate);
    saving.open();
    await until(id, "cancelled");
    await until((await onlyChild(id)).id, "cancelled");
    expect(stepStates(await stores.executions.load(id))).toMatchObject({
      "both/other": "completed",
      "both/qa": "skipped",
    });
  });
});

test("the word of a child that ended is kept until it is known to be waited for", () => {
  const ref = { round: 1, path: "qa", visit: 1, attempt: 1 };
  const event = { type: "child_finished", id: "x", at: 0, run: ref, child: "c", state: "completed" } as const;
  const word = { ...event, outputs: null, error: null };
  const at = (waiting: RunningRun["waiting"], over: Partial<RunningRun> = {}) => {
    const record = {
      visits: 1,
      attempts: 1,
      since: { round: 0, visit: 0 },
      runs: [aRun({ waiting, ...over })],
    };
    return anExecution({ steps: { qa: record } });
  };
  expect(isEarly(parent, at(null), word)).toBe(true);
  expect(isEarly(parent, at({ for: "child", execution: "c" }), word)).toBe(false);
  expect(isEarly(parent, at(null, { attempt: 2 }), word)).toBe(false);
  expect(isEarly(parent, anExecution(), word)).toBe(false);
});
