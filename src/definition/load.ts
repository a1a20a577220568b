import { createHash } from "node:crypto";
import type { Problem } from "../core/problem.ts";
import type { AgentDefinition, Workflow } from "../core/workflow.ts";
import { Children } from "./children.ts";
import { outputNames } from "./output-shape.ts";
import { Problems } from "./problems.ts";
import { Source } from "./source.ts";
import { checkStructure } from "./structure.ts";
import { unwrap } from "./unwrap.ts";
import { readUsing } from "./using.ts";
import { readWorkflow } from "./workflow.ts";
import { readYaml } from "./yaml.ts";

export type LoadedWorkflow =
  | {
      readonly workflow: Workflow;
      /** Nothing counts against it. */
      readonly problems: readonly [];
      /** Of `LoadOptions.files` those that the workflow uses, its children's too: what it is pinned with. */
      readonly files: ReadonlyMap<string, string>;
    }
  | { readonly problems: readonly Problem[] };

export interface LoadOptions {
  /** Agents that steps may name besides the shipped roles and the file's own, which win. */
  readonly agents?: ReadonlyMap<string, AgentDefinition>;
  /**
   * Texts of other files: by repository path for `./qa.yml` (beside the workflow) and `.hishamos/agents/*.yml`, and by
   * the reference itself for `OWNER/REPO/PATH@SHA` and `library/NAME@VERSION`; `neededFiles` says which. Without it
   * references are checked for their form only, and the workflow has no children.
   */
  readonly files?: ReadonlyMap<string, string>;
  /** True where files of other repositories can't be had: with `files`, one of those that is missing is then no problem. */
  readonly offline?: boolean;
  /**
   * True for a definition that an execution runs by already. What is only advice (`ProblemKind.advice`) does not count
   * then: a newer release may check more than the one that started it, and what runs is not to break by an upgrade.
   */
  readonly pinned?: boolean;
  /** The hash of the text, and of the files used where there are some; SHA-256 in hex by default. */
  readonly hash?: (text: string) => string;
}

/**
 * Reads a definition, YAML 1.2 or JSON, with or without the `workflow:` wrapper. Either the workflow, or all its
 * problems in the order of the text, each with path and position; it never throws, whatever the text.
 */
export function loadWorkflow(text: string, path: string, options: LoadOptions = {}): LoadedWorkflow {
  return load(text, path, options, [path], new Map());
}

/** `chain`: the keys of the files that lead here; `loaded`: what this load has read already, by key. */
function load(
  text: string,
  path: string,
  options: LoadOptions,
  chain: readonly string[],
  loaded: Map<string, LoadedWorkflow>,
): LoadedWorkflow {
  const problems = new Problems(new Source(text, path));
  const top = readYaml(problems);
  if (top === null) return { problems: problems.list() };
  const map = unwrap(top, "workflow", problems);
  const { agents = new Map(), files, offline = false, pinned = false, hash = sha256 } = options;
  const using = map.entries.has("uses");
  checkStructure(map, using ? "using" : "workflow", problems);
  const children = new Children(
    {
      path,
      chain,
      files: files ?? null,
      offline,
      load(key, content) {
        // Many may lead to one file; it is the same from everywhere.
        const found = loaded.get(key) ?? load(content, key, options, [...chain, key], loaded);
        loaded.set(key, found);
        return found;
      },
    },
    problems,
  );
  const about = { path, agents, files: files ?? new Map() };
  const read = (using ? readUsing : readWorkflow)(map, about, children, problems);
  if (pinned ? problems.grave : problems.any) return { problems: problems.list() };
  const used = new Map([...children.files, ...read.files]);
  const workflow: Workflow = { ...read.workflow, hash: hash(withFiles(text, used)) };
  outputNames.set(workflow, read.outputs);
  return { workflow, problems: [], files: used };
}

/** The text and what else the workflow is made of: any change of it is another definition. */
function withFiles(text: string, files: ReadonlyMap<string, string>): string {
  const sorted = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1));
  // No text may hold NUL, so nothing can be taken for another division.
  return [text, ...sorted.flat()].join("\0");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
