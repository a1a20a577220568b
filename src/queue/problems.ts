import { formatProblem, type ProblemMeaning, type ProblemOf } from "../core/problem.ts";

/** What can be wrong with the queue, as far as a person can change it; the documentation is made from it. */
export const queueProblems = {
  HOS611: {
    title: "The queue is newer than this release",
    help: "Where DATABASE_URL is set, several services share one queue in the schema hishamos_queue. A newer release has changed its tables, and this one might give the same work to two. Start the newer release, or restore a backup made before the upgrade.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type QueueProblem = ProblemOf<typeof queueProblems>;

/** The queue can't be used as it is, and a person can change that: `problem` says what is wrong and the way out. */
export class QueueError extends Error {
  readonly problem: QueueProblem;

  constructor(problem: QueueProblem) {
    super(formatProblem(problem));
    this.name = "QueueError";
    this.problem = problem;
  }
}
