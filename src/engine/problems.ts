import type { ProblemMeaning, ProblemOf } from "../core/problem.ts";

/** What can stand against a start; the documentation is made from it. */
export const inputProblems = {
  HOS321: {
    title: "An input is missing",
    help: "The workflow can't start without it: nobody gave it, and neither `from` nor `default` has a value. Give it with the command, or declare where it comes from.",
  },
  HOS322: {
    title: "The workflow has no such input",
    help: "The start gave an input that the workflow doesn't list; the message lists those there are.",
  },
  HOS323: {
    title: "An input of the wrong type",
    help: "The input's value doesn't fit the `type` that the workflow declares for it; the message says what it takes.",
  },
  HOS324: {
    title: "The concurrency group can't be told",
    help: "The template of `concurrency.group` can't be evaluated for this start, or gives more than 200 characters; the message says why. It may use inputs, the event and the subject.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type InputProblem = ProblemOf<typeof inputProblems>;
