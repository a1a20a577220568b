import type { Execution, Waiting } from "../../core/execution.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { Wait } from "../../engine/ports/index.ts";
import {
  anyWriter,
  decidersOf,
  limitOf,
  type WaitingStep,
  waitingSteps,
  waitingWords,
} from "../report/waiting.ts";

/** What the execution's steps wait for, and by whom it can be answered, as the sticky comment tells it. */
export function waitsOf(workflow: Workflow, execution: Execution): readonly Wait[] {
  if (execution.state !== "running") return [];
  return waitingSteps(workflow, execution).map((one) => ({
    step: one.path,
    what: waitingWords(one.waiting),
    who: whoOf(workflow, execution, one),
    answer: answerTo(one.waiting),
  }));
}

/** A pull request alone is not told by values: GitHub tells of it. */
function answerTo(waiting: Waiting): JsonObject | null {
  if (waiting.for !== "person") return null;
  return waiting.outputSchema ?? (waiting.produces === null ? {} : null);
}

function whoOf(workflow: Workflow, execution: Execution, { step, waiting }: WaitingStep): string | null {
  if (waiting.for === "person") return limitOf(workflow, execution, "done") ?? anyWriter;
  if (waiting.for !== "approval" || step.kind.kind !== "approval") return null;
  const limit = limitOf(workflow, execution, "approve");
  const deciders = decidersOf(step.kind);
  return limit === null ? deciders : `${deciders}; of these ${limit}`;
}
