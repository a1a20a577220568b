import type { AgentDefinition } from "../../core/workflow.ts";
import { type Change, changedFacts, type Facts, factsOf } from "./change.ts";
import { hasMore } from "./loosened.ts";
import { duration } from "./steps.ts";

/** What changed of an agent; null: there was none. More tools than before loosen. */
export function compareAgents(
  name: string,
  before: AgentDefinition | null,
  after: AgentDefinition | null,
): readonly Change[] {
  return changedFacts(
    { part: "agents", name },
    factsOfAgent(before),
    factsOfAgent(after),
    (key) => key === "tools" && hasMore(before?.tools ?? [], after?.tools ?? []),
  );
}

function factsOfAgent(agent: AgentDefinition | null): Facts {
  if (agent === null) return new Map();
  const { limits } = agent;
  return factsOf({
    name: agent.name,
    engine: agent.engines,
    instructions: agent.instructions,
    output_schema: agent.outputSchema,
    produces: agent.produces,
    tools: agent.tools,
    "limits.tokens": limits.tokens,
    "limits.cost_usd": limits.costUsd,
    "limits.timeout": duration(limits.timeoutMs),
    "limits.steps": limits.steps,
  });
}
