import { end } from "./after.ts";
import { type Draft, putRecord, putRun, recordOf } from "./draft.ts";
import { deadlineOf, goOn } from "./enter.ts";
import type { Event } from "./event.ts";
import { unreachable } from "./problem.ts";
import { runAt } from "./results.ts";
import { fail, succeed } from "./settle.ts";

type TimerFired = Extract<Event, { type: "timer_fired" }>;

/** A timer of a run; one that is not due, or not this run's any more, changes nothing. */
export function takeTimer(draft: Draft, event: TimerFired): void {
  const found = runAt(draft, event.run);
  if (!found || draft.execution.state !== "running") return;
  const { step, run } = found;
  const { at } = draft;
  switch (event.timer) {
    case "retry": {
      if (run.waiting?.for !== "retry" || run.waiting.until > at) return;
      putRun(draft, step.id, {
        ...run,
        attempt: run.attempt + 1,
        waiting: null,
        deadline: deadlineOf(step, at),
        remind: step.remind ? { at: at + step.remind.everyMs, sent: 0 } : null,
      });
      return;
    }
    case "delay":
      if (run.waiting?.for !== "delay" || run.waiting.until > at) return;
      succeed(draft, step, run, null);
      break;
    case "timeout": {
      if (run.deadline === null || run.deadline > at) return;
      const message = `no result after ${(step.timeoutMs ?? 0) / 1000} s`;
      fail(draft, step, { ...run, inDoubt: true }, { code: "timeout", message, class: "timeout" });
      break;
    }
    case "remind": {
      if (!run.remind || run.remind.at > at || !step.remind) return;
      const sent = run.remind.sent + (run.waiting ? 1 : 0);
      const more = sent < step.remind.max;
      const remind = { at: more ? at + step.remind.everyMs : Number.MAX_SAFE_INTEGER, sent };
      putRun(draft, step.id, { ...run, remind });
      return;
    }
    case "repeat":
      return;
    default:
      return unreachable(event.timer);
  }
  goOn(draft, step);
}

/** The execution's own deadline. */
export function takeTimeout(draft: Draft, round: number): void {
  const { deadline, state } = draft.execution;
  if (state !== "running" || round !== draft.execution.round || deadline === null || deadline > draft.at)
    return;
  const message = `not finished after ${(draft.workflow.limits.timeoutMs ?? 0) / 1000} s`;
  end(draft, { state: "failed", error: { step: "", code: "timeout", message, class: "timeout" } });
}

/** All times of the current round move by the length of a pause (ms). */
export function shiftTimes(draft: Draft, byMs: number): void {
  const { execution } = draft;
  if (execution.deadline !== null) execution.deadline += byMs;
  for (const path of Object.keys(execution.steps)) {
    const record = recordOf(execution, path);
    const run = record?.runs.at(-1);
    if (!record || run?.state !== "running" || run.round !== execution.round) continue;
    const { waiting, deadline, remind } = run;
    const shifted = {
      ...run,
      waiting:
        waiting && "until" in waiting && waiting.until !== null
          ? { ...waiting, until: waiting.until + byMs }
          : waiting,
      deadline: deadline === null ? null : deadline + byMs,
      remind: remind && { ...remind, at: remind.at + byMs },
    };
    putRecord(draft, path, { ...record, runs: [...record.runs.slice(0, -1), shifted] });
  }
}
