import { formatProblem } from "../core/problem.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import { loadAgent } from "./load-agent.ts";
import { stemOf } from "./paths.ts";
import { shippedRoles } from "./roles.ts";

/** The agents that a workflow's steps may name, and which of them they did. */
export interface Agents {
  names(): ReadonlySet<string>;
  /** Takes note that a step names it; what is wrong with its file, or null. */
  use(name: string): string | null;
  /** Those that the workflow is to know: all of its own and of the caller's, and of the files those that steps name. */
  readonly known: ReadonlyMap<string, AgentDefinition>;
  /** The files that were used, by path. */
  readonly files: ReadonlyMap<string, string>;
}

interface AgentFile {
  readonly path: string;
  readonly text: string;
  readonly agent: AgentDefinition | null;
  /** The first of its problems. */
  readonly problem: string | null;
}

/** `own` of the file win over `given` ones, and those over the agents among `files`. */
export function agentsOf(
  own: ReadonlyMap<string, AgentDefinition>,
  given: ReadonlyMap<string, AgentDefinition>,
  files: ReadonlyMap<string, string>,
): Agents {
  const known = new Map([...given, ...own]);
  const used = new Map<string, string>();
  let names: ReadonlySet<string> | undefined;
  return {
    known,
    files: used,
    names() {
      names ??= new Set([
        ...shippedRoles.map(({ name }) => name),
        ...known.keys(),
        ...agentFiles(files).keys(),
      ]);
      return names;
    },
    use(name) {
      if (known.has(name)) return null;
      const file = agentFiles(files).get(name);
      if (file === undefined) return null;
      used.set(file.path, file.text);
      if (file.agent === null) return `the agent "${name}" can't be used: ${file.problem}`;
      known.set(name, file.agent);
      return null;
    },
  };
}

interface Kept {
  /** How many files there were, agents or not. */
  readonly size: number;
  readonly byName: ReadonlyMap<string, AgentFile>;
}

const kept = new WeakMap<ReadonlyMap<string, string>, Kept>();

/** By name. A repository's workflows share their agents, so each file is read once for all that are loaded with them. */
function agentFiles(files: ReadonlyMap<string, string>): ReadonlyMap<string, AgentFile> {
  const known = kept.get(files);
  if (
    known?.size === files.size &&
    [...known.byName.values()].every(({ path, text }) => files.get(path) === text)
  ) {
    return known.byName;
  }
  const byName = new Map<string, AgentFile>();
  for (const [path, text] of files) {
    if (!/(?:^|\/)\.hishamos\/agents\/[^/]+\.(?:ya?ml|json)$/.test(path)) continue;
    const file = readFile(path, text);
    // A broken one is called as its file is.
    byName.set(file.agent?.name ?? stemOf(path), file);
  }
  kept.set(files, { size: files.size, byName });
  return byName;
}

function readFile(path: string, text: string): AgentFile {
  const loaded = loadAgent(text, path);
  if ("agent" in loaded) return { path, text, agent: loaded.agent, problem: null };
  const [first] = loaded.problems;
  return { path, text, agent: null, problem: first ? formatProblem(first) : "" };
}
