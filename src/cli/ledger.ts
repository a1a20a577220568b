import type { Trace } from "../engine/trace.ts";
import type { LogLine } from "../sandbox/service-process.ts";

export interface StepSummary {
  readonly id: string;
  readonly state: string;
  readonly visits: number;
  readonly attempts: number;
}

/** What a run of one execution amounted to, added up from what the service told at every save. */
export class Ledger {
  readonly #steps = new Map<string, { state: string; visits: number; attempts: Map<string, number> }>();
  readonly #revisions = new Set<number>();
  #execution: { id: string; state: string } | null = null;
  #engineMs = 0;

  take({
    traces = [],
    engineMs = 0,
    revision,
  }: Pick<LogLine, "traces" | "engineMs"> & { revision?: unknown }): void {
    this.#engineMs += engineMs;
    if (typeof revision === "number") this.#revisions.add(revision);
    for (const trace of traces) this.#take(trace);
  }

  #take(trace: Trace): void {
    if (trace.kind === "execution") {
      this.#execution = { id: trace.execution, state: trace.state };
      return;
    }
    const step = this.#steps.get(trace.step) ?? { state: "", visits: 0, attempts: new Map() };
    step.state = trace.state;
    step.visits = Math.max(step.visits, trace.visit);
    step.attempts.set(`${trace.round}/${trace.visit}`, trace.attempt);
    this.#steps.set(trace.step, step);
  }

  get execution(): { readonly id: string; readonly state: string } | null {
    return this.#execution;
  }

  get steps(): readonly StepSummary[] {
    return [...this.#steps].map(([id, { state, visits, attempts }]) => ({
      id,
      state,
      visits,
      attempts: [...attempts.values()].reduce((sum, count) => sum + count, 0),
    }));
  }

  /** Saves of the execution's document, its creation included. */
  get writes(): number {
    return this.#revisions.size;
  }

  /** Milliseconds spent deciding and saving, without the steps' own work. */
  get engineMs(): number {
    return this.#engineMs;
  }

  /** The summary for a person, one line each. */
  lines(): readonly string[] {
    const { steps } = this;
    const visits = steps.reduce((sum, step) => sum + step.visits, 0);
    const width = Math.max(4, ...steps.map(({ id }) => id.length));
    return [
      `${"step".padEnd(width)}  state      visits  attempts`,
      ...steps.map(
        ({ id, state, visits: count, attempts }) =>
          `${id.padEnd(width)}  ${state.padEnd(9)}  ${String(count).padStart(6)}  ${String(attempts).padStart(8)}`,
      ),
      "",
      `${visits} step visits, ${this.writes} writes of the execution (${(this.writes / visits).toFixed(2)} per visit), ` +
        `engine time ${(this.#engineMs / visits).toFixed(2)} ms per visit`,
    ];
  }
}
