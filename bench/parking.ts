import { createHash } from "node:crypto";
import { formatProblem } from "../src/core/problem.ts";
import { loadWorkflow } from "../src/definition/index.ts";
import type { StartRequest, StepRunner } from "../src/engine/ports/index.ts";
import { resultOf, startOf } from "./load.ts";

const text = `name: Parked
steps:
  - { id: report, action: issues.createComment, inputs: { issue_number: "{{ subject.number }}", body: "Thank you." } }
  - { id: wait, wait_for: issue_comment.created }
  - { id: close, action: issues.update, inputs: { issue_number: "{{ subject.number }}", state: closed } }
permissions: { issues: write }
`;
const path = ".hishamos/parked.yml";
const loaded = loadWorkflow(text, path);
if (!("workflow" in loaded)) throw new Error(loaded.problems.map(formatProblem).join("\n"));
const { workflow } = loaded;

export function parkingStart(number: number): StartRequest {
  return { ...startOf(number), workflow, text };
}

/** Id of the parked execution of this number. */
export function idOf(number: number): string {
  return createHash("sha256").update(`parked-${number}`).digest("hex").slice(0, 32);
}

/** Answers at once; `called` hears of the step after the wait. */
export function parkingRunner(called: (executionId: string) => void): StepRunner {
  return {
    async run({ step, execution: { id } }) {
      if (step.id === "close") called(id);
      return resultOf(step.id);
    },
  };
}
