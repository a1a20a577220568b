import type { ProblemMeaning, ProblemOf } from "../../core/problem.ts";

/** What can be wrong with a person's answer to a step; the documentation is made from it. */
export const answerProblems = {
  HOS631: {
    title: "The answer is too long",
    help: 'An answer is at most 256 words and 65,536 characters, the block below the command included. A text of several words is one word in quotes: summary="…".',
  },
  HOS632: {
    title: "The words are not key=value",
    help: 'After the step come key=value pairs, each key once. A value with spaces needs quotes around the whole of it; a list or map is JSON: files=["a"]. Longer answers fit better into a YAML block right below the command.',
  },
  HOS633: {
    title: "Unknown key",
    help: "The step's output_schema allows no key of this name; the message lists those it knows.",
  },
  HOS634: {
    title: "A value is missing",
    help: "The step's output_schema requires the key, and it was not given or still holds the … of the form to be filled in.",
  },
  HOS635: {
    title: "A value doesn't fit",
    help: "The value has another type than the step's output_schema asks for, or lies outside its bounds; the message says what it takes.",
  },
  HOS636: {
    title: "The step's output_schema can't be used",
    help: "No answer can be checked against it. Correct the agent's output_schema in the repository, then `/hishamos retry latest`.",
  },
  HOS637: {
    title: "The block below the command is not YAML",
    help: "The block is one map: a line of `key: value` for each, without aliases, in a code fence or without.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type AnswerProblem = ProblemOf<typeof answerProblems>;
