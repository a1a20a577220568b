import { grant } from "./budget.ts";
import { isApproval, isStep, named, unknownStep } from "./decide.ts";
import { atWork, currentRun, type Draft, note, reasonOf } from "./draft.ts";
import { end, finish } from "./ending.ts";
import { advance, goOn } from "./enter.ts";
import type { Commanded } from "./event.ts";
import type { Entry } from "./execution.ts";
import { groupOf } from "./group.ts";
import { cancelInside, isInside } from "./inside.ts";
import { type Problem, unreachable } from "./problem.ts";
import { refuse } from "./refusal.ts";
import { retry } from "./retry.ts";
import { isInFinally } from "./scope.ts";
import { skip } from "./settle.ts";
import { start } from "./start.ts";
import { executionTable, isTerminal, nextExecutionState } from "./tables.ts";
import { shiftTimes } from "./timers.ts";

type Refused = { readonly problem: Problem } | null;

/** A command of a person; whether they may give it was asked before it got here. */
export function takeCommand(draft: Draft, event: Commanded): Refused {
  const { execution } = draft;
  const { command, by } = event;
  if (command === "allow") return allow(draft, by);
  if (command === "skip") return skipStep(draft, event);
  const next = nextExecutionState(execution.state, command);
  if (!next) return notNow(execution.state, command);
  if (command === "resume" && execution.held !== null) {
    return refuse(
      "HOS304",
      `it was started by ${execution.held} and waits to be allowed`,
      "Use allow, or cancel.",
    );
  }
  if (command !== "retry") note(draft, { by, what: command, step: null, ...reasonOf(event) });
  switch (command) {
    case "pause":
      execution.state = next;
      execution.pausedAt = draft.at;
      return null;
    case "resume":
      return resume(draft);
    case "cancel":
      cancel(draft, by);
      return null;
    case "retry":
      return retry(draft, event);
    default:
      return unreachable(command);
  }
}

function notNow(state: keyof typeof executionTable, command: string): Refused {
  const fits = Object.keys(executionTable[state]).filter((move) => !["complete", "fail"].includes(move));
  return refuse(
    "HOS304",
    `the execution is ${state}, which leaves nothing to ${command}`,
    `What fits now: ${fits.join(", ")}.`,
  );
}

/** A second cancel does not wait for what cleans up after the first. */
function cancel(draft: Draft, by: string): void {
  const { execution } = draft;
  if (execution.finalizing) {
    return finish(draft, { state: "cancelled", error: execution.ending?.error ?? null }, by);
  }
  execution.state = "running";
  execution.pausedAt = null;
  advance(draft, end(draft, { state: "cancelled", error: null }, by));
}

/** The start of an outsider may go on: it takes its concurrency group, or waits for it, and begins. */
function allow(draft: Draft, by: string): Refused {
  const { execution, workflow } = draft;
  if (execution.held === null) {
    return refuse("HOS304", `the execution is ${execution.state} and does not wait to be allowed`);
  }
  note(draft, { by, what: "allow", step: null });
  execution.held = null;
  execution.state = "running";
  execution.pausedAt = null;
  const group = groupOf(workflow, execution, draft.at);
  execution.wants = typeof group === "string" ? group : null;
  if (execution.wants === null) start(draft);
  return null;
}

function resume(draft: Draft): null {
  const { execution } = draft;
  shiftTimes(draft, draft.at - (execution.pausedAt ?? draft.at));
  execution.state = "running";
  execution.pausedAt = null;
  grant(draft);
  const { entering, ending, finalizing } = execution;
  execution.entering = [];
  if (!ending) advance(draft, entering);
  else if (finalizing && isInFinallyStill(draft, entering)) advance(draft, entering);
  else advance(draft, end(draft, ending));
  return null;
}

function isInFinallyStill({ execution }: Draft, entering: readonly Entry[]): boolean {
  const paths = Object.keys(execution.steps).filter(isInFinally);
  return entering.length > 0 || paths.some((path) => currentRun(execution, path)?.state === "running");
}

function skipStep(draft: Draft, event: Commanded): Refused {
  const { execution } = draft;
  if (isTerminal(execution.state)) return notNow(execution.state, "skip");
  const running = atWork(draft);
  // The innermost is meant where none is named: what is around it runs only because of it.
  const leaves = running.filter(({ run }) => run.waiting?.for !== "steps" && run.waiting?.for !== "repeat");
  const names = leaves.map(({ at }) => at.path).join(", ");
  const [found, second] = event.step === null ? leaves : named(running, event.step);
  if (second) return refuse("HOS302", `several steps are running: ${names}`, "Name the one to skip.");
  if (!found) return notRunning(draft, event.step, names);
  const { at, run } = found;
  const approval = [...running.filter((each) => isInside(each.at.path, at.path)), found].find(
    (each) => each.at.step.kind.kind === "approval",
  );
  if (approval) return isApproval(approval.at.path);
  note(draft, { by: event.by, what: "skip", step: at.path, ...reasonOf(event) });
  cancelInside(draft, at.path);
  skip(draft, at.path, run, "command");
  goOn(draft, at);
  return null;
}

function notRunning(draft: Draft, step: string | null, names: string): Refused {
  if (step !== null && !isStep(draft, step)) return unknownStep(draft, step);
  const hint = names ? `Running now: ${names}.` : undefined;
  return refuse("HOS301", step === null ? "no step is running" : `step ${step} is not running`, hint);
}
