import type { Execution, Run } from "../../src/core/execution.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { AgentDefinition, Step, Workflow } from "../../src/core/workflow.ts";
import type { Clock, StepRequest } from "../../src/engine/ports/index.ts";

export function agentNamed(name: string, more: Partial<AgentDefinition> = {}): AgentDefinition {
  return {
    name,
    engines: [],
    instructions: `You are ${name}.`,
    outputSchema: null,
    produces: null,
    tools: [],
    limits: { tokens: null, timeoutMs: null, steps: null },
    ...more,
  };
}

export interface RequestOptions {
  readonly input?: Json;
  readonly agents?: readonly AgentDefinition[];
  readonly kind?: Step["kind"];
  readonly signal?: AbortSignal;
  readonly execution?: Partial<Execution>;
}

/** A request for step `think`, whose agent is called `agent`. */
export function requestFor(agent: string, options: RequestOptions = {}): StepRequest {
  const step: Step = {
    id: "think",
    kind: options.kind ?? { kind: "agent", agent },
    inputs: null,
    condition: null,
    routes: { on_success: null, on_failure: null, on_skip: null, on_timeout: null, on_exhausted: null },
    retry: { maxAttempts: 1, initialMs: 0, factor: 1, maxMs: 0, jitter: false, on: [] },
    timeoutMs: null,
    remind: null,
    maxVisits: null,
    failIf: null,
    conclude: null,
  };
  const input = options.input ?? null;
  return {
    workflow: workflowWith(step, options.agents ?? []),
    step,
    execution: { ...execution, ...options.execution },
    run: runOf(input),
    path: step.id,
    input,
    key: "e/1/think/1",
    mayHaveHappened: false,
    signal: options.signal ?? new AbortController().signal,
  };
}

function workflowWith(step: Step, agents: readonly AgentDefinition[]): Workflow {
  return {
    name: "Test",
    stem: "test",
    version: null,
    description: null,
    status: "active",
    path: ".hishamos/test.yml",
    hash: "0",
    triggers: [],
    inputs: [],
    permissions: {},
    report: { comment: "auto", check: null },
    timeoutMs: null,
    agents: new Map(agents.map((agent) => [agent.name, agent])),
    steps: { order: "list", steps: [step], handlers: new Set(), byId: new Map([[step.id, step]]) },
    outputs: null,
  };
}

function runOf(input: Json): Run {
  return {
    round: 1,
    visit: 1,
    attempt: 1,
    enteredAt: 0,
    from: null,
    input,
    effects: [],
    state: "running",
    waiting: null,
    deadline: null,
    remind: null,
  };
}

const empty: JsonObject = {};
const execution: Execution = {
  schema: 1,
  id: "e",
  revision: 1,
  round: 1,
  workflow: { name: "Test", stem: "test", path: ".hishamos/test.yml", commit: null, hash: "0" },
  repository: { id: 1, owner: "o", name: "r" },
  installation: null,
  subject: {
    type: "issue",
    number: 7,
    title: "Login fails",
    author: "stranger",
    labels: ["bug"],
    url: "http://localhost/o/r/issues/7",
    head_sha: null,
    is_fork: false,
  },
  linked: [],
  actor: "stranger",
  input: empty,
  event: empty,
  state: "running",
  ending: null,
  steps: {},
  entering: [],
  seen: [],
  slot: null,
  deadline: null,
  due: null,
  spending: { steps: 0, tokens: 0, costUsd: 0 },
  consumed: [],
  timeline: [],
  outputs: null,
  startedAt: 0,
  updatedAt: 0,
  pausedAt: null,
  endedAt: null,
};

/** A clock that moves only when told. */
export function manualClock(): Clock & { advance(ms: number): void; readonly pending: number } {
  let now = 1_000_000;
  const timers = new Set<{ readonly at: number; readonly call: () => void }>();
  return {
    now: () => now,
    at(at, call) {
      const timer = { at, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      now += ms;
      for (const timer of timers) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.call();
      }
    },
    get pending() {
      return timers.size;
    },
  };
}
