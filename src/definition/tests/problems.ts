import type { ProblemMeaning, ProblemOf } from "../../core/problem.ts";

/** What can be wrong with a test of a workflow; the documentation is made from it. */
export const testProblems = {
  HOS810: {
    title: "The test file has another form",
    help: "A test file names a workflow, an event or inputs, answers, and what is expected. The message says what stands where something else belongs.",
  },
  HOS811: {
    title: "The workflow under test can't be found or read",
    help: "`workflow` is the name of a file in the folder above the tests, without its ending, or a path from there. A definition with problems of its own can't be tested: `hishamos validate` tells them.",
  },
  HOS812: {
    title: "Unknown step in a test",
    help: "Answers and expectations name steps as the workflow does: `fix`, `checks/lint` for a step in a group, `each[0]` for an item, `fix#2` in answers for the second visit.",
  },
  HOS813: {
    title: "The answer doesn't fit the step",
    help: "An approval is answered by approve or reject, an agent or an action by output or fail, a pull request by pull_request, a wait by an event or by what somebody does.",
  },
  HOS814: {
    title: "The answer's output doesn't fit the agent's output_schema",
    help: "What a test lets an agent answer is held to the agent's output_schema, as the real answer would be.",
  },
  HOS815: {
    title: "The event can't be played",
    help: "An event has a name of GitHub's and its action, as issues.labeled, and as much of its payload as matters.",
  },
  HOS816: {
    title: "The case could not be played",
    help: "Somebody was to do what GitHub does not let them do, or the run came to no end. The message says what.",
  },
  HOS817: {
    title: "The case came out differently",
    help: "What the workflow did is not what the test expects. The difference is shown; either the workflow or the expectation is to be changed.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type TestProblem = ProblemOf<typeof testProblems>;
