import type { AgentEngine } from "./engine.ts";
import { renderQuestion } from "./question.ts";

/**
 * Hands the work to a person: the step waits, with the question, until somebody answers or, for a pull request,
 * until one is linked. It talks to nobody itself; the reporter asks on the subject.
 */
export function createHumanEngine(): AgentEngine {
  return {
    name: "human",
    canRun: () => true,
    async run({ agent, request }) {
      return {
        type: "parked",
        waiting: {
          for: "person",
          agent: agent.name,
          question: renderQuestion(agent, request.input, request.execution),
          outputSchema: agent.outputSchema,
          produces: agent.produces,
        },
        effects: [],
      };
    },
  };
}
