import { type Expression, isTrue, type Template } from "../../core/expression.ts";
import type { Step, StepKind, StepList, Workflow } from "../../core/workflow.ts";
import { isGuess } from "./outcome.ts";

/** Steps that a rehearsal enters: enough to see where two definitions part, few enough for any definition. */
export const mostSteps = 200;

type IsLate = () => boolean;

/**
 * The workflow with every step's own work and every wait replaced by something that is owed at once, so that a walk needs
 * no clock, no people and no GitHub: only outcomes. Conditions, routes, groups, loops and bounds stay what they are; once
 * `isLate`, no expression is evaluated any more.
 */
export function standInFor(workflow: Workflow, isLate: IsLate): Workflow {
  const { limits } = workflow;
  const maxSteps = Math.min(limits.maxSteps, mostSteps);
  return {
    ...workflow,
    steps: standInList(workflow.steps, isLate),
    finally: workflow.finally && standInList(workflow.finally, isLate),
    outputs: workflow.outputs && inTime(workflow.outputs, isLate),
    limits: { ...limits, maxSteps, timeoutMs: null, tokens: null, costUsd: null },
  };
}

function standInList(list: StepList, isLate: IsLate): StepList {
  const steps = list.steps.map((step) => standInStep(step, isLate));
  return { ...list, steps, byId: new Map(steps.map((step) => [step.id, step])) };
}

function standInStep(step: Step, isLate: IsLate): Step {
  const { retry, repeat, failIf, forEach, condition, inputs, subject, unique } = step;
  return {
    ...step,
    kind: standInKind(step.kind, isLate),
    condition: condition && inTime(condition, isLate),
    inputs: inputs && inTime(inputs, isLate),
    subject: subject && inTime(subject, isLate),
    unique: unique && inTime(unique, isLate),
    forEach: forEach && { ...forEach, in: inTime(forEach.in, isLate) },
    // The outcome is the last attempt's.
    retry: { ...retry, maxAttempts: 1 },
    timeoutMs: null,
    remind: null,
    // An output that was assumed to be good neither fails a step nor keeps a loop going.
    failIf: failIf && unlessGuessed(inTime(failIf, isLate), false),
    repeat: repeat && {
      ...repeat,
      everyMs: 0,
      until: repeat.until && unlessGuessed(inTime(repeat.until, isLate), true),
    },
  };
}

function standInKind(kind: StepKind, isLate: IsLate): StepKind {
  if (kind.kind !== "parallel" && kind.kind !== "steps") return { kind: "action", action: "rehearsed" };
  return { ...kind, steps: standInList(kind.steps, isLate) };
}

function inTime<T extends Template>(template: T, isLate: IsLate): T {
  const evaluate: T["evaluate"] = (scope) =>
    isLate()
      ? { problem: { code: "late", message: "the rehearsal took too long" } }
      : template.evaluate(scope);
  return { ...template, evaluate };
}

function unlessGuessed(expression: Expression, assumed: boolean): Expression {
  return {
    source: expression.source,
    evaluate: (scope) => {
      const verdict = expression.evaluate(scope);
      if ("problem" in verdict || isTrue(verdict.value) === assumed) return verdict;
      return isGuess(scope.root("self") ?? null) ? { value: assumed } : verdict;
    },
  };
}
