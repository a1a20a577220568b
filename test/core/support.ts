import {
  type Effect,
  type Event,
  type Execution,
  newExecution,
  type RunRef,
  transition,
  type Workflow,
} from "../../src/core/index.ts";

export const start = Date.UTC(2026, 0, 1);

/** An execution and what has been done to it, told one event at a time. */
export class Story {
  execution: Execution;
  effects: readonly Effect[] = [];
  problem: string | null = null;
  readonly workflow: Workflow;
  at = start;
  #ids = 0;

  constructor(workflow: Workflow) {
    this.workflow = workflow;
    this.execution = newExecution(workflow, {
      id: "e1",
      repository: { id: 1, owner: "acme", name: "shop" },
      installation: null,
      subject: null,
      actor: "alice",
      input: {},
      event: {},
      commit: null,
      at: start,
    });
    this.tell({ type: "started" });
  }

  tell(event: DistributiveOmit<Event, "at">): this {
    const next = transition(this.workflow, this.execution, { ...event, at: this.at });
    if ("problem" in next) {
      this.problem = next.problem.code;
      this.effects = [];
    } else {
      this.problem = null;
      this.execution = next.execution;
      this.effects = next.effects;
    }
    return this;
  }

  after(ms: number): this {
    this.at += ms;
    return this;
  }

  run(path: string): RunRef {
    const run = this.execution.steps[path]?.runs.at(-1);
    if (!run) throw new Error(`${path} was not entered`);
    return { round: run.round, path, visit: run.visit, attempt: run.attempt };
  }

  succeed(path: string, output: Extract<Event, { type: "step_succeeded" }>["output"] = null): this {
    return this.tell({ type: "step_succeeded", run: this.run(path), output, effects: [] });
  }

  fail(path: string, failureClass: "error" | "transient" | "timeout" = "error"): this {
    const error = { code: "broken", message: "it broke", class: failureClass };
    return this.tell({ type: "step_failed", run: this.run(path), error, effects: [] });
  }

  command(command: Extract<Event, { type: "commanded" }>["command"], step: string | null = null): this {
    const id = `command-${this.#ids++}`;
    return this.tell({ type: "commanded", id, command, by: "maya", step, reason: null });
  }

  decide(
    decision: Extract<Event, { type: "decided" }>["decision"],
    by = "maya",
    step: string | null = null,
  ): this {
    const id = `decision-${this.#ids++}`;
    return this.tell({
      type: "decided",
      id,
      decision,
      step,
      by,
      reason: null,
      values: { ok: true },
      asking: null,
    });
  }

  /** As `triage:completed fix:running*2`: steps in the order they were first entered, visits over 1. */
  get steps(): string {
    return Object.entries(this.execution.steps)
      .map(([path, record]) => {
        const state = record.runs.at(-1)?.state;
        return `${path}:${state}${record.visits > 1 ? `*${record.visits}` : ""}`;
      })
      .join(" ");
  }

  get state() {
    return this.execution.state;
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
