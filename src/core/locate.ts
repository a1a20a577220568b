import type { Step, StepList, Workflow } from "./workflow.ts";

/** What a step path means: which step, in which list, and which part of it. */
export interface Located {
  readonly path: string;
  readonly step: Step;
  readonly list: StepList;
  /** Path of what is around it: a group's, branch's or item's run; `""` in the workflow's own list, `finally` there. */
  readonly scope: string;
  /** `whole`: the step itself; `item` or `iteration`: one of a for_each or repeat, inside the run of the whole. */
  readonly part: "whole" | "item" | "iteration";
  /** Place in the file among all steps. */
  readonly order: number;
}

interface Known {
  readonly step: Step;
  readonly list: StepList;
  readonly order: number;
}

/** The scope of the steps of `finally`; no step of the workflow's own list may have this id. */
export const finallyScope = "finally";

const indexes = new WeakMap<Workflow, ReadonlyMap<string, Known>>();

/** The step that the path (`checks/lint`, `each[3]/build`, `poll[]`) means, or null where the workflow has none. */
export function stepAt(workflow: Workflow, path: string): Located | null {
  const known = allSteps(workflow).get(staticPath(path));
  if (!known) return null;
  if (!path.endsWith("]")) return { path, ...known, scope: scopePath(path), part: "whole" };
  const open = path.lastIndexOf("[");
  const part = open === path.length - 2 ? "iteration" : "item";
  return { path, ...known, scope: path.slice(0, open), part };
}

/** Every step of the workflow in the order of the file, nested ones too, by its path without indexes. */
export function allSteps(workflow: Workflow): ReadonlyMap<string, Known> {
  let index = indexes.get(workflow);
  if (!index) {
    const found = new Map<string, Known>();
    gather(workflow.steps, "", found);
    if (workflow.finally) gather(workflow.finally, finallyScope, found);
    indexes.set(workflow, found);
    index = found;
  }
  return index;
}

function gather(list: StepList, scope: string, found: Map<string, Known>): void {
  for (const step of list.steps) {
    const path = inScope(scope, step.id);
    found.set(path, { step, list, order: found.size });
    const inner = innerList(step);
    if (inner) gather(inner, path, found);
  }
}

/** The list inside a group or parallel, or null. */
export function innerList({ kind }: Step): StepList | null {
  return kind.kind === "steps" || kind.kind === "parallel" ? kind.steps : null;
}

export function inScope(scope: string, id: string): string {
  return scope === "" ? id : `${scope}/${id}`;
}

/** `each[3]/build` -> `each/build`. */
export function staticPath(path: string): string {
  return path.includes("[") ? path.replaceAll(/\[\d*\]/g, "") : path;
}

/** The path of the run that a step's path lies in: `each[3]/build` -> `each[3]`, `build` -> `""`. */
export function scopePath(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

/** The step's own id, without what is around it and which part of it: `checks/each[3]` -> `each`. */
export function idOf(path: string): string {
  return staticPath(path.slice(path.lastIndexOf("/") + 1));
}
