import type { ProblemMeaning, ProblemOf } from "../core/problem.ts";

/** What can be wrong with the files that a rehearsal is told to play; the documentation is made from it. */
export const rehearsalProblems = {
  HOS801: {
    title: "The scenario can't be played",
    help: "A scenario says who there is, what starts it, and who answers what, each answer with exactly one deed. The message names the place.",
  },
  HOS802: {
    title: "The event file can't be played",
    help: 'It takes the JSON payload of a webhook, bare where it has an issue, a pull request or a comment, else as {"event": NAME, "payload": {…}} or with the name beside it: --event NAME --payload FILE. --event schedule starts what the clock starts.',
  },
  HOS803: {
    title: "A file can't be read",
    help: "There is no such file, or this user may not read it. Paths are taken from the directory that the command runs in.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type RehearsalProblem = ProblemOf<typeof rehearsalProblems>;
