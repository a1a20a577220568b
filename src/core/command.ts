import { end, finish } from "./after.ts";
import { unknownStep } from "./decide.ts";
import { currentRun, type Draft, note } from "./draft.ts";
import { advance, goOn } from "./enter.ts";
import type { Commanded } from "./event.ts";
import { type Problem, unreachable } from "./problem.ts";
import { refuse } from "./refusal.ts";
import { retry } from "./retry.ts";
import { skip } from "./settle.ts";
import { executionTable, isTerminal, nextExecutionState } from "./tables.ts";
import { shiftTimes } from "./timers.ts";

type Refused = { readonly problem: Problem } | null;

/** A command of a person; whether they may give it was asked before it got here. */
export function takeCommand(draft: Draft, event: Commanded): Refused {
  const { execution } = draft;
  const { command, by } = event;
  if (command === "allow") return notNow(execution.state, command);
  if (command === "skip") return skipStep(draft, event);
  const next = nextExecutionState(execution.state, command);
  if (!next) return notNow(execution.state, command);
  if (command !== "retry") note(draft, { by, what: command, step: null });
  switch (command) {
    case "pause":
      execution.state = next;
      execution.pausedAt = draft.at;
      return null;
    case "resume":
      return resume(draft);
    case "cancel":
      finish(draft, { state: "cancelled", error: null }, by);
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

function resume(draft: Draft): null {
  const { execution } = draft;
  shiftTimes(draft, draft.at - (execution.pausedAt ?? draft.at));
  execution.state = "running";
  execution.pausedAt = null;
  const { entering, ending } = execution;
  execution.entering = [];
  if (ending) end(draft, ending);
  else advance(draft, entering);
  return null;
}

function skipStep(draft: Draft, event: Commanded): Refused {
  const { execution, workflow } = draft;
  if (isTerminal(execution.state)) return notNow(execution.state, "skip");
  const running = workflow.steps.steps.filter(({ id }) => currentRun(execution, id)?.state === "running");
  const named = event.step === null ? running : running.filter(({ id }) => id === event.step);
  const names = running.map(({ id }) => id).join(", ");
  const [step, second] = named;
  if (second) return refuse("HOS302", `several steps are running: ${names}`, "Name the one to skip.");
  if (!step) {
    if (event.step !== null && !workflow.steps.byId.has(event.step)) return unknownStep(draft, event.step);
    const hint = names ? `Running now: ${names}.` : undefined;
    return refuse(
      "HOS301",
      event.step === null ? "no step is running" : `step ${event.step} is not running`,
      hint,
    );
  }
  if (step.kind.kind === "approval") {
    return refuse(
      "HOS306",
      `${step.id} is an approval, which is given or refused, not skipped`,
      "Use approve or reject.",
    );
  }
  const run = currentRun(execution, step.id);
  if (run?.state !== "running") return null;
  note(draft, { by: event.by, what: "skip", step: step.id });
  skip(draft, step.id, run, "command");
  goOn(draft, step);
  return null;
}
