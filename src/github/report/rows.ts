import { currentRun, scopedRun } from "../../core/draft.ts";
import type { Execution, Run } from "../../core/execution.ts";
import { finallyScope, innerList, inScope } from "../../core/locate.ts";
import type { Step, StepList, Workflow } from "../../core/workflow.ts";

/** A line of the table of steps. */
export interface Row {
  readonly path: string;
  /** What it is called where it stands: its id, with an item's number. */
  readonly name: string;
  readonly depth: number;
  readonly step: Step;
  readonly run: Run | undefined;
  /** For a `for_each`: how many items there are, and how many of them are completed or skipped, and failed. */
  readonly items: { readonly all: number; readonly done: number; readonly failed: number } | null;
}

/** More than these are left out, the least telling first. */
export const mostRows = 30;
const mostItems = 5;

/**
 * The steps in the file's order, inner ones below what they are in once that is entered; of the items of a `for_each`
 * only those at work or failed. `omitted`: how many rows there was no room for.
 */
export function rowsOf(
  workflow: Workflow,
  execution: Execution,
): { readonly rows: readonly Row[]; readonly omitted: number } {
  const rows: Row[] = [];
  addList(rows, execution, workflow.steps, "", 0);
  if (workflow.finally) addList(rows, execution, workflow.finally, finallyScope, 0);
  const kept = new Set(rows.toSorted((a, b) => weight(a) - weight(b)).slice(0, mostRows));
  return { rows: rows.filter((row) => kept.has(row)), omitted: rows.length - kept.size };
}

/** What runs or failed first, then what stands outermost, then what has ended well, then what is still to come. */
function weight({ run, depth }: Row): number {
  if (run?.state === "running" || run?.state === "failed") return 0;
  return depth * 2 + (run === undefined ? 2 : 1);
}

function addList(rows: Row[], execution: Execution, list: StepList, scope: string, depth: number): void {
  for (const step of list.steps) {
    const path = inScope(scope, step.id);
    const run = runAt(execution, path, scope);
    const name = scope === finallyScope ? `finally: ${step.id}` : step.id;
    rows.push({ path, name, depth, step, run, items: itemsOf(execution, step, path, run) });
    if (run === undefined) continue;
    if (step.forEach) addItems(rows, execution, step, path, depth + 1);
    else addInner(rows, execution, step, step.repeat ? `${path}[]` : path, depth + 1);
  }
}

function addInner(rows: Row[], execution: Execution, step: Step, scope: string, depth: number): void {
  const inner = innerList(step);
  if (inner) addList(rows, execution, inner, scope, depth);
}

function addItems(rows: Row[], execution: Execution, step: Step, path: string, depth: number): void {
  const telling = itemPaths(execution, path).flatMap((item) => {
    const run = scopedRun(execution, item);
    return run?.state === "running" || run?.state === "failed" ? [{ item, run }] : [];
  });
  for (const { item, run } of telling.slice(0, mostItems)) {
    rows.push({ path: item, name: item.slice(item.lastIndexOf("/") + 1), depth, step, run, items: null });
    if (run.state === "running") addInner(rows, execution, step, item, depth + 1);
  }
}

function itemsOf(execution: Execution, { forEach }: Step, path: string, run: Run | undefined): Row["items"] {
  if (!forEach || !run || !Array.isArray(run.input)) return null;
  const states = itemPaths(execution, path).map((item) => scopedRun(execution, item)?.state);
  const count = (...wanted: readonly (Run["state"] | undefined)[]) =>
    states.filter((state) => wanted.includes(state)).length;
  return { all: run.input.length, done: count("completed", "skipped"), failed: count("failed") };
}

/** Paths of the items that were entered, in their order. */
function itemPaths({ steps }: Execution, path: string): readonly string[] {
  return Object.keys(steps)
    .flatMap((each) => {
      const index = each.startsWith(`${path}[`)
        ? /^\[(\d+)\]$/.exec(each.slice(path.length))?.[1]
        : undefined;
      return index === undefined ? [] : [{ each, index: Number(index) }];
    })
    .toSorted((a, b) => a.index - b.index)
    .map(({ each }) => each);
}

/** In the workflow's own list what was entered in this round; inside a group what was since it was entered. */
function runAt(execution: Execution, path: string, scope: string): Run | undefined {
  return scope === "" || scope === finallyScope ? currentRun(execution, path) : scopedRun(execution, path);
}
