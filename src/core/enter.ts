import { after, exhausted } from "./after.ts";
import { currentRun, type Draft, putRun, recordOf } from "./draft.ts";
import { durationMs } from "./duration.ts";
import type { Entry, Run, RunningRun, Waiting } from "./execution.ts";
import { type Evaluation, isTrue, type Scope } from "./expression.ts";
import { unreachable } from "./problem.ts";
import { errorRoot, headSha, newestPullRequest, pullRequestRoot, scopeOf } from "./scope.ts";
import { expressionFailure, fail, skip, succeed } from "./settle.ts";
import { lookBack } from "./waits.ts";
import type { Step } from "./workflow.ts";

/** Enters the steps, and all that follow at once; what is entered while paused waits for the resume. */
export function advance(draft: Draft, entries: readonly Entry[]): void {
  const queue = [...entries];
  for (let entry = queue.shift(); entry; entry = queue.shift()) {
    const { state } = draft.execution;
    if (state === "running") queue.push(...enter(draft, entry));
    else if (state === "paused") draft.execution.entering = [...draft.execution.entering, entry];
    else return;
  }
}

/** Goes on from a run that has ended. */
export function goOn(draft: Draft, step: Step): void {
  advance(draft, after(draft, step));
}

function enter(draft: Draft, entry: Entry): readonly Entry[] {
  const { execution, workflow, at } = draft;
  const step = workflow.steps.byId.get(entry.path);
  if (!step) throw new Error(`no step ${entry.path} in ${workflow.path}`);
  const visits = recordOf(execution, step.id)?.visits ?? 0;
  if (step.maxVisits !== null && visits >= step.maxVisits) return exhausted(draft, step);
  execution.spending = { ...execution.spending, steps: execution.spending.steps + 1 };
  const run: RunningRun = {
    round: execution.round,
    visit: visits + 1,
    attempt: 1,
    enteredAt: at,
    from: entry.from,
    input: null,
    effects: [],
    state: "running",
    waiting: null,
    deadline: deadlineOf(step, at),
    remind: step.remind ? { at: at + step.remind.everyMs, sent: 0 } : null,
  };
  begin(draft, step, run, scopeOf(execution, at, { error: errorRoot(entry.from?.error ?? null) }));
  return after(draft, step);
}

export function deadlineOf(step: Step, at: number): number | null {
  return step.timeoutMs === null ? null : at + step.timeoutMs;
}

function begin(draft: Draft, step: Step, run: RunningRun, scope: Scope): void {
  const condition: Evaluation = step.condition?.evaluate(scope) ?? { value: true };
  if ("problem" in condition) return fail(draft, step, run, expressionFailure(condition.problem.message));
  if (!isTrue(condition.value)) return skip(draft, step.id, run, "condition");
  const inputs: Evaluation = step.inputs?.evaluate(scope) ?? { value: null };
  if ("problem" in inputs) return fail(draft, step, run, expressionFailure(inputs.problem.message));
  const entered: RunningRun = { ...run, input: inputs.value };
  const waiting = waitingOf(draft, step, entered, scope);
  if (waiting && "problem" in waiting) return fail(draft, step, entered, expressionFailure(waiting.problem));
  const waits: RunningRun = { ...entered, waiting };
  putRun(draft, step.id, waits);
  if (waiting?.for === "event") takeSeen(draft, step, waits, waiting.since);
}

/** What the step waits for from its entry on; null where it has work to be done. */
function waitingOf(
  draft: Draft,
  step: Step,
  run: RunningRun,
  scope: Scope,
): Waiting | { readonly problem: string } | null {
  const { kind } = step;
  switch (kind.kind) {
    case "agent":
    case "action":
      return null;
    case "delay": {
      const duration = kind.duration.evaluate(scope);
      if ("problem" in duration) return { problem: duration.problem.message };
      const ms = durationMs(duration.value);
      if (ms === null)
        return {
          problem: `delay needs a duration as 90s, 10m, 2h or 7d, not ${JSON.stringify(duration.value)}`,
        };
      return { for: "delay", until: draft.at + ms };
    }
    case "approval": {
      const message = kind.message?.evaluate(scope) ?? { value: null };
      if ("problem" in message) return { problem: message.problem.message };
      const text = typeof message.value === "string" ? message.value : null;
      return { for: "approval", asking: 1, headSha: headSha(draft.execution), message: text, approvals: [] };
    }
    case "wait_for": {
      const since = kind.since?.evaluate(scope) ?? { value: null };
      if ("problem" in since) return { problem: since.problem.message };
      const from = typeof since.value === "number" ? since.value : enteredBefore(draft, run);
      return { for: "event", events: kind.events, since: from };
    }
    case "wait_for_checks":
    case "wait_for_pull_request":
    case "workflow":
    case "parallel":
    case "steps":
      return null;
    default:
      return unreachable(kind);
  }
}

/** When the step before this one was entered: events since then are this wait's too. */
function enteredBefore(draft: Draft, run: Run): number {
  const before = run.from ? currentRun(draft.execution, run.from.step) : undefined;
  return before?.enteredAt ?? draft.execution.startedAt;
}

function takeSeen(draft: Draft, step: Step, run: RunningRun, since: number): void {
  const seen = lookBack(draft.execution, step, since);
  if (!seen) return;
  draft.execution.seen = draft.execution.seen.filter((event) => event.id !== seen.id);
  succeed(draft, step, run, seen.payload);
}

/** A step that asks for a pull request on its first visit is answered by one that is linked and open already. */
export function linkedAlready(draft: Draft, run: RunningRun) {
  const pull = newestPullRequest(draft.execution);
  if (run.visit > 1 || pull?.state !== "open") return null;
  return { pull_request: pullRequestRoot(pull), summary: null };
}
