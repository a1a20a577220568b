import type { ProblemMeaning, ProblemOf } from "../core/problem.ts";

/** What can be wrong with the configuration of the language model; the documentation is made from it. */
export const modelProblems = {
  HOS641: {
    title: "HISHAMOS_MODEL names no model",
    help: "Its form is PROVIDER:MODEL, with one of the providers that the message lists.",
  },
  HOS642: {
    title: "HISHAMOS_MODEL_URL can't be used",
    help: "It is the http or https address of an API in OpenAI's form, without user, password, query or fragment. Keys go into a variable of their own.",
  },
  HOS643: {
    title: "No usable API key",
    help: "The provider needs a key in the variable that the message names, copied without spaces and line breaks.",
  },
  HOS644: {
    title: "HISHAMOS_MODEL_PRICE is no price",
    help: "It is US dollars per million tokens read and written, INPUT:OUTPUT, as 3:15. Without it the list price counts, where the model has one.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type ModelProblem = ProblemOf<typeof modelProblems>;
