export { type AnswerChecks, checkCase } from "./check.ts";
export { checkTests, type TestedWorkflows, unknownWorkflow } from "./check-file.ts";
export { problemAt } from "./place.ts";
export { answerDeeds, readTests } from "./read.ts";
export { entryFor, type NamedStep, namedSteps, pathOf } from "./steps.ts";
export type {
  Answer,
  Expectation,
  ExpectedStep,
  GitHubState,
  StepState,
  TestCase,
  TestEvent,
} from "./types.ts";
