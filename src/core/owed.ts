import { currentRun } from "./draft.ts";
import type { Effect } from "./effect.ts";
import type { Event, RunRef } from "./event.ts";
import type { Execution, Run } from "./execution.ts";
import { stepAt } from "./locate.ts";
import { unreachable } from "./problem.ts";
import type { Workflow } from "./workflow.ts";

/**
 * What the engine owes this execution, derived from the document alone: after a crash it is performed again,
 * which is all there is to recovery.
 */
export function owedEffects(workflow: Workflow, execution: Execution): readonly Effect[] {
  const owed: Effect[] = [];
  const state = execution.state === "paused" ? "paused" : "running";
  for (const path of Object.keys(execution.steps)) {
    const run = currentRun(execution, path);
    if (run?.state !== "running") continue;
    const effect = run.waiting ? null : workOf(workflow, path, run);
    if (effect) owed.push(effect);
    if (run.waiting?.for === "child") owed.push({ type: "mind_child", child: run.waiting.execution, state });
  }
  if (execution.due !== null) owed.push({ type: "schedule", at: execution.due });
  return owed;
}

function workOf(workflow: Workflow, path: string, run: Run): RunOwed | null {
  const kind = stepAt(workflow, path)?.step.kind;
  if (!kind) return null;
  switch (kind.kind) {
    case "agent":
    case "action":
    case "wait_for_checks":
      return { type: "run_step", run: refOf(path, run), kind, input: run.input };
    case "workflow":
      return { type: "start_child", run: refOf(path, run), workflow: kind.workflow, input: run.input };
    case "approval":
    case "wait_for":
    case "wait_for_pull_request":
    case "delay":
    case "parallel":
    case "steps":
      return null;
    default:
      return unreachable(kind);
  }
}

type RunOwed = Extract<Effect, { type: "run_step" | "start_child" }>;

export function refOf(path: string, run: Run): RunRef {
  return { round: run.round, path, visit: run.visit, attempt: run.attempt };
}

export function runKey({ round, path, visit, attempt }: RunRef): string {
  return `${round}/${path}/${visit}/${attempt}`;
}

/** The next time (ms) a timer is due; null where none is, and while paused, when deadlines stand still. */
export function dueOf(execution: Execution): number | null {
  if (execution.state !== "running") return null;
  let due = execution.deadline ?? Infinity;
  for (const timer of timersOf(execution)) due = Math.min(due, timer.due);
  return due === Infinity ? null : due;
}

/** The timers that are due at `now` (ms), soonest first. */
export function dueTimers(execution: Execution, now: number): readonly Event[] {
  if (execution.state !== "running") return [];
  const timers = timersOf(execution)
    .filter(({ due }) => due <= now)
    .toSorted((a, b) => a.due - b.due)
    .map(({ timer, run }): Event => ({ type: "timer_fired", at: now, run, timer }));
  const over = execution.deadline !== null && execution.deadline <= now;
  return over ? [...timers, { type: "timed_out", at: now, round: execution.round }] : timers;
}

type Timer = Pick<Extract<Event, { type: "timer_fired" }>, "timer" | "run"> & { readonly due: number };

function timersOf(execution: Execution): readonly Timer[] {
  const timers: Timer[] = [];
  for (const path of Object.keys(execution.steps)) {
    const run = currentRun(execution, path);
    if (run?.state !== "running") continue;
    const ref = refOf(path, run);
    if (run.waiting?.for === "retry") timers.push({ timer: "retry", due: run.waiting.until, run: ref });
    if (run.waiting?.for === "delay") timers.push({ timer: "delay", due: run.waiting.until, run: ref });
    if (run.waiting?.for === "repeat" && run.waiting.until !== null) {
      timers.push({ timer: "repeat", due: run.waiting.until, run: ref });
    }
    if (run.waiting && "look" in run.waiting && run.waiting.look !== undefined) {
      timers.push({ timer: "look", due: run.waiting.look, run: ref });
    }
    if (run.deadline !== null) timers.push({ timer: "timeout", due: run.deadline, run: ref });
    if (run.remind) timers.push({ timer: "remind", due: run.remind.at, run: ref });
  }
  return timers;
}

/** What the step from `before` to `now` makes owed, and what it makes moot. */
export function newEffects(
  workflow: Workflow,
  before: Execution,
  now: Execution,
  ended: RunRef | null,
): readonly Effect[] {
  if (before === now) return [];
  const earlier = owedEffects(workflow, before);
  const later = owedEffects(workflow, now);
  const owedBefore = runsIn(earlier);
  const owedNow = runsIn(later);
  const effects: Effect[] = [];
  for (const [key, effect] of owedBefore) {
    const moot = !owedNow.has(key) && !(ended && runKey(ended) === key);
    if (moot) effects.push({ type: "cancel_step", run: effect.run });
  }
  for (const [key, effect] of owedNow) if (!owedBefore.has(key)) effects.push(effect);
  effects.push(...mindedAnew(earlier, later));
  if (now.due !== null && now.due !== before.due) effects.push({ type: "schedule", at: now.due });
  effects.push({ type: "report" });
  return effects;
}

/** Children whose state is to be another one, those included that nobody waits for any more. */
function mindedAnew(earlier: readonly Effect[], later: readonly Effect[]): readonly Effect[] {
  const before = childrenIn(earlier);
  const now = childrenIn(later);
  const changed = [...now].filter(([child, state]) => before.get(child) !== state);
  const dropped = [...before.keys()].filter((child) => !now.has(child));
  return [
    ...changed.map(([child, state]) => ({ type: "mind_child", child, state }) as const),
    ...dropped.map((child) => ({ type: "mind_child", child, state: "cancelled" }) as const),
  ];
}

function childrenIn(effects: readonly Effect[]) {
  const minded = effects.filter((effect) => effect.type === "mind_child");
  return new Map(minded.map(({ child, state }) => [child, state]));
}

function runsIn(effects: readonly Effect[]) {
  const owed = effects.filter((effect) => effect.type === "run_step" || effect.type === "start_child");
  return new Map(owed.map((effect) => [runKey(effect.run), effect]));
}
