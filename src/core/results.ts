import { currentRun, type Draft, putRun } from "./draft.ts";
import { goOn, linkedAlready } from "./enter.ts";
import type { Event, RunRef } from "./event.ts";
import type { RunningRun, Spending } from "./execution.ts";
import { isObject, type Json } from "./json.ts";
import { fail, succeed, withEffects } from "./settle.ts";
import type { Step } from "./workflow.ts";

type Result = Extract<Event, { type: "step_succeeded" | "step_failed" | "step_parked" }>;

/** What came of an attempt; of one that is no longer current, nothing. */
export function takeResult(draft: Draft, event: Result): void {
  const at = runAt(draft, event.run);
  if (!at || at.run.waiting) return;
  const { step } = at;
  const run = withEffects(at.run, event.effects);
  switch (event.type) {
    case "step_succeeded":
      spend(draft, event.spending);
      linkOutput(draft, event.output);
      succeed(draft, step, run, event.output);
      break;
    case "step_failed":
      spend(draft, event.spending);
      fail(draft, step, run, event.error, null, event.notBefore);
      break;
    case "step_parked": {
      putRun(draft, step.id, { ...run, waiting: event.waiting });
      const linked =
        event.waiting.for === "person" && event.waiting.produces === "pull_request"
          ? linkedAlready(draft, run)
          : null;
      if (linked) succeed(draft, step, run, linked);
      break;
    }
  }
  goOn(draft, step);
}

/** The step and its run, if the reference is to the attempt that is running now. */
export function runAt(draft: Draft, ref: RunRef): { readonly step: Step; readonly run: RunningRun } | null {
  const step = draft.workflow.steps.byId.get(ref.path);
  const run = currentRun(draft.execution, ref.path);
  if (!step || run?.state !== "running") return null;
  const same = run.round === ref.round && run.visit === ref.visit && run.attempt === ref.attempt;
  return same ? { step, run } : null;
}

function spend(draft: Draft, spending: Partial<Spending> = {}): void {
  const { tokens, costUsd } = draft.execution.spending;
  draft.execution.spending = {
    ...draft.execution.spending,
    tokens: tokens + (spending.tokens ?? 0),
    costUsd: costUsd + (spending.costUsd ?? 0),
  };
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
