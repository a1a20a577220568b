import { unreachable } from "../../core/problem.ts";
import type { AgentDefinition, Workflow } from "../../core/workflow.ts";
import {
  type Change,
  compareAgents,
  compareSettings,
  compareWorkflows,
} from "../../definition/compare/index.ts";
import { definitionKind } from "../../definition/index.ts";
import type { DefinitionFile, Definitions } from "../definitions.ts";
import type { Versions } from "./replay.ts";

/** A file that a pull request adds, changes or removes; `former`: its name before, where it was renamed. */
export interface ChangedFile {
  readonly path: string;
  readonly former: string | null;
}

interface Common {
  /** The file's path; of a removed one the path that it had. */
  readonly path: string;
  /** As `new`, `removed`, `renamed from …`, for people; null where it is only changed. */
  readonly former:
    | { readonly was: "nothing" | "removed" }
    | { readonly was: "renamed"; readonly path: string }
    | null;
  readonly changes: readonly Change[];
  /** True where one of its versions is not valid, so that there is nothing to compare. */
  readonly broken: "before" | "after" | null;
}

/** A definition in both its versions. */
export type Pair =
  | (Common & { readonly kind: "workflow"; readonly versions: Versions; readonly touched: boolean })
  | (Common & { readonly kind: "agent"; readonly users: readonly string[] })
  | (Common & { readonly kind: "settings" });

/** The definitions that the files change, and workflows that run a changed one; those that let more happen first. */
export function pairsOf(
  before: Definitions,
  after: Definitions,
  files: readonly ChangedFile[],
): readonly Pair[] {
  const [was, is] = [byPath(before), byPath(after)];
  const shared = { before: agentsIn(before), after: agentsIn(after) };
  const context = { before, after, shared };
  const touched = renamed(files, was, is).flatMap(({ path, former }) => {
    // What was moved out of our folder, or from one kind to another, is gone there and new here.
    const together = former !== null && definitionKind(former) === definitionKind(path);
    const each = together
      ? [[former, path]]
      : former === null
        ? [[path, path]]
        : [
            [former, null],
            [null, path],
          ];
    return each.flatMap(([old = null, now = null]) => {
      const pair = pairOf(context, { old, now }, was.get(old ?? ""), is.get(now ?? ""));
      return pair ?? [];
    });
  });
  const known = new Set(touched.flatMap(({ path }) => path));
  const around = after.files.flatMap((file) => {
    const then = was.get(file.path);
    if (known.has(file.path) || !("workflow" in file) || !then || !("workflow" in then)) return [];
    const runs = compareWorkflows(then.workflow, file.workflow).some(({ part }) => part === "workflows");
    if (!runs) return [];
    const pair = pairOf(context, { old: file.path, now: file.path }, then, file);
    return pair?.kind === "workflow" ? [{ ...pair, touched: false }] : [];
  });
  return [...touched, ...around].toSorted((a, b) => loosened(b) - loosened(a));
}

/** GitHub takes a file for renamed where most of its text is the same; one that calls itself the same is the same workflow. */
function renamed(
  files: readonly ChangedFile[],
  was: ReadonlyMap<string, DefinitionFile>,
  is: ReadonlyMap<string, DefinitionFile>,
): readonly ChangedFile[] {
  const nameIn = (known: ReadonlyMap<string, DefinitionFile>, path: string) =>
    workflowOf(known.get(path))?.name ?? null;
  const gone = files.filter(({ path, former }) => former === null && !is.has(path));
  const moved = new Map<string, string>();
  for (const { path, former } of files) {
    const name = nameIn(is, path);
    if (former !== null || was.has(path) || name === null) continue;
    const source = gone.find((each) => !moved.has(each.path) && nameIn(was, each.path) === name);
    if (source) moved.set(source.path, path);
  }
  const formerOf = new Map([...moved].map(([old, now]) => [now, old]));
  return files
    .filter(({ path }) => !moved.has(path))
    .map(({ path, former }) => ({ path, former: former ?? formerOf.get(path) ?? null }));
}

function loosened({ changes }: Pair): number {
  return changes.some(({ loosens }) => loosens) ? 1 : 0;
}

interface Context {
  readonly before: Definitions;
  readonly after: Definitions;
  readonly shared: { readonly before: Agents; readonly after: Agents };
}

type Agents = ReadonlyMap<string, AgentDefinition>;

function pairOf(
  { before, after, shared }: Context,
  { old, now }: { readonly old: string | null; readonly now: string | null },
  was: DefinitionFile | undefined,
  is: DefinitionFile | undefined,
): Pair | null {
  const path = is?.path ?? was?.path;
  if (path === undefined) return null;
  const broken = is && "problems" in is ? "after" : was && "problems" in was ? "before" : null;
  const former = !was
    ? ({ was: "nothing" } as const)
    : !is
      ? ({ was: "removed" } as const)
      : old !== null && old !== now
        ? ({ was: "renamed", path: old } as const)
        : null;
  const common = { path, former, broken } as const;
  const kind = definitionKind(path);
  switch (kind) {
    case "workflow": {
      const [then, here] = [workflowOf(was), workflowOf(is)];
      const versions: Versions = {
        before: then && { workflow: then, vars: before.config.vars },
        after: here && { workflow: here, vars: after.config.vars },
      };
      const changes = broken === null && here !== null ? ownChanges(then, here, shared) : [];
      return { ...common, kind: "workflow", versions, changes, touched: true };
    }
    case "agent": {
      const [then, here] = [agentOf(was), agentOf(is)];
      const name = (here ?? then)?.name ?? "";
      const changes = broken === null ? compareAgents(name, then, here) : [];
      return { ...common, kind: "agent", changes, users: usersOf(after, name) };
    }
    case "settings": {
      const changes = broken === null ? compareSettings(before.config, after.config) : [];
      return { ...common, kind: "settings", changes };
    }
    case "test":
    case null:
      return null;
    default:
      return unreachable(kind);
  }
}

/** Without the agents that have a file, which is told of by itself. */
function ownChanges(before: Workflow | null, after: Workflow, shared: Context["shared"]): readonly Change[] {
  const hasFile = (name: string) =>
    isSame(before?.agents.get(name), shared.before.get(name)) ||
    isSame(after.agents.get(name), shared.after.get(name));
  const withFile = new Set([...(before?.agents.keys() ?? []), ...after.agents.keys()].filter(hasFile));
  return compareWorkflows(before, after).filter(
    ({ part, name }) => part !== "agents" || ![...withFile].some((agent) => name.startsWith(`${agent}.`)),
  );
}

function isSame(a: AgentDefinition | undefined, b: AgentDefinition | undefined): boolean {
  return a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function usersOf({ files }: Definitions, agent: string): readonly string[] {
  return files.flatMap((file) => ("workflow" in file && file.workflow.agents.has(agent) ? [file.path] : []));
}

function byPath({ files }: Definitions): ReadonlyMap<string, DefinitionFile> {
  return new Map(files.map((file) => [file.path, file]));
}

function agentsIn({ files }: Definitions): Agents {
  return new Map(files.flatMap((file) => ("agent" in file ? [[file.agent.name, file.agent] as const] : [])));
}

function workflowOf(file: DefinitionFile | undefined): Workflow | null {
  return file && "workflow" in file ? file.workflow : null;
}

function agentOf(file: DefinitionFile | undefined): AgentDefinition | null {
  return file && "agent" in file ? file.agent : null;
}
