import type { Execution } from "../../../src/core/execution.ts";
import { isTerminal, owedEffects, refOf, runKey } from "../../../src/core/index.ts";
import { formatProblem } from "../../../src/core/problem.ts";
import type { Workflow } from "../../../src/core/workflow.ts";
import { loadWorkflow } from "../../../src/definition/index.ts";
import { SimulatedClock } from "../../../src/engine/clock/simulated.ts";
import { createEngine } from "../../../src/engine/engine.ts";
import type { StepRequest, StepResult, Stores } from "../../../src/engine/ports/index.ts";
import { createInProcessQueue } from "../../../src/queue/in-process.ts";
import { child, childPath, type WorkflowDocument } from "./document.ts";
import { outcomeOf } from "./outcome.ts";

const files = new Map([[childPath, JSON.stringify(child)]]);

/** The execution of the document at its end: the real engine, on a clock that goes from one thing to the next. */
export async function execute(
  stores: Stores,
  document: WorkflowDocument,
  occurrence: string,
): Promise<Execution> {
  const text = JSON.stringify(document);
  const loaded = loadWorkflow(text, ".hishamos/random.yml", { files });
  if (!("workflow" in loaded)) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  const world = new World();
  const engine = createEngine({
    stores,
    queue: createInProcessQueue({ concurrency: 1_000 }),
    runners: { agent: world, action: world },
    clock: world.clock,
    observer: { saved: (_, now) => world.saved(now, engine.workflowOf(now)) },
  });
  await engine.run();
  const started = await engine.start({
    workflow: loaded.workflow,
    text,
    files,
    commit: null,
    repository: { id: 1, owner: "acme", name: "shop" },
    installation: null,
    subject: null,
    actor: "alice",
    event: {},
    input: {},
    occurrence,
  });
  if (started.result !== "created") throw new Error(`not created: ${JSON.stringify(started)}`);
  const { id } = started.execution;
  for (;;) {
    await world.quiet();
    const now = world.latest.get(id);
    if (now && isTerminal(now.execution.state)) {
      await engine.stop();
      return now.execution;
    }
    world.goOn();
  }
}

interface Known {
  readonly execution: Execution;
  readonly workflow: Workflow;
}

/** Does the work in simulated time, and knows when nothing more can happen before that time goes on. */
class World {
  readonly clock = new SimulatedClock();
  readonly latest = new Map<string, Known>();
  readonly #asleep = new Map<string, number>();
  #waiting: (() => void) | null = null;

  run({ execution, path, run, input, signal }: StepRequest): Promise<StepResult> {
    const { parent } = execution;
    const prefix = parent ? `${parent.run.path}#${parent.run.visit}#${parent.run.attempt} ` : "";
    const outcome = outcomeOf(prefix + path, run.visit, run.attempt, input);
    const key = `${execution.id} ${runKey(refOf(path, run))}`;
    const at = this.clock.now() + outcome.ms;
    this.#asleep.set(key, at);
    return new Promise((resolve) => {
      const over = () => {
        this.#asleep.delete(key);
        const error = { code: "broken", message: "", class: outcome.failure ?? "error" } as const;
        resolve(
          outcome.failure
            ? { type: "failed", error, effects: [] }
            : { type: "succeeded", output: outcome.output, effects: [] },
        );
      };
      const cancel = this.clock.at(at, over);
      signal.addEventListener("abort", () => {
        cancel();
        over();
      });
      this.#look();
    });
  }

  saved(execution: Execution, workflow: Promise<Workflow>): void {
    void this.#take(execution, workflow);
  }

  async #take(execution: Execution, workflow: Promise<Workflow>): Promise<void> {
    const known = { execution, workflow: await workflow };
    const before = this.latest.get(execution.id)?.execution.revision ?? 0;
    if (execution.revision >= before) this.latest.set(execution.id, known);
    this.#look();
  }

  /** Resolves once everything that can happen now has happened. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#look();
    });
  }

  /** To the time of the next thing. */
  goOn(): void {
    const dues = [...this.latest.values()].map(({ execution }) => execution.due ?? Infinity);
    const next = Math.min(...this.#asleep.values(), ...dues);
    if (next === Infinity) throw new Error(`stuck: ${JSON.stringify([...this.latest.values()], null, 1)}`);
    this.clock.advance(next - this.clock.now());
  }

  #look(): void {
    if (
      !this.#waiting ||
      this.latest.size === 0 ||
      ![...this.latest.values()].every((each) => this.#rests(each))
    )
      return;
    const resolve = this.#waiting;
    this.#waiting = null;
    resolve();
  }

  /** Whether all that it owes is being done, none of its timers is due, and none of its children is over. */
  #rests({ execution, workflow }: Known): boolean {
    if (isTerminal(execution.state)) return true;
    if (execution.due !== null && execution.due <= this.clock.now()) return false;
    return owedEffects(workflow, execution).every((effect) => {
      if (effect.type === "run_step") return this.#asleep.has(`${execution.id} ${runKey(effect.run)}`);
      if (effect.type !== "mind_child") return effect.type !== "start_child";
      const inner = this.latest.get(effect.child);
      return inner !== undefined && !isTerminal(inner.execution.state);
    });
  }
}
