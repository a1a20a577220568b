import { parse } from "yaml";
import { isObject, type Json, type JsonObject, own } from "../core/json.ts";
import type { AgentDefinition, Workflow } from "../core/workflow.ts";
import { loadWorkflow } from "../definition/index.ts";

export interface Pinned {
  readonly text: string;
  readonly workflow: Workflow;
}

/**
 * The definition as executions are pinned to it: one text that needs no other file. Where the workflow uses agents of
 * `.hishamos/agents/`, they are written into its own `agents:` (as JSON, which is YAML), because a running execution keeps
 * the agents it started with, too; else it is the file as it is.
 */
export function pinAgents(
  text: string,
  workflow: Workflow,
  shared: ReadonlyMap<string, AgentDefinition>,
): Pinned {
  const used = new Map<string, AgentDefinition>();
  for (const { kind } of workflow.steps.steps) {
    if (kind.kind !== "agent") continue;
    const agent = shared.get(kind.agent);
    // The file's own agents win, so only one that is the very same is the shared one.
    if (agent !== undefined && workflow.agents.get(kind.agent) === agent) used.set(kind.agent, agent);
  }
  if (used.size === 0) return { text, workflow };
  // Its size and aliases were bounded when it was loaded.
  const top = parse(text, { maxAliasCount: -1 }) as Json;
  const wrapped = isObject(top) ? own(top, "workflow") : undefined;
  const map = isObject(wrapped) ? wrapped : top;
  if (!isObject(map)) throw new Error(`${workflow.path} was loaded, but is not a map`);
  const agents = own(map, "agents");
  const added = [...used].map(([name, agent]): [string, Json] => [name, written(agent)]);
  const bundled = JSON.stringify({
    ...map,
    agents: { ...(isObject(agents) ? agents : {}), ...Object.fromEntries(added) },
  });
  const loaded = loadWorkflow(bundled, workflow.path);
  if (!("workflow" in loaded)) {
    throw new Error(`${workflow.path} with its agents: ${JSON.stringify(loaded.problems)}`);
  }
  return { text: bundled, workflow: loaded.workflow };
}

/** An agent as a file has it. */
function written(agent: AgentDefinition): JsonObject {
  const { tokens, timeoutMs, steps } = agent.limits;
  const limits: JsonObject = {
    ...(tokens === null ? {} : { tokens }),
    ...(timeoutMs === null ? {} : { timeout: `${timeoutMs}ms` }),
    ...(steps === null ? {} : { steps }),
  };
  return {
    instructions: agent.instructions,
    ...(agent.engines.length === 0 ? {} : { engine: agent.engines }),
    ...(agent.outputSchema === null ? {} : { output_schema: agent.outputSchema }),
    ...(agent.produces === null ? {} : { produces: agent.produces }),
    ...(agent.tools.length === 0 ? {} : { tools: agent.tools }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}
