import type { Arrival, Execution, Run } from "../../core/execution.ts";
import { own } from "../../core/json.ts";
import type { RehearsedVisit } from "../ports/rehearsal.ts";

/** Writes down which visits a walk made, in the order in which they were entered. */
export class Visits {
  readonly #visits = new Map<string, RehearsedVisit>();

  /** Takes note of what one transition changed. `orderOf`: a path's place in the file. */
  note(before: Execution, after: Execution, orderOf: (path: string) => number): void {
    const entered = new Map<string, { readonly path: string; readonly run: Run }>();
    for (const [path, record] of Object.entries(after.steps)) {
      if (own(before.steps, path) === record) continue;
      for (const run of record.runs) {
        const key = keyOf(path, run.visit);
        if (this.#visits.has(key)) this.#visits.set(key, visitOf(path, run));
        else entered.set(key, { path, run });
      }
    }
    const sorted = [...entered.values()].toSorted((a, b) => orderOf(a.path) - orderOf(b.path));
    // One transition may enter a whole chain: who was entered from another comes after it.
    while (sorted.length > 0) {
      const first = sorted.findIndex(({ run: { from } }) => from === null || !entered.has(sourceOf(from)));
      const [next] = sorted.splice(Math.max(0, first), 1);
      if (!next) break;
      const key = keyOf(next.path, next.run.visit);
      entered.delete(key);
      this.#visits.set(key, visitOf(next.path, next.run));
    }
  }

  /** Those of a child workflow, below the step that ran it. */
  add(path: string, visits: readonly RehearsedVisit[]): void {
    for (const visit of visits) {
      const inner = { ...visit, path: `${path}/${visit.path}` };
      this.#visits.set(keyOf(`${path}/${visit.path}`, this.#visits.size), inner);
    }
  }

  /** Without the groups and loops that hold others of them. */
  list(): readonly RehearsedVisit[] {
    const around = new Set<string>();
    for (const { path } of this.#visits.values()) {
      for (const { index } of path.matchAll(/[/[]/g)) around.add(path.slice(0, index));
    }
    return [...this.#visits.values()].filter(({ path }) => !around.has(path));
  }
}

function keyOf(path: string, visit: number): string {
  return `${path}#${visit}`;
}

function sourceOf({ step, visit }: Arrival): string {
  return keyOf(step, visit);
}

function visitOf(path: string, run: Run): RehearsedVisit {
  const { visit, state, from } = run;
  return {
    path,
    visit,
    state,
    from: from && { step: from.step, via: from.via },
    error: run.state === "failed" ? { code: run.error.code, message: run.error.message } : null,
  };
}
