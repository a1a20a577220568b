import type { ProblemMeaning, ProblemOf } from "../../core/problem.ts";

/** What the API refuses beside what commands are refused for; the documentation is made from it. */
export const gatewayProblems = {
  HOS340: {
    title: "There is no such issue or pull request",
    help: "The number names no issue or pull request of the workflow's repository, or one that was deleted or moved.",
  },
  HOS341: {
    title: "The request can't be taken like this",
    help: "The message says what is missing or does not fit. A comment with the same command would be refused for the same reason.",
  },
  HOS342: {
    title: "The path is no workflow's",
    help: "Workflows lie directly in `.hishamos/`, in files that end in .yml, .yaml or .json; `config.yml` holds settings.",
  },
} as const satisfies Record<string, ProblemMeaning>;

type GatewayProblem = ProblemOf<typeof gatewayProblems>;

export function gatewayProblem(code: GatewayProblem["code"], message: string): GatewayProblem {
  return { code, message };
}
