import { type AtWork, type Draft, putRun, scopedRun, workAt } from "./draft.ts";
import type { Entry, Run } from "./execution.ts";
import { cancelInside, completedOutput } from "./inside.ts";
import type { Json } from "./json.ts";
import { fail, succeed } from "./settle.ts";

/** More items than this are refused: each is a record of the document. */
export const mostItems = 256;

/** An item has ended: the next ones begin, or the whole ends with its list of outputs. */
export function itemEnded(draft: Draft, scope: string): readonly Entry[] {
  const around = workAt(draft, scope);
  return around ? goOnWithItems(draft, around) : [];
}

/** Enters as many items as may be under way at once; ends the whole where none is left. */
export function goOnWithItems(draft: Draft, { at, run }: AtWork): readonly Entry[] {
  const { forEach } = at.step;
  if (run.waiting?.for !== "steps" || !forEach) return [];
  const items = run.input as readonly Json[];
  const runs = items.map((_, index) => scopedRun(draft.execution, itemPath(at.path, index)));
  const failed = runs.filter((each) => each?.state === "failed");
  const [first] = failed;
  const entries: Entry[] = [];
  let { next } = run.waiting;
  if (!first || !forEach.failFast) {
    let open = runs.slice(0, next).filter(isOpen).length;
    for (; next < items.length && open < forEach.maxParallel; next++) {
      if (!isOpen(runs[next])) continue;
      open += 1;
      entries.push(entryOf(itemPath(at.path, next), { at, run }, run.waiting.resume));
    }
    if (open > 0) {
      putRun(draft, at.path, { ...run, waiting: { ...run.waiting, next } });
      return entries;
    }
  }
  cancelInside(draft, at.path);
  const output = runs.map(completedOutput);
  if (!first) succeed(draft, at, run, output);
  else {
    const { step, code, message: reason, class: failureClass } = first.error;
    const message = forEach.failFast ? reason : `${failed.length} of ${items.length} items failed: ${reason}`;
    fail(draft, at, run, { step, code, message, class: failureClass }, output);
  }
  return [];
}

/** Not ended: under way, or still to be entered. */
function isOpen(run: Run | undefined): boolean {
  return run === undefined || run.state === "running";
}

export function itemPath(path: string, index: number): string {
  return `${path}[${index}]`;
}

/** The first entry of something inside a run: it sees the error that the run sees. */
export function entryOf(path: string, { at, run }: AtWork, resume?: readonly string[]): Entry {
  const from = { step: at.path, visit: run.visit, via: "start", error: run.from?.error ?? null } as const;
  return { path, from, ...(resume ? { resume } : {}) };
}
