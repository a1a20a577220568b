import { formatProblem } from "../../src/core/problem.ts";
import { loadWorkflow } from "../../src/definition/index.ts";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { createEngine, type EngineOptions } from "../../src/engine/engine.ts";
import { createInProcessQueue } from "../../src/queue/in-process.ts";
import type { Engine, Execution, StartRequest, StepRequest, StepResult, Stores } from "./types.ts";

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

export function stepStates(execution: Execution | null): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(execution?.steps ?? {}).map(([path, { runs }]) => [path, runs.at(-1)?.state]),
  );
}
