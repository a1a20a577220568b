import type { Execution, Run } from "../../core/execution.ts";
import type { Json } from "../../core/json.ts";
import { scopePath } from "../../core/locate.ts";
import type { StepState } from "../../definition/tests/index.ts";

/** One visit of a step, as it stands at the end of the play. */
export interface SeenVisit {
  readonly path: string;
  readonly visit: number;
  readonly state: StepState;
  readonly input: Json;
  readonly output: Json;
  /** The failure's code and message. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Writes down, from save to save, which steps were visited in which order. */
export class Witness {
  readonly #visits = new Map<string, SeenVisit>();

  see(prefix: string, after: Execution): void {
    const fresh: { readonly key: string; readonly path: string; readonly run: Run }[] = [];
    for (const [path, { runs }] of Object.entries(after.steps)) {
      for (const run of runs) {
        const key = `${after.id}/${run.round}/${path}/${run.visit}`;
        if (this.#visits.has(key)) this.#visits.set(key, visitOf(prefix + path, run));
        else fresh.push({ key, path, run });
      }
    }
    for (const { key, path, run } of inOrder(fresh)) this.#visits.set(key, visitOf(prefix + path, run));
  }

  get visits(): readonly SeenVisit[] {
    return [...this.#visits.values()];
  }
}

interface Fresh {
  readonly path: string;
  readonly run: Run;
}

/**
 * Visits of one save (or of a whole document), the earlier first: what is around a step before it, and the step that
 * led to it before it. Where neither tells, in the order given.
 */
export function inOrder<T extends Fresh>(visits: readonly T[]): readonly T[] {
  const sorted = visits.toSorted((a, b) => a.run.round - b.run.round || a.run.enteredAt - b.run.enteredAt);
  // Each pair is compared once: a for_each in a for_each may have a thousand visits in one save.
  const later = sorted.map((other) =>
    sorted.flatMap((one, index) => (one !== other && comesBefore(other, one) ? [index] : [])),
  );
  const before = sorted.map(() => 0);
  for (const indexes of later) for (const index of indexes) before[index] = (before[index] ?? 0) + 1;
  const left = [...sorted.keys()];
  const ordered: T[] = [];
  while (left.length > 0) {
    const ready = left.findIndex((index) => before[index] === 0);
    for (const index of left.splice(Math.max(0, ready), 1)) {
      ordered.push(...sorted.slice(index, index + 1));
      for (const next of later[index] ?? []) before[next] = (before[next] ?? 0) - 1;
    }
  }
  return ordered;
}

function comesBefore(other: Fresh, one: Fresh): boolean {
  if (other.run.round !== one.run.round || other.run.enteredAt > one.run.enteredAt) return false;
  if (other.path === one.path) return other.run.visit < one.run.visit;
  const scope = scopePath(one.path);
  const whole = one.path.endsWith("]") ? one.path.slice(0, one.path.lastIndexOf("[")) : null;
  if (other.path === whole || other.path === scope) return true;
  const { from } = one.run;
  if (from === null) return false;
  // A step that was led to from within a group's list comes after all that is in that step.
  const cause = from.step;
  return (other.path === cause && other.run.visit === from.visit) || isWithin(other.path, cause);
}

function isWithin(path: string, around: string): boolean {
  return path.startsWith(`${around}/`) || path.startsWith(`${around}[`);
}

function visitOf(path: string, run: Run): SeenVisit {
  const { visit, input } = run;
  const seen = { path, visit, input, output: null, error: null };
  switch (run.state) {
    case "running":
      return { ...seen, state: "waiting" };
    case "completed":
      return { ...seen, state: "completed", output: run.output };
    case "failed":
      return { ...seen, state: "failed", output: run.output, error: run.error };
    case "skipped":
      return { ...seen, state: "skipped" };
    default:
      return run satisfies never;
  }
}
