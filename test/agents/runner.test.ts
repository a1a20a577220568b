import { describe, expect, test } from "vitest";
import type { AgentEngine } from "../../src/agents/engine.ts";
import { createAgentRunner } from "../../src/agents/index.ts";
import type { AgentDefinition } from "../../src/core/workflow.ts";
import { type StepResult, silentLog } from "../../src/engine/ports/index.ts";
import { agentNamed, manualClock, requestFor } from "./support.ts";

/** Answers with its own name and the instructions it was given. */
function echo(name: string, canRun: (agent: AgentDefinition) => boolean = () => true): AgentEngine {
  return {
    name,
    canRun,
    run: async ({ agent }) => ({ type: "succeeded", output: `${name}: ${agent.instructions}`, effects: [] }),
  };
}

function runnerWith(engines: readonly AgentEngine[], roles: readonly AgentDefinition[] = []) {
  const clock = manualClock();
  const runner = createAgentRunner({
    engines: new Map(engines.map((engine) => [engine.name, engine])),
    roles: new Map(roles.map((role) => [role.name, role])),
    clock,
    log: silentLog,
  });
  return { runner, clock };
}

const model = echo("model", (agent) => agent.produces === null);
const human = echo("human");

/** Works until it is aborted, then reports what it had spent. */
function patient() {
  const begun = Promise.withResolvers<void>();
  const engine: AgentEngine = {
    name: "human",
    canRun: () => true,
    run: ({ signal }) => {
      const { promise, resolve } = Promise.withResolvers<StepResult>();
      const error = { code: "aborted", message: "aborted", class: "error" } as const;
      signal.addEventListener("abort", () =>
        resolve({ type: "failed", error, effects: [], spending: { tokens: 5 } }),
      );
      begun.resolve();
      return promise;
    },
  };
  return { engine, begun: begun.promise };
}

describe("which engine does the work", () => {
  test.for<[names: string[], configured: AgentEngine[], produces: "pull_request" | null, chosen: string]>([
    [[], [model, human], null, "model"],
    [[], [human], null, "human"],
    [[], [model, human], "pull_request", "human"],
    [["human"], [model, human], null, "human"],
    [["copilot", "model"], [model, human], null, "model"],
    [["copilot", "human", "model"], [model, human], null, "human"],
    [["model", "human"], [model, human], "pull_request", "human"],
  ])("an agent that names %j", async ([names, configured, produces, chosen]) => {
    const { runner } = runnerWith(configured, [agentNamed("a", { engines: names, produces })]);
    expect(await runner.run(requestFor("a"))).toMatchObject({ output: `${chosen}: You are a.` });
  });

  test.for<[names: string[], configured: AgentEngine[], produces: "pull_request" | null, message: string]>([
    [
      ["copilot", "actions"],
      [model, human],
      null,
      'agent "a" can use copilot, actions; configured on this server: model, human. Way out: add `human` to the agent\'s engines.',
    ],
    [
      ["model"],
      [human],
      null,
      'agent "a" can use model; configured on this server: human. Way out: add `human` to the agent\'s engines, or set HISHAMOS_MODEL on the server.',
    ],
    [
      ["model"],
      [model],
      "pull_request",
      'agent "a" (it opens a pull request) can use model; configured on this server: model. Way out: add `human` to the agent\'s engines.',
    ],
    [
      [],
      [],
      null,
      'agent "a" can use model, human; configured on this server: none. Way out: set HISHAMOS_MODEL on the server.',
    ],
  ])("none for %j", async ([names, configured, produces, message]) => {
    const { runner } = runnerWith(configured, [agentNamed("a", { engines: names, produces })]);
    expect(await runner.run(requestFor("a"))).toEqual({
      type: "failed",
      error: { code: "no_engine", message, class: "error" },
      effects: [],
    });
  });
});

describe("which agent a name means", () => {
  test("the workflow's own comes before the role that ships", async () => {
    const { runner } = runnerWith([human], [agentNamed("a", { instructions: "shipped" })]);
    const request = requestFor("a", { agents: [agentNamed("a", { instructions: "own" })] });
    expect(await runner.run(request)).toMatchObject({ output: "human: own" });
  });

  test("an unknown one is a failed attempt that names the known", async () => {
    const { runner } = runnerWith([human], [agentNamed("b")]);
    expect(await runner.run(requestFor("constructor"))).toMatchObject({
      type: "failed",
      error: { code: "unknown_agent", message: 'there is no agent "constructor". Known agents: b.' },
    });
  });

  test("a step of another kind is a bug", async () => {
    const { runner } = runnerWith([human]);
    const request = requestFor("a", { kind: { kind: "action", action: "issues.create" } });
    await expect(runner.run(request)).rejects.toThrow("kind action");
  });
});

describe("time", () => {
  test.for<[timeoutMs: number | null, afterMs: number]>([
    [2_000, 2_000],
    [null, 600_000],
  ])(
    "a limit of %s ms ends the attempt after %s ms, and what it spent is kept",
    async ([timeoutMs, afterMs]) => {
      const { engine, begun } = patient();
      const limits = { tokens: null, costUsd: null, timeoutMs, steps: null };
      const { runner, clock } = runnerWith([engine], [agentNamed("a", { limits })]);
      const result = runner.run(requestFor("a"));
      await begun;
      clock.advance(afterMs);
      expect(await result).toMatchObject({
        type: "failed",
        error: { code: "timeout", class: "timeout", message: expect.stringContaining(`${afterMs / 1000} s`) },
        spending: { tokens: 5 },
      });
      expect(clock.pending).toBe(0);
    },
  );

  test("a cancelled step aborts the work and is no timeout", async () => {
    const { engine, begun } = patient();
    const { runner, clock } = runnerWith([engine], [agentNamed("a")]);
    const cancel = new AbortController();
    const result = runner.run(requestFor("a", { signal: cancel.signal }));
    await begun;
    cancel.abort();
    expect(await result).toMatchObject({ error: { code: "aborted" } });
    expect(clock.pending).toBe(0);
  });
});
