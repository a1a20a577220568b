import { type Draft, putRecord, putRun, recordOf } from "./draft.ts";
import { durationText } from "./duration.ts";
import { end, finish } from "./ending.ts";
import { advance, goOn } from "./enter.ts";
import type { Event } from "./event.ts";
import type { Run, Waiting } from "./execution.ts";
import { cancelInside } from "./inside.ts";
import { beginIteration } from "./iterations.ts";
import { unreachable } from "./problem.ts";
import { lookAgain, runAt, tryAgain } from "./results.ts";
import { fail, succeed } from "./settle.ts";

type TimerFired = Extract<Event, { type: "timer_fired" }>;

/** A timer of a run; one that is not due, or not this run's any more, changes nothing. */
export function takeTimer(draft: Draft, event: TimerFired): void {
  const found = runAt(draft, event.run);
  if (!found || draft.execution.state !== "running") return;
  const { at, run } = found;
  const { waiting } = run;
  const now = draft.at;
  switch (event.timer) {
    case "retry":
      if (waiting?.for !== "retry" || waiting.until > now) return;
      return tryAgain(draft, found);
    case "repeat":
      if (waiting?.for !== "repeat" || waiting.until === null || waiting.until > now) return;
      return advance(draft, [beginIteration(draft, at, run, waiting.iteration)]);
    case "look":
      if (!waiting || !("look" in waiting) || waiting.look === undefined || waiting.look > now) return;
      return lookAgain(draft, found);
    case "delay":
      if (waiting?.for !== "delay" || waiting.until > now) return;
      succeed(draft, at, run, null);
      break;
    case "timeout": {
      if (run.deadline === null || run.deadline > now) return;
      const message = `no result after ${durationText(at.step.timeoutMs ?? 0)}`;
      cancelInside(draft, at.path);
      fail(draft, at, { ...run, inDoubt: true }, { code: "timeout", message, class: "timeout" });
      break;
    }
    case "remind": {
      const { remind } = at.step;
      if (!run.remind || run.remind.at > now || !remind) return;
      const sent = run.remind.sent + (waiting ? 1 : 0);
      const more = sent < remind.max;
      const next = { at: more ? now + remind.everyMs : Number.MAX_SAFE_INTEGER, sent };
      putRun(draft, at.path, { ...run, remind: next });
      return;
    }
    default:
      return unreachable(event.timer);
  }
  goOn(draft, at);
}

/** The execution's own deadline: of the work, or of what cleans up after it. */
export function takeTimeout(draft: Draft, round: number): void {
  const { execution } = draft;
  const { deadline, state, ending, finalizing } = execution;
  if (state !== "running" || round !== execution.round || deadline === null || deadline > draft.at) return;
  const message = `not finished after ${durationText(draft.workflow.limits.timeoutMs ?? 0)}`;
  const error = { step: "", code: "timeout", message, class: "timeout" } as const;
  const late = { state: "failed", error } as const;
  if (finalizing) finish(draft, ending === null || ending.state === "completed" ? late : ending, null);
  else advance(draft, end(draft, late));
}

/** All times of the current round move by the length of a pause (ms). */
export function shiftTimes(draft: Draft, byMs: number): void {
  const { execution } = draft;
  if (execution.deadline !== null) execution.deadline += byMs;
  for (const path of Object.keys(execution.steps)) {
    const record = recordOf(execution, path);
    const run = record?.runs.at(-1);
    if (!record || run?.state !== "running" || run.round !== execution.round) continue;
    putRecord(draft, path, { ...record, runs: [...record.runs.slice(0, -1), shifted(run, byMs)] });
  }
}

function shifted(run: Extract<Run, { state: "running" }>, byMs: number): Run {
  const { waiting, deadline, remind } = run;
  return {
    ...run,
    waiting: waiting && shiftedWait(waiting, byMs),
    deadline: deadline === null ? null : deadline + byMs,
    remind: remind && { ...remind, at: remind.at + byMs },
  };
}

function shiftedWait(waiting: Waiting, byMs: number): Waiting {
  if ("look" in waiting && waiting.look !== undefined) return { ...waiting, look: waiting.look + byMs };
  if (!("until" in waiting) || waiting.until === null) return waiting;
  return { ...waiting, until: waiting.until + byMs };
}
