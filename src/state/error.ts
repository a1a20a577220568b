import { formatProblem } from "../core/problem.ts";
import type { StateProblem } from "./problems.ts";

/** The database can't be used as it is, and a person can change that: `problem` says what is wrong and the way out. */
export class StateError extends Error {
  readonly problem: StateProblem;

  constructor(problem: StateProblem, cause?: unknown) {
    super(formatProblem(problem), cause === undefined ? undefined : { cause });
    this.name = "StateError";
    this.problem = problem;
  }
}

export function newerSchema(where: string, found: number, known: number): StateError {
  return new StateError({
    code: "HOS603",
    message: `${where} was written by a newer release (schema ${found}, this release knows ${known}).`,
    hint: "Start the newer release, or restore a backup made before the upgrade.",
  });
}

export function closed(): Error {
  return new Error("the stores are closed");
}
