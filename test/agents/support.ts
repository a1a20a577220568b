import type { Execution } from "../../src/core/execution.ts";
import type { Json } from "../../src/core/json.ts";
import type { AgentDefinition, Step } from "../../src/core/workflow.ts";
import type { Clock, StepRequest } from "../../src/engine/ports/index.ts";
import { anExecution, aRun } from "../support/execution.ts";
import { aWorkflow } from "../support/workflow.ts";

export function agentNamed(name: string, more: Partial<AgentDefinition> = {}): AgentDefinition {
  return {
    name,
    engines: [],
    instructions: `You are ${name}.`,
    outputSchema: null,
    produces: null,
    tools: [],
    limits: { tokens: null, costUsd: null, timeoutMs: null, steps: null },
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
  const workflow = aWorkflow([{ id: "think", kind: options.kind ?? { kind: "agent", agent } }], {
    agents: new Map((options.agents ?? []).map((each) => [each.name, each])),
  });
  const [step] = workflow.steps.steps;
  if (!step) throw new Error("the workflow has one step");
  const input = options.input ?? null;
  return {
    workflow,
    step,
    execution: anExecution({ ...aboutLogin, ...options.execution }),
    run: aRun({ input }),
    path: step.id,
    input,
    key: "e/1/think/1",
    mayHaveHappened: false,
    signal: options.signal ?? new AbortController().signal,
  };
}

const aboutLogin: Partial<Execution> = {
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
    state: "open",
  },
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
