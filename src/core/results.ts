import { beginWork, linkedAlready } from "./begin.ts";
import { isOverBudget, spend, takeBudget } from "./budget.ts";
import { type AtWork, type Draft, putRun, workAt } from "./draft.ts";
import { advance, goOn, timersFrom } from "./enter.ts";
import type { ChildFinished, Event, Parked, RunRef } from "./event.ts";
import type { RunningRun } from "./execution.ts";
import { isObject, type Json } from "./json.ts";
import { errorRoot, scopeAt } from "./scope.ts";
import { fail, postpone, succeed, withEffects } from "./settle.ts";
import { moves } from "./waits.ts";

type Result = Extract<Event, { type: "step_succeeded" | "step_failed" | "step_parked" }>;

/** What came of an attempt; of one that is no longer current, nothing. */
export function takeResult(draft: Draft, event: Result): void {
  const found = runAt(draft, event.run);
  if (!found || found.run.waiting) return;
  const { at } = found;
  const run = withEffects(found.run, event.effects);
  switch (event.type) {
    case "step_succeeded":
      spend(draft, event.spending);
      linkOutput(draft, event.output);
      succeed(draft, at, run, event.output);
      break;
    case "step_failed":
      spend(draft, event.spending);
      if (event.postponed) postpone(draft, at, run, event.error, event.notBefore);
      else fail(draft, at, run, event.error, event.output ?? null, event.notBefore);
      break;
    case "step_parked": {
      const waiting = looked(event.waiting, run, draft.at);
      const parked = { ...run, waiting };
      putRun(draft, at.path, parked);
      const asksForPull = waiting.for === "person" && waiting.produces === "pull_request";
      const linked = asksForPull ? linkedAlready(draft, run) : null;
      if (linked) succeed(draft, at, parked, linked);
      // Its end may have come before the word that it is waited for.
      const ended = waiting.for === "run" && draft.execution.seen.some((seen) => moves(parked, seen));
      if (ended) lookAgain(draft, { at, run: parked });
      break;
    }
  }
  if (isOverBudget(draft)) return takeBudget(draft, at);
  goOn(draft, at);
}

const firstLookMs = 15 * 60_000;
const lastLookMs = 6 * 3_600_000;

/** What ends outside is looked at now and then though nothing was heard of it, ever more rarely. */
function looked(waiting: Parked, run: RunningRun, now: number): Parked {
  if (waiting.for !== "run" && waiting.for !== "checks") return waiting;
  return { ...waiting, look: now + Math.min(lastLookMs, firstLookMs * 2 ** (run.looks ?? 0)) };
}

/** The step and its run, if the reference is to the attempt that is running now. */
export function runAt(draft: Draft, ref: RunRef): AtWork | null {
  const found = workAt(draft, ref.path);
  if (!found) return null;
  const { round, visit, attempt } = found.run;
  return round === ref.round && visit === ref.visit && attempt === ref.attempt ? found : null;
}

/** Another attempt at the same visit: the work, or all that is inside, begins anew. */
export function tryAgain(draft: Draft, { at, run }: AtWork): void {
  const again = { ...run, attempt: run.attempt + 1, waiting: null, ...timersFrom(at, draft.at) };
  const scope = scopeAt(draft, at.path, { error: errorRoot(run.from?.error ?? null) });
  advance(draft, beginWork(draft, at, again, scope));
}

/** What was parked has moved: the runner is asked to look at it once more, which is no new try. */
export function lookAgain(draft: Draft, { at, run }: AtWork): void {
  putRun(draft, at.path, { ...run, attempt: run.attempt + 1, looks: (run.looks ?? 0) + 1, waiting: null });
}

/** A child execution has come to its end. */
export function takeChild(draft: Draft, event: ChildFinished): void {
  const found = runAt(draft, event.run);
  if (found?.run.waiting?.for !== "child" || found.run.waiting.execution !== event.child) return;
  const { at, run } = found;
  if (event.state === "completed") succeed(draft, at, run, event.outputs);
  else {
    const inner = event.error ? ` at ${event.error.step}: ${event.error.message}` : "";
    const message = `the workflow it ran ${event.state === "failed" ? "failed" : "was cancelled"}${inner}`;
    fail(draft, at, run, { code: `child_${event.state}`, message, class: "error" }, event.outputs);
  }
  goOn(draft, at);
}

/** A pull request that a step opened is linked: `{pull_request: {number, …}}`, or GitHub's own answer to pulls.create. */
function linkOutput(draft: Draft, output: Json): void {
  if (!isObject(output)) return;
  const inner = output["pull_request"];
  const pull = isObject(inner) ? inner : "merged" in output && "head" in output ? output : null;
  if (!pull) return;
  const head = isObject(pull["head"]) ? pull["head"] : {};
  const { number } = pull;
  const sha = pull["head_sha"] ?? head["sha"];
  if (typeof number !== "number" || typeof sha !== "string") return;
  if (draft.execution.linked.some((linked) => linked.number === number)) return;
  const url = pull["html_url"] ?? pull["url"];
  const branch = pull["branch"] ?? head["ref"];
  draft.execution.linked = [
    ...draft.execution.linked,
    {
      number,
      url: typeof url === "string" ? url : "",
      branch: typeof branch === "string" ? branch : "",
      head_sha: sha,
      state: "open",
    },
  ];
}
