import type { Event, RunRef } from "../../core/event.ts";
import type { Execution } from "../../core/execution.ts";
import { newExecution, owedEffects, transition } from "../../core/index.ts";
import { isObject, type Json } from "../../core/json.ts";
import { allSteps, staticPath, stepAt } from "../../core/locate.ts";
import { unreachable } from "../../core/problem.ts";
import type { AgentDefinition, Step, Workflow } from "../../core/workflow.ts";
import { resolveInputs } from "../inputs.ts";
import type { Rehearsal } from "../ports/rehearsal.ts";
import { guessedOutcome, type Outcome, type Recorded, type Recording, recordedOutcome } from "./outcome.ts";
import { mostSteps, standInFor } from "./stand-in.ts";
import { Visits } from "./visits.ts";

type Start = Omit<Parameters<typeof newExecution>[1], "id" | "installation" | "commit">;
type Walked = Extract<Rehearsal, { result: "walked" }>;

/** What is known besides the definition. */
export interface Known {
  readonly recording: Recording | null;
  /** The agents that steps may name though no file of the repository defines them. */
  readonly roles: ReadonlyMap<string, AgentDefinition>;
  /** True once it has taken too long: expressions may be as costly as their bounds allow, and there may be many. */
  readonly isLate: () => boolean;
}

interface Around {
  readonly depth: number;
  /** Outcomes that may still be given, children's included. */
  readonly budget: { left: number };
}

/** Children of children beyond this are taken to end well. */
const deepest = 5;

/**
 * Walks through a workflow by the core's own rules, and does nothing: what really came of a step where `recording` knows it,
 * else that it went well. Pure.
 */
export function walk(workflow: Workflow, start: Start, known: Known): Rehearsal {
  return walkWithin(workflow, start, known, { depth: 0, budget: { left: mostSteps } }).rehearsal;
}

function walkWithin(
  workflow: Workflow,
  start: Start,
  { recording, roles, isLate }: Known,
  { depth, budget }: Around,
): { readonly rehearsal: Rehearsal; readonly execution: Execution | null } {
  const { at } = start;
  const standIn = standInFor(workflow, isLate);
  const blank = newExecution(workflow, { ...start, id: "rehearsal", installation: null, commit: null });
  const inputs = resolveInputs(workflow, blank, start.input, at);
  if ("problems" in inputs) {
    return { rehearsal: { result: "invalid", problems: inputs.problems }, execution: null };
  }
  const agents = new Map([...roles, ...workflow.agents]);
  const placeOf = placesIn(workflow);
  const visits = new Visits();
  let execution: Execution = { ...blank, input: inputs.input, slot: null };
  let recorded = true;

  const take = (event: Event) => {
    const next = transition(standIn, execution, event);
    if ("problem" in next) throw new Error(`a rehearsal was refused: ${next.problem.message}`);
    visits.note(execution, next.execution, placeOf);
    execution = next.execution;
  };

  const outcomeOfChild = (step: Step, run: RunRef, input: Json): Outcome | null => {
    const child = step.kind.kind === "workflow" ? workflow.children.get(step.kind.workflow) : undefined;
    if (!child || depth >= deepest) return null;
    const given = { ...start, input: isObject(input) ? input : {} };
    const inner = walkWithin(child, given, { recording: null, roles, isLate }, { depth: depth + 1, budget });
    if (inner.rehearsal.result === "walked") visits.add(run.path, inner.rehearsal.visits);
    return outcomeOf(inner.rehearsal, inner.execution?.outputs ?? null);
  };

  take({ type: "started", at });
  for (; execution.state === "running" && budget.left > 0 && !isLate(); budget.left--) {
    const owed = owedEffects(standIn, execution).flatMap((effect) => {
      if (effect.type !== "run_step") return [];
      const { run, input } = effect;
      const step = stepAt(workflow, run.path)?.step;
      if (!step) throw new Error(`no step ${run.path} in ${workflow.path}`);
      const known = recording && recordedOutcome(recording, run.path, run.visit, { step, workflow });
      return [{ run, input, step, known }];
    });
    const [first] = owed.toSorted(
      (a, b) => endedAt(a.known) - endedAt(b.known) || placeOf(a.run.path) - placeOf(b.run.path),
    );
    if (!first) break;
    const { run, step, input, known } = first;
    recorded &&= known !== null;
    const outcome = known?.outcome ?? outcomeOfChild(step, run, input) ?? guessedOutcome(step, agents, at);
    take(eventOf(run, outcome, start));
  }
  const end = isLate() ? unfinished : endOf(execution, workflow);
  return { rehearsal: { ...end, visits: visits.list(), recorded }, execution };
}

const unfinished = { result: "walked", state: "unfinished", error: null } as const;

/** A path's place in the file. */
function placesIn(workflow: Workflow): (path: string) => number {
  const places = new Map([...allSteps(workflow)].map(([path, { order }]) => [path, order]));
  return (path) => places.get(staticPath(path)) ?? 0;
}

/** What is not known ended after all that is. */
function endedAt(known: Recorded | null): number {
  return known?.endedAt ?? Number.MAX_SAFE_INTEGER;
}

function eventOf(run: RunRef, outcome: Outcome, { at, actor: by }: Start): Event {
  switch (outcome.type) {
    case "succeeded":
      return { type: "step_succeeded", at, run, output: outcome.output, effects: [] };
    case "failed":
      return { type: "step_failed", at, run, error: outcome.error, output: outcome.output, effects: [] };
    case "skipped": {
      const id = `skip ${run.path}#${run.visit}`;
      return { type: "commanded", id, at, command: "skip", by, step: run.path, reason: null };
    }
    default:
      return unreachable(outcome);
  }
}

/** What a child's end is to the step that runs it. */
function outcomeOf(child: Rehearsal, outputs: Json): Outcome {
  if (child.result === "walked" && child.state !== "failed") return { type: "succeeded", output: outputs };
  const reason =
    child.result === "invalid"
      ? child.problems.map(({ message }) => message).join("; ")
      : (child.error?.message ?? "");
  const message = `the workflow it ran failed: ${reason}`;
  return { type: "failed", error: { code: "child_failed", message, class: "error" }, output: outputs };
}

function endOf(
  { state, ending }: Execution,
  { limits }: Workflow,
): Pick<Walked, "result" | "state" | "error"> {
  const error = ending?.error ?? null;
  const cut = error?.code === "max_steps" && limits.maxSteps > mostSteps;
  const isOver = state === "completed" || state === "failed" || state === "cancelled";
  if (!isOver || cut) return unfinished;
  return { result: "walked", state, error: state === "completed" ? null : error };
}
