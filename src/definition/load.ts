import { createHash } from "node:crypto";
import type { Problem } from "../core/problem.ts";
import type { AgentDefinition, Workflow } from "../core/workflow.ts";
import { readAgent } from "./agents.ts";
import { Problems } from "./problems.ts";
import { Source } from "./source.ts";
import { checkStructure } from "./structure.ts";
import { child, type MapTree, mapOf, textOf } from "./tree.ts";
import { readWorkflow, stemOf } from "./workflow.ts";
import { readYaml } from "./yaml.ts";

export type LoadedWorkflow =
  | { readonly workflow: Workflow; readonly problems: readonly [] }
  | { readonly problems: readonly Problem[] };

export type LoadedAgent =
  | { readonly agent: AgentDefinition; readonly problems: readonly [] }
  | { readonly problems: readonly Problem[] };

export interface LoadOptions {
  /** Agents that steps may name besides the shipped roles and the file's own, which win. */
  readonly agents?: ReadonlyMap<string, AgentDefinition>;
  /** The text's hash; SHA-256 in hex by default. */
  readonly hash?: (text: string) => string;
}

/**
 * Reads a definition, YAML 1.2 or JSON, with or without the `workflow:` wrapper. Either the workflow, or all its
 * problems in the order of the text, each with path and position; it never throws, whatever the text.
 */
export function loadWorkflow(text: string, path: string, options: LoadOptions = {}): LoadedWorkflow {
  const problems = new Problems(new Source(text, path));
  const top = readYaml(problems);
  if (top === null) return { problems: problems.list() };
  const map = unwrap(top, "workflow", problems);
  checkStructure(map, "workflow", problems);
  const { agents = new Map(), hash = sha256 } = options;
  const workflow = readWorkflow(map, { path, hash: hash(text), agents }, problems);
  return problems.any ? { problems: problems.list() } : { workflow, problems: [] };
}

/** Reads a file of `.hishamos/agents/`, with or without the `agent:` wrapper. Never throws. */
export function loadAgent(text: string, path: string): LoadedAgent {
  const problems = new Problems(new Source(text, path));
  const top = readYaml(problems);
  if (top === null) return { problems: problems.list() };
  const map = unwrap(top, "agent", problems);
  checkStructure(map, "agent", problems);
  const agent = readAgent(textOf(child(map, "name")) ?? stemOf(path), map, problems);
  return problems.any ? { problems: problems.list() } : { agent, problems: [] };
}

/** The map under the wrapper's key, where there is one; keys beside it are told. */
function unwrap(top: MapTree, wrapper: string, problems: Problems): MapTree {
  const inner = mapOf(child(top, wrapper));
  if (!inner) return top;
  for (const [key, entry] of top.entries) {
    if (key === wrapper) continue;
    problems.add("unknownKey", entry.key, `unknown key "${key.slice(0, 60)}" beside "${wrapper}"`, {
      hint: `Indent it under ${wrapper}.`,
    });
  }
  return inner;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
