import { type Expression, isTrue } from "../../core/expression.ts";
import { innerList } from "../../core/locate.ts";
import type { Step, StepKind, StepList, Workflow } from "../../core/workflow.ts";
import { isGuess } from "./outcome.ts";

/** Steps that a rehearsal enters: enough to see where two definitions part, few enough for any definition. */
export const mostSteps = 200;

const known = new WeakMap<Workflow, Workflow>();

/**
 * The workflow with every step's own work and every wait replaced by something that is owed at once, so that a walk needs
 * no clock, no people and no GitHub: only outcomes. Conditions, routes, groups, loops and bounds stay what they are.
 */
export function standInFor(workflow: Workflow): Workflow {
  let found = known.get(workflow);
  if (!found) {
    const { limits } = workflow;
    const maxSteps = Math.min(limits.maxSteps, mostSteps);
    found = {
      ...workflow,
      steps: standInList(workflow.steps),
      finally: workflow.finally && standInList(workflow.finally),
      limits: { ...limits, maxSteps, timeoutMs: null, tokens: null, costUsd: null },
    };
    known.set(workflow, found);
  }
  return found;
}

function standInList(list: StepList): StepList {
  const steps = list.steps.map(standInStep);
  return { ...list, steps, byId: new Map(steps.map((step) => [step.id, step])) };
}

const work: StepKind = { kind: "action", action: "rehearsed" };

function standInStep(step: Step): Step {
  const { kind, retry, repeat, failIf } = step;
  const list = innerList(step);
  return {
    ...step,
    kind:
      list && (kind.kind === "parallel" || kind.kind === "steps")
        ? { ...kind, steps: standInList(list) }
        : work,
    // The outcome is the last attempt's.
    retry: { ...retry, maxAttempts: 1 },
    timeoutMs: null,
    remind: null,
    // An output that was assumed to be good neither fails a step nor keeps a loop going.
    failIf: failIf && unlessGuessed(failIf, false),
    repeat: repeat && { ...repeat, everyMs: 0, until: repeat.until && unlessGuessed(repeat.until, true) },
  };
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
