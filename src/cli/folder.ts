import { readdirSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { Problem } from "../core/problem.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import {
  type DefinitionKind,
  definitionFolder,
  definitionKind,
  type LoadedWorkflow,
  loadAgent,
  loadWorkflow,
  neededFiles,
} from "../definition/index.ts";
import { openLibrary } from "../github/library.ts";
import { type Needed, withReasons } from "../github/needed.ts";

/** A file that a command was given or found, and what it is to us. */
export interface FoundFile {
  readonly path: string;
  readonly kind: DefinitionKind;
}

const ending = /\.(?:ya?ml|json)$/;
const skipped = new Set(["node_modules", ".git"]);
const library = openLibrary();

/**
 * The definitions under a path, in order, or what is wrong with the path. A folder has what is under `.hishamos/`; one
 * without it has workflows directly in it, and tests in `tests/`, as a library of them.
 */
export async function findFiles(path: string): Promise<readonly FoundFile[] | string> {
  const info = await stat(path).catch(() => null);
  if (info === null) return `there is no file or folder "${path}"`;
  if (info.isFile()) return [{ path, kind: kindOf(path) ?? guessKind(path) }];
  const files = filesUnder(path);
  const known = files.flatMap((file): FoundFile[] => {
    const kind = kindOf(file);
    return kind === null ? [] : [{ path: file, kind }];
  });
  if (known.length > 0) return known;
  const direct = files.flatMap((file): FoundFile[] => {
    const folder = relative(path, dirname(file));
    if (folder === "")
      return [{ path: file, kind: basename(resolve(path)) === "tests" ? "test" : "workflow" }];
    return folder === "tests" ? [{ path: file, kind: "test" }] : [];
  });
  return direct.length > 0 ? direct : `there is no definition under "${path}"`;
}

function filesUnder(path: string): readonly string[] {
  const found: string[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    if (entry.isDirectory() && !skipped.has(entry.name)) found.push(...filesUnder(inner));
    else if (entry.isFile() && ending.test(entry.name)) found.push(inner);
  }
  return found.toSorted();
}

/** By the last `.hishamos` of the path, so that it does not matter from where the command is called. */
function kindOf(path: string): DefinitionKind | null {
  const parts = resolve(path).split(sep);
  const at = parts.lastIndexOf(definitionFolder);
  return at < 0 ? null : definitionKind(parts.slice(at).join("/"));
}

function guessKind(path: string): DefinitionKind {
  return basename(dirname(resolve(path))) === "tests" ? "test" : "workflow";
}

/** Workflows of one folder with what stands beside them: agents, and other files that they name. Read once. */
export class WorkflowFolder {
  readonly path: string;
  #agents: ReadonlyMap<string, AgentDefinition> | null = null;
  readonly #texts = new Map<string, string | null>();

  constructor(path: string) {
    this.path = path;
  }

  /** Where a file of this folder is in a repository: `.hishamos/bug.yml`. */
  repositoryPath(path: string): string {
    return `${definitionFolder}/${relative(this.path, path).split(sep).join("/")}`;
  }

  /** Null where it can't be read. */
  text(path: string): string | null {
    let text = this.#texts.get(path);
    if (text === undefined) {
      text = readText(path);
      this.#texts.set(path, text);
    }
    return text;
  }

  /**
   * A workflow of this folder; `named`: the path that messages name it by, in this folder too. What it refers to in other
   * repositories is not at hand here, and not told as missing.
   */
  load(path: string, text: string, named = path): LoadedWorkflow {
    const { agents } = this;
    const { files, reasons } = this.#needed(text, named);
    const loaded = loadWorkflow(text, named, { agents, files, offline: true });
    return "workflow" in loaded ? loaded : { problems: withReasons(loaded.problems, reasons) };
  }

  /** The files that a workflow names, and those that these name, by the keys that the loader knows them by. */
  filesFor(text: string, named: string): ReadonlyMap<string, string> {
    return this.#needed(text, named).files;
  }

  #needed(text: string, named: string): Needed {
    const found = new Map<string, string>();
    const reasons = new Map<string, string>();
    const folder = named.slice(0, named.lastIndexOf("/") + 1);
    const queue = [...neededFiles(text, named)];
    for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
      if (found.has(key)) continue;
      const inner = key.startsWith("library/") ? this.#shipped(key, reasons) : this.#beside(key, folder);
      if (inner === null) continue;
      found.set(key, inner);
      queue.push(...neededFiles(inner, key));
    }
    return { files: found, reasons };
  }

  #shipped(key: string, reasons: Map<string, string>): string | null {
    const shipped = library.find(key);
    if ("text" in shipped) return shipped.text;
    reasons.set(key, shipped.reason);
    return null;
  }

  /** Null for what stands in another place. */
  #beside(key: string, folder: string): string | null {
    if (!key.startsWith(folder) || key.includes("@")) return null;
    return this.text(join(this.path, key.slice(folder.length)));
  }

  /** The file of a workflow by its name without ending, or by its path from this folder; null where there is none. */
  find(name: string): string | null {
    const names = ending.test(name) ? [name] : [`${name}.yml`, `${name}.yaml`, `${name}.json`];
    return names.map((each) => join(this.path, each)).find((each) => this.text(each) !== null) ?? null;
  }

  /** Names of the folder's workflows, for a hint. */
  get stems(): readonly string[] {
    return listed(this.path).map((name) => name.replace(ending, ""));
  }

  /** What a repository with this folder has besides its workflows: agents and settings, by repository path. */
  get shared(): Readonly<Record<string, string>> {
    const agents = listed(join(this.path, "agents")).map((name) => join(this.path, "agents", name));
    const settings = ["config.yml", "config.yaml"].map((name) => join(this.path, name));
    return Object.fromEntries(
      [...agents, ...settings].flatMap((path) => {
        const text = this.text(path);
        return text === null ? [] : [[this.repositoryPath(path), text]];
      }),
    );
  }

  /** The agents that workflows of this folder may name. A broken agent counts by its file's name: it is told apart. */
  get agents(): ReadonlyMap<string, AgentDefinition> {
    this.#agents ??= this.#readAgents();
    return this.#agents;
  }

  #readAgents(): ReadonlyMap<string, AgentDefinition> {
    const agents = new Map<string, AgentDefinition>();
    for (const name of listed(join(this.path, "agents"))) {
      const path = join(this.path, "agents", name);
      const text = this.text(path);
      if (text === null) continue;
      const loaded = loadAgent(text, path);
      const stem = name.replace(ending, "");
      if ("agent" in loaded) agents.set(loaded.agent.name, loaded.agent);
      else agents.set(stem, unknownAgent(stem));
    }
    return agents;
  }
}

/** The folders that files lie in, each made once. */
export class Folders {
  readonly #known = new Map<string, WorkflowFolder>();

  /** The folder of a workflow, or of a test or an agent: that of its workflows. */
  of({ path, kind }: FoundFile): WorkflowFolder {
    const own = dirname(path);
    const folder = kind === "test" || kind === "agent" ? dirname(own) : own;
    const known = this.#known.get(folder) ?? new WorkflowFolder(folder);
    this.#known.set(folder, known);
    return known;
  }
}

export function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** The problem of a file that can't be read. */
export function unreadable(path: string): Problem {
  return { code: "HOS803", path, message: "can't be read", hint: "Is there such a file?" };
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => ending.test(name))
      .toSorted();
  } catch {
    return [];
  }
}

function unknownAgent(name: string): AgentDefinition {
  const limits = { tokens: null, costUsd: null, timeoutMs: null, steps: null };
  return { name, engines: [], instructions: "", outputSchema: null, produces: null, tools: [], limits };
}
