import type { Execution } from "../../src/core/execution.ts";
import { defers, isTerminal, owedEffects, runKey } from "../../src/core/index.ts";
import type { Workflow } from "../../src/core/workflow.ts";
import { SimulatedClock } from "../../src/engine/clock/simulated.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { isEarly } from "../../src/engine/family.ts";
import type {
  Engine,
  Message,
  MessageStore,
  StepRequest,
  StepResult,
  Stores,
} from "../../src/engine/ports/index.ts";
import { createInProcessQueue } from "../../src/queue/in-process.ts";

interface Known {
  readonly execution: Execution;
  readonly workflow: Workflow;
}

/** Work that a step has asked for and nobody has given a result yet. */
interface AtWork {
  readonly request: StepRequest;
  settle(result: StepResult): void;
}

/** The real engine over the given stores, on a clock that stands still, in a world that does only what it is told to. */
export class World {
  readonly clock = new SimulatedClock();
  readonly engine: Engine;
  readonly #latest = new Map<string, Known>();
  readonly #work = new Map<string, AtWork>();
  readonly #open = new Map<string, Message>();
  #waiting: (() => void) | null = null;

  constructor(stores: Stores) {
    const runner = { run: (request: StepRequest) => this.#ask(request) };
    this.engine = createEngine({
      stores: { ...stores, messages: this.#watched(stores.messages) },
      queue: createInProcessQueue({ concurrency: 10 }),
      runners: { agent: runner, action: runner },
      clock: this.clock,
      graceMs: 0,
      observer: { saved: (_, now) => void this.#saved(now) },
    });
  }

  execution(id: string): Execution {
    const known = this.#latest.get(id);
    if (!known) throw new Error(`no execution ${id}`);
    return known.execution;
  }

  get executions(): readonly Execution[] {
    return [...this.#latest.values()].map(({ execution }) => execution);
  }

  /** The work of the step at this path that waits for a result. */
  workAt(id: string, path: string): AtWork {
    const found = [...this.#work.values()].find(
      ({ request }) => request.execution.id === id && request.path === path,
    );
    if (!found)
      throw new Error(`${path} is not at work, but ${[...this.#work.keys()].join(", ") || "nothing"}`);
    return found;
  }

  /** Resolves once everything that can happen now has happened. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#look();
    });
  }

  /** Lets time pass, from one thing that is due to the next. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (;;) {
      const next = Math.min(...this.executions.map(({ due }) => due ?? Infinity));
      if (next > end) break;
      this.clock.advance(next - this.clock.now());
      await this.quiet();
    }
    this.clock.advance(end - this.clock.now());
    await this.quiet();
  }

  #ask(request: StepRequest): Promise<StepResult> {
    const { execution, path, run, signal } = request;
    const key = `${execution.id} ${runKey({ round: run.round, path, visit: run.visit, attempt: run.attempt })}`;
    return new Promise((resolve) => {
      const settle = (result: StepResult) => {
        this.#work.delete(key);
        resolve(result);
      };
      this.#work.set(key, { request, settle });
      const error = { code: "aborted", message: "", class: "error" } as const;
      signal.addEventListener("abort", () => settle({ type: "failed", error, effects: [] }));
      this.#look();
    });
  }

  /** Whoever waits until all is quiet has to know of the messages that nobody has taken in yet. */
  #watched(store: MessageStore): MessageStore {
    return {
      ...store,
      add: (message) => {
        this.#open.set(`${message.executionId} ${message.id}`, message);
        return store.add(message);
      },
      remove: async (executionId, ids) => {
        await store.remove(executionId, ids);
        for (const id of ids) this.#open.delete(`${executionId} ${id}`);
        this.#look();
      },
    };
  }

  async #saved(execution: Execution): Promise<void> {
    const workflow = await this.engine.workflowOf(execution);
    const known = this.#latest.get(execution.id)?.execution.revision ?? 0;
    if (execution.revision >= known) this.#latest.set(execution.id, { execution, workflow });
    this.#look();
  }

  #look(): void {
    const all = [...this.#latest.values()];
    if (!this.#waiting || all.length === 0 || !all.every((each) => this.#rests(each))) return;
    const resolve = this.#waiting;
    this.#waiting = null;
    resolve();
  }

  /** Whether all it owes is at work, no timer of it is due, and every message to it is one that it leaves for later. */
  #rests({ execution, workflow }: Known): boolean {
    const now = this.clock.now();
    const mail = [...this.#open.values()].filter(({ executionId }) => executionId === execution.id);
    const isLeft = ({ body }: Message) => {
      const event = { ...body, at: now };
      return defers(execution, event) || isEarly(workflow, execution, event);
    };
    if (!mail.every(isLeft)) return false;
    if (isTerminal(execution.state)) return true;
    if (execution.due !== null && execution.due <= now) return false;
    if (execution.wants !== null && execution.state === "running") {
      return this.executions.some(({ slot }) => slot === execution.wants);
    }
    return owedEffects(workflow, execution).every((effect) => {
      if (effect.type === "run_step") return this.#work.has(`${execution.id} ${runKey(effect.run)}`);
      if (effect.type !== "mind_child") return effect.type !== "start_child";
      const inner = this.#latest.get(effect.child);
      return inner?.execution.state === effect.state;
    });
  }
}
