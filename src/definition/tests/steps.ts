import { own } from "../../core/json.ts";
import { allSteps, idOf, staticPath } from "../../core/locate.ts";
import type { Step, Workflow } from "../../core/workflow.ts";

/** A step as tests name it: of a child workflow below the step that starts it, as `qa/smoke`. */
export interface NamedStep {
  readonly step: Step;
  /** The workflow it is in. */
  readonly workflow: Workflow;
}

/** Every step by its path without indexes, those of child workflows included. */
export function namedSteps(workflow: Workflow, prefix = "", depth = 0): ReadonlyMap<string, NamedStep> {
  const found = new Map<string, NamedStep>();
  for (const [path, { step }] of allSteps(workflow)) {
    found.set(prefix + path, { step, workflow });
    const child = step.kind.kind === "workflow" ? workflow.children.get(step.kind.workflow) : undefined;
    // No definition calls itself; a bound costs nothing.
    if (child && depth < 20) {
      for (const [inner, named] of namedSteps(child, `${prefix}${path}/`, depth + 1)) found.set(inner, named);
    }
  }
  return found;
}

/** The path that a name means: itself, or the only step of that id; null for none. Indexes stay. */
export function pathOf(name: string, steps: ReadonlyMap<string, unknown>): string | null {
  if (steps.has(staticPath(name))) return name;
  if (name.includes("/")) return null;
  const index = name.slice(staticPath(name).length);
  const [only, second] = [...steps.keys()].filter((path) => idOf(path) === staticPath(name));
  return only !== undefined && second === undefined ? only + index : null;
}

/** The entry for a visit of a step: by its path, without indexes, or by its id; each with `#visit` first. */
export function entryFor<T>(
  entries: Readonly<Record<string, T>>,
  path: string,
  visit: number,
): { readonly key: string; readonly value: T } | null {
  for (const name of [path, staticPath(path), idOf(path)]) {
    for (const key of [`${name}#${visit}`, name]) {
      const value = own(entries, key);
      if (value !== undefined) return { key, value };
    }
  }
  return null;
}
