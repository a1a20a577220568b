import { takeCommand } from "./command.ts";
import { takeDecision } from "./decide.ts";
import { type Draft, draftOf } from "./draft.ts";
import type { Effect } from "./effect.ts";
import type { Event, RunRef } from "./event.ts";
import type { Execution } from "./execution.ts";
import { dueOf, newEffects } from "./owed.ts";
import { type Problem, unreachable } from "./problem.ts";
import { takeGitHubEvent } from "./received.ts";
import { refuse } from "./refusal.ts";
import { takeChild, takeResult } from "./results.ts";
import { start } from "./start.ts";
import { isTerminal } from "./tables.ts";
import { takeTimeout, takeTimer } from "./timers.ts";
import type { Workflow } from "./workflow.ts";

export type Transition =
  | { readonly execution: Execution; readonly effects: readonly Effect[] }
  | { readonly problem: Problem };

/**
 * The core: what an event makes of an execution, and what is owed to the world then. Pure. An event that is
 * late, repeated or not this execution's concern changes nothing (the same object comes back, no effects);
 * a person's command that can't be followed is a problem to tell them.
 */
export function transition(workflow: Workflow, execution: Execution, event: Event): Transition {
  if (isConsumed(execution, event) || defers(execution, event)) return { execution, effects: [] };
  const draft = draftOf(workflow, execution, event.at);
  const refused = take(draft, event);
  if (refused) return refused;
  if (!hasChanged(execution, draft.execution)) return { execution, effects: [] };
  if (isMessage(event)) draft.execution.consumed = [...draft.execution.consumed, event.id];
  draft.execution.updatedAt = event.at;
  draft.execution.due = dueOf(draft.execution);
  const next = draft.execution;
  return {
    execution: next,
    // Told to those who ask: the engine takes in several events at once and asks what is owed after all of them.
    get effects() {
      return newEffects(workflow, execution, next, endedRun(event));
    },
  };
}

/**
 * A paused execution leaves events, decisions and answers where they are until it is resumed. One that is held back has
 * not begun: an event may still make it moot.
 */
export function defers(execution: Execution, event: Event): boolean {
  if (execution.held !== null) return false;
  const waits =
    event.type === "event_received" || event.type === "decided" || event.type === "child_finished";
  return execution.state === "paused" && waits;
}

function isMessage(event: Event): event is Event & { readonly id: string } {
  return "id" in event;
}

function isConsumed(execution: Execution, event: Event): boolean {
  return isMessage(event) && execution.consumed.includes(event.id);
}

function take(draft: Draft, event: Event): { readonly problem: Problem } | null {
  const { execution } = draft;
  switch (event.type) {
    case "started":
      start(draft);
      return null;
    case "step_succeeded":
    case "step_failed":
    case "step_parked":
      takeResult(draft, event);
      return null;
    case "timer_fired":
      takeTimer(draft, event);
      return null;
    case "timed_out":
      takeTimeout(draft, event.round);
      return null;
    case "event_received":
      if (!isTerminal(execution.state)) takeGitHubEvent(draft, event);
      return null;
    case "decided":
      if (isTerminal(execution.state)) return refuse("HOS304", `the execution is ${execution.state}`);
      return takeDecision(draft, event);
    case "commanded":
      return takeCommand(draft, event);
    case "child_finished":
      takeChild(draft, event);
      return null;
    case "subject_adopted":
      execution.subject ??= event.subject;
      return null;
    default:
      return unreachable(event);
  }
}

function hasChanged(before: Execution, now: Execution): boolean {
  return (Object.keys(now) as (keyof Execution)[]).some((key) => now[key] !== before[key]);
}

function endedRun(event: Event): RunRef | null {
  return event.type === "step_succeeded" || event.type === "step_failed" || event.type === "step_parked"
    ? event.run
    : null;
}
