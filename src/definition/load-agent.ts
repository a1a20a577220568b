import type { Problem } from "../core/problem.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import { readAgent } from "./agents.ts";
import { stemOf } from "./paths.ts";
import { Problems } from "./problems.ts";
import { Source } from "./source.ts";
import { checkStructure } from "./structure.ts";
import { child, textOf } from "./tree.ts";
import { unwrap } from "./unwrap.ts";
import { readYaml } from "./yaml.ts";

export type LoadedAgent =
  | { readonly agent: AgentDefinition; readonly problems: readonly [] }
  | { readonly problems: readonly Problem[] };

/** Reads a file of `.hishamos/agents/`, with or without the `agent:` wrapper. Never throws. */
export function loadAgent(text: string, path: string): LoadedAgent {
  const problems = new Problems(new Source(text, path));
  const top = readYaml(problems, 'An agent begins with "name:" and "instructions:".');
  if (top === null) return { problems: problems.list() };
  const map = unwrap(top, "agent", problems);
  checkStructure(map, "agent", problems);
  const agent = readAgent(textOf(child(map, "name")) ?? stemOf(path), map, problems);
  return problems.any ? { problems: problems.list() } : { agent, problems: [] };
}
