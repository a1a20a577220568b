import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createModelEngine, parseModel } from "../../src/agents/index.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { AgentDefinition, SafeOutput } from "../../src/core/workflow.ts";
import {
  type CarriedOut,
  type SafeOutputs,
  type SafeRequest,
  type StepRequest,
  silentLog,
} from "../../src/engine/ports/index.ts";
import { type ModelServer, type Reply, startModelServer } from "./model-server.ts";
import { agentNamed, manualClock, requestFor } from "./support.ts";

const comment: SafeOutput = { type: "comment", max: 1, allowed: [] };
const labels: SafeOutput = { type: "labels", max: 2, allowed: ["bug", "docs", "good first issue"] };
const issue: SafeOutput = { type: "issue", max: 2, allowed: [] };

const outputSchema: JsonObject = {
  type: "object",
  required: ["severity"],
  additionalProperties: false,
  properties: { severity: { type: "integer" } },
};
const judge = agentNamed("judge", { outputSchema });

/** What is done for agents, in memory. */
class Desk implements SafeOutputs {
  readonly kept = new Map<string, string>();
  readonly done: string[] = [];
  readonly doubts: boolean[] = [];
  /** What to say to the request of this number instead of doing it. */
  readonly answers = new Map<number, CarriedOut | Error>();

  async recall(key: string): Promise<Json | null> {
    return JSON.parse(this.kept.get(key) ?? "null") as Json;
  }

  /** Called before anything is kept. */
  onKeep: (key: string) => void = () => {};

  async keep(key: string, answer: Json): Promise<Json> {
    this.onKeep(key);
    if (!this.kept.has(key)) this.kept.set(key, JSON.stringify(answer));
    return JSON.parse(this.kept.get(key) ?? "null") as Json;
  }

  async carryOut(
    { key }: StepRequest,
    number: number,
    wanted: SafeRequest,
    mayHaveHappened: boolean,
  ): Promise<CarriedOut> {
    const answer = this.answers.get(number);
    if (answer instanceof Error) throw answer;
    if (answer) return answer;
    this.done.push(`${number} ${JSON.stringify(wanted)}`);
    this.doubts.push(mayHaveHappened);
    const url = `https://github.test/${number}`;
    return {
      type: "done",
      done: { type: wanted.type, url },
      effects: [{ key: `${key}#${number}`, method: wanted.type, ref: url }],
    };
  }
}

let server: ModelServer;
let desk: Desk;
beforeEach(async () => {
  server = await startModelServer();
  desk = new Desk();
  return () => server[Symbol.asyncDispose]();
});
afterAll(() => {
  globalThis.AI_SDK_LOG_WARNINGS = undefined;
});

interface Setup {
  readonly allowed?: readonly SafeOutput[];
  readonly agent?: AgentDefinition;
  readonly attempt?: number;
  readonly signal?: AbortSignal;
}

function run(replies: readonly Reply[], { allowed = [comment, labels, issue], ...setup }: Setup = {}) {
  const { agent = judge, attempt = 1 } = setup;
  const env = { HISHAMOS_MODEL_URL: server.url, HISHAMOS_MODEL_PRICE: "1:1" };
  const config = parseModel("openai-compatible:m", env);
  if ("code" in config) throw new Error(config.message);
  const engine = createModelEngine({ config, clock: manualClock(), log: silentLog, safeOutputs: desk });
  server.reply(...replies);
  const made = requestFor(agent.name);
  const request = {
    ...made,
    step: { ...made.step, safeOutputs: allowed },
    run: { ...made.run, attempt },
  };
  return engine.run({ agent, request, signal: setup.signal ?? request.signal });
}

const answer = (safe_outputs: Json, more: JsonObject = { severity: 4 }): Reply => ({
  text: JSON.stringify({ ...more, safe_outputs }),
});

const three = [
  { type: "comment", body: "Thank you" },
  { type: "labels", add: ["bug"] },
  { type: "issue", title: "Look", body: "At this" },
];

test("what a model asks for is done in its order, each with an effect of its own, and told in the output", async () => {
  const result = await run([answer(three)]);
  expect(desk.done).toEqual(three.map((one, number) => `${number} ${JSON.stringify(one)}`));
  expect(desk.doubts).toEqual([false, false, false]);
  expect(result).toEqual({
    type: "succeeded",
    output: {
      severity: 4,
      safe_outputs: three.map(({ type }, number) => ({ type, url: `https://github.test/${number}` })),
    },
    effects: three.map(({ type }, number) => ({
      key: `e/1/think/1#${number}`,
      method: type,
      ref: `https://github.test/${number}`,
    })),
    spending: { tokens: 15, costUsd: 0.000015 },
  });
});

test("without a schema of its own an agent answers with its text beside", async () => {
  const result = await run([answer([], { text: "All good." })], { agent: agentNamed("a") });
  expect(result).toMatchObject({ output: { text: "All good.", safe_outputs: [] } });
});

test("the model is told what it may ask for, and no more", async () => {
  await run([answer([])], { allowed: [labels] });
  const sent = JSON.stringify(server.requests[0]?.body);
  expect(sent).toContain("labels on it (at most 2, of bug, docs, good first issue)");
  expect(sent).toContain('"enum":["bug","docs","good first issue"]');
  expect(sent).not.toContain("new issues");
  expect(sent).toContain('"required":["severity","safe_outputs"]');
});

test("a step without safe_outputs takes none", async () => {
  const result = await run([answer(three), answer(three)], { allowed: [] });
  expect(result).toMatchObject({ type: "failed", error: { code: "invalid_output" } });
  expect(desk.done).toEqual([]);
  expect(desk.kept.size).toBe(0);
});

describe("a request that the step does not allow", () => {
  test.for<[name: string, asked: Json, said: string, allowed?: readonly SafeOutput[]]>([
    ["of another type", [{ type: "merge", number: 1 }], "safe_outputs.0.type must be one of comment, labels"],
    [
      "of a type left out",
      [{ type: "issue", title: "t", body: "b" }],
      "type must be one of comment",
      [comment],
    ],
    [
      "one too many",
      [
        { type: "comment", body: "1" },
        { type: "comment", body: "2" },
      ],
      "safe_outputs asks for 2 of type comment, and 1 may be asked for",
    ],
    [
      "a label not listed",
      [{ type: "labels", add: ["admin"] }],
      "must be one of bug, docs, good first issue",
    ],
    [
      "labels too many in two requests",
      [
        { type: "labels", add: ["bug", "docs"] },
        { type: "labels", add: ["good first issue"] },
      ],
      "asks for 3 of type labels, and 2 may",
    ],
    ["an empty comment", [{ type: "comment", body: " " }], "safe_outputs.0.body must be a text"],
    [
      "a label too long",
      [{ type: "labels", add: ["x".repeat(51)] }],
      "1 to 50",
      [{ ...labels, allowed: [] }],
    ],
    ["no labels", [{ type: "labels", add: [] }], "safe_outputs.0.add must be a list of labels"],
    ["no title", [{ type: "issue", body: "b" }], "safe_outputs.0.title must be a text"],
    ["no list", { type: "comment", body: "b" }, "safe_outputs must be array"],
    ["no object", ["comment"], "safe_outputs.0 must be object"],
    ["a forged type", [{ type: "constructor" }], "type must be one of"],
  ])("%s: is asked for once more, then refused, and nothing is done", async ([, asked, said, allowed]) => {
    const setup = allowed ? { allowed } : {};
    const result = await run([answer(asked), answer(asked)], setup);
    expect(result).toMatchObject({ type: "failed", error: { code: "safe_output_refused", class: "error" } });
    expect(result.type === "failed" && result.error.message).toContain(said);
    expect(JSON.stringify(server.requests[1]?.body)).toContain(said);
    expect(desk.done).toEqual([]);
    expect(await run([answer([{ type: "comment", body: "b" }]), answer([])], setup)).toMatchObject({
      type: "succeeded",
    });
  });

  test("is corrected by the model's second answer", async () => {
    const result = await run([answer([{ type: "labels", add: ["admin"] }]), answer([])]);
    expect(result).toMatchObject({ type: "succeeded", spending: { tokens: 30 } });
  });
});

test("labels are set as the step writes them, whatever their case", async () => {
  await run([answer([{ type: "labels", add: ["BUG"] }])]);
  expect(desk.done).toEqual(['0 {"type":"labels","add":["bug"]}']);
});

test.for<[name: string, schema: JsonObject]>([
  ["no map", { type: "array", items: {} }],
  ["of any type", { properties: { a: {} } }],
  ["with the same key", { type: "object", properties: { safe_outputs: {} } }],
])("an output_schema that is %s can't stand beside it", async ([, schema]) => {
  const result = await run([answer([])], { agent: agentNamed("a", { outputSchema: schema }) });
  expect(result).toMatchObject({ error: { code: "invalid_schema" } });
  expect(result.type === "failed" && result.error.message).toContain("with safe_outputs it must be");
});

describe("after a crash", () => {
  test("the same answer is taken up: nothing is thought or done twice, and all is looked for", async () => {
    desk.answers.set(1, new Error("killed"));
    await expect(run([answer(three)])).rejects.toThrow("killed");
    desk.answers.clear();
    const other = answer([{ type: "comment", body: "Something else" }]);
    const result = await run([other]);
    expect(server.requests).toHaveLength(1);
    expect(result).toMatchObject({
      type: "succeeded",
      output: { severity: 4, safe_outputs: [{ type: "comment" }, { type: "labels" }, { type: "issue" }] },
      // The attempt that crashed could not tell what it cost.
      spending: { tokens: 15, costUsd: 0.000015 },
    });
    expect(desk.doubts).toEqual([false, true, true, true]);
    expect(desk.done.join()).not.toContain("Something else");
  });

  test("before the answer was kept, the model is asked again, and nothing was done", async () => {
    desk.onKeep = () => {
      throw new Error("killed");
    };
    await expect(run([answer(three)])).rejects.toThrow("killed");
    expect(desk.done).toEqual([]);
    desk.onKeep = () => {};
    expect(await run([answer([])])).toMatchObject({ type: "succeeded", output: { safe_outputs: [] } });
    expect(server.requests).toHaveLength(2);
  });
});

test("where another process kept its answer first, that one is done", async () => {
  const theirs = {
    output: { severity: 1 },
    requests: [three[0]],
    spending: { tokens: 7, costUsd: 0 },
    attempt: 1,
  };
  desk.onKeep = (key) => void desk.kept.set(key, JSON.stringify(theirs));
  const result = await run([answer([])]);
  expect(result).toMatchObject({ output: { severity: 1, safe_outputs: [{ type: "comment" }] } });
  expect(desk.doubts).toEqual([true]);
});

test("a request that fails fails the step with what was done; the next attempt goes on there and costs nothing", async () => {
  desk.answers.set(1, {
    type: "failed",
    error: { code: "rate_limited", message: "Slow down.", class: "transient" },
    effects: [],
    notBefore: 99,
  });
  expect(await run([answer(three)])).toEqual({
    type: "failed",
    error: { code: "rate_limited", message: "safe_outputs.1 (labels): Slow down.", class: "transient" },
    effects: [{ key: "e/1/think/1#0", method: "comment", ref: "https://github.test/0" }],
    notBefore: 99,
    spending: { tokens: 15, costUsd: 0.000015 },
  });
  desk.answers.clear();
  const result = await run([], { attempt: 2 });
  expect(result).toMatchObject({ type: "succeeded", spending: { tokens: 0, costUsd: 0 } });
  expect(server.requests).toHaveLength(1);
});

test("what is cancelled meanwhile is not done", async () => {
  const cancel = new AbortController();
  desk.onKeep = () => cancel.abort();
  const result = await run([answer(three)], { signal: cancel.signal });
  expect(result).toMatchObject({ type: "failed", error: { code: "aborted" }, effects: [] });
  expect(desk.done).toEqual([]);
});
