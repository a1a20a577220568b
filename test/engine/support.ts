import { formatProblem } from "../../src/core/problem.ts";
import { loadWorkflow } from "../../src/definition/index.ts";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { createEngine, type EngineOptions } from "../../src/engine/engine.ts";
import { createInProcessQueue } from "../../src/queue/in-process.ts";
import type {
  Commanded,
  Engine,
  Execution,
  Message,
  StartRequest,
  StepRequest,
  StepResult,
  Stores,
  Subject,
  Workflow,
} from "./types.ts";

/** What the world answers to a step's work; a promise that never settles is a step that takes long. */
export type World = (request: StepRequest) => StepResult | Promise<StepResult>;

export const done = (output: Extract<StepResult, { type: "succeeded" }>["output"] = null): StepResult => ({
  type: "succeeded",
  output,
  effects: [],
});

export interface Bench {
  readonly engine: Engine;
  readonly clock: SimulatedClock;
  readonly calls: StepRequest[];
}

/** An engine over the given stores, in which both kinds of work are done by `world`. */
export function aBench(stores: Stores, world: World, over: Partial<EngineOptions> = {}): Bench {
  const clock = new SimulatedClock();
  const calls: StepRequest[] = [];
  const runner = {
    async run(request: StepRequest) {
      calls.push(request);
      return world(request);
    },
  };
  const engine = createEngine({
    stores,
    queue: createInProcessQueue({ concurrency: 10 }),
    runners: { agent: runner, action: runner },
    clock,
    ...over,
  });
  return { engine, clock, calls };
}

export function aStart(text: string, over: Partial<StartRequest> = {}): StartRequest {
  const loaded = loadWorkflow(text, over.workflow?.path ?? ".hishamos/test.yml");
  if (!("workflow" in loaded)) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  return {
    workflow: loaded.workflow,
    text,
    commit: null,
    repository: { id: 1, owner: "acme", name: "shop" },
    installation: null,
    subject: null,
    actor: "alice",
    event: {},
    input: {},
    occurrence: "1",
    ...over,
  };
}

/** A start of a workflow made by hand. Its text is never read: the engine that it is asked of knows it. */
export function aRequest(workflow: Workflow, over: Partial<StartRequest> = {}): StartRequest {
  return {
    workflow,
    text: "",
    commit: "c0ffee",
    repository: { id: 1, owner: "acme", name: "shop" },
    installation: null,
    subject: null,
    actor: "alice",
    event: {},
    input: {},
    occurrence: "1",
    ...over,
  };
}

/** A running step that ends when it is told to. */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  readonly #arrived: (() => void)[] = [];
  #count = 0;

  /** For the world: it works until the gate is opened. */
  pass(output: Extract<StepResult, { type: "succeeded" }>["output"] = null): Promise<StepResult> {
    this.#count += 1;
    for (const tell of this.#arrived.splice(0)) tell();
    return new Promise((resolve) => this.#waiting.push(() => resolve(done(output))));
  }

  /** Resolves when so many have come to it. */
  async arrived(count: number): Promise<void> {
    while (this.#count < count) await new Promise<void>((resolve) => this.#arrived.push(resolve));
  }

  /** Lets the oldest go on. */
  open(): void {
    this.#waiting.shift()?.();
  }
}

export const anIssue = {
  type: "issue",
  number: 1,
  title: "t",
  author: "a",
  labels: [],
  url: "",
  head_sha: null,
  is_fork: false,
  state: "open",
} as const satisfies Subject;

export function aCommand(
  executionId: string,
  id: string,
  command: Commanded["command"],
  over: Partial<Commanded> = {},
): Message {
  const body = { type: "commanded", id, command, by: "maya", step: null, reason: null, ...over } as const;
  return { id, executionId, at: 0, body };
}

export function stepStates(execution: Execution | null): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(execution?.steps ?? {}).map(([path, { runs }]) => [path, runs.at(-1)?.state]),
  );
}
