import type { Execution, Run, StepError } from "../../core/execution.ts";
import { isObject, type Json, own } from "../../core/json.ts";
import { idOf, stepAt } from "../../core/locate.ts";
import { unreachable } from "../../core/problem.ts";
import type { AgentDefinition, Step, Workflow } from "../../core/workflow.ts";
import { sample } from "./sample.ts";

/** What came, or is taken to have come, of a step's work. */
export type Outcome =
  | { readonly type: "succeeded"; readonly output: Json }
  | { readonly type: "failed"; readonly error: Omit<StepError, "step">; readonly output: Json }
  | { readonly type: "skipped" };

/** An execution that really ran, and the definition it ran. */
export interface Recording {
  readonly execution: Execution;
  readonly workflow: Workflow;
}

export interface Recorded {
  readonly outcome: Outcome;
  /** When it ended (ms): of steps side by side the first may decide. */
  readonly endedAt: number;
}

/**
 * What came of this visit when it really ran; null where it did not come to an end, or where the step is another one by
 * now: an action's result says nothing about another action.
 */
export function recordedOutcome(
  recording: Recording,
  path: string,
  visit: number,
  now: { readonly step: Step; readonly workflow: Workflow },
): Recorded | null {
  const known = knownPath(recording.execution, path);
  const then = known === null ? null : stepAt(recording.workflow, known);
  if (known === null || then === null || !isSameWork(then.step, recording.workflow, now)) return null;
  const runs = own(recording.execution.steps, known)?.runs ?? [];
  // Of many visits the first are no longer kept: they are taken to have been as the oldest one that is.
  const [oldest] = runs;
  const run = runs.findLast((each) => each.visit === visit);
  const found = run ?? (oldest && oldest.visit > visit ? oldest : undefined);
  const outcome = found && outcomeOf(found);
  return outcome && found.state !== "running" ? { outcome, endedAt: found.endedAt } : null;
}

/** The path itself, or the only one that ends in the same step: it may have been moved into a group. */
function knownPath(execution: Execution, path: string): string | null {
  if (Object.hasOwn(execution.steps, path)) return path;
  const index = path.slice(path.search(/(?:\[\d*\])?$/));
  const [only, second] = Object.keys(execution.steps).filter(
    (each) => idOf(each) === idOf(path) && each.slice(each.search(/(?:\[\d*\])?$/)) === index,
  );
  return only !== undefined && second === undefined ? only : null;
}

function isSameWork(
  then: Step,
  before: Workflow,
  now: { readonly step: Step; readonly workflow: Workflow },
): boolean {
  const [was, is] = [then.kind, now.step.kind];
  if (was.kind === "action" && is.kind === "action") return was.action === is.action;
  if (was.kind === "workflow" && is.kind === "workflow") {
    const hash = before.children.get(was.workflow)?.hash;
    return hash !== undefined && hash === now.workflow.children.get(is.workflow)?.hash;
  }
  return was.kind === is.kind;
}

function outcomeOf(run: Run): Outcome | null {
  switch (run.state) {
    case "running":
      return null;
    case "completed":
      return { type: "succeeded", output: run.output };
    case "skipped":
      return run.reason === "command" ? { type: "skipped" } : null;
    case "failed": {
      const { code, message, class: failureClass } = run.error;
      // Its own output decided, and may decide otherwise now.
      if (code === "fail_if") return { type: "succeeded", output: run.output };
      // Its work was never begun.
      if (code === "expression") return null;
      return { type: "failed", error: { code, message, class: failureClass }, output: run.output };
    }
    default:
      return unreachable(run);
  }
}

const guesses = new WeakSet<object>();

/** Whether the value, or something near its surface, was assumed and not recorded. */
export function isGuess(value: Json, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (guesses.has(value)) return true;
  return depth < 3 && Object.values(value).some((inner) => isGuess(inner, depth + 1));
}

/** That it goes well: agents answer by their schema, people approve, what is waited for comes. */
export function guessedOutcome(
  step: Step,
  agents: ReadonlyMap<string, AgentDefinition>,
  at: number,
): Outcome {
  const output = guessedOutput(step, agents, at);
  if (typeof output === "object" && output !== null) guesses.add(output);
  return { type: "succeeded", output };
}

function guessedOutput({ kind }: Step, agents: ReadonlyMap<string, AgentDefinition>, at: number): Json {
  switch (kind.kind) {
    case "agent": {
      const agent = agents.get(kind.agent);
      if (agent?.produces === "pull_request") return { pull_request: pullRequest("open"), summary: "" };
      const answer = agent?.outputSchema ? sample(agent.outputSchema) : {};
      // An object of its own, so that nothing else is taken for a guess.
      return isObject(answer) ? { ...answer } : answer;
    }
    case "action":
      if (kind.action !== "actions.run") return {};
      return { run_id: 1, url: "", conclusion: "success", head_sha: commit, results: null };
    case "approval":
      return { approved: true, by: ["somebody"], at, reason: null };
    case "wait_for_pull_request":
      return pullRequest(kind.state);
    case "delay":
      return null;
    case "wait_for":
    case "wait_for_checks":
    case "workflow":
    case "parallel":
    case "steps":
      return {};
    default:
      return unreachable(kind);
  }
}

const commit = "0".repeat(40);

function pullRequest(state: "open" | "merged" | "closed") {
  return { number: 1, url: "", branch: "change", head_sha: commit, state };
}
