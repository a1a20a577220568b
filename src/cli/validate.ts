import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import type { Problem } from "../core/problem.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import { definitionFolder, definitionKind, loadAgent, loadWorkflow } from "../definition/index.ts";
import { type ProblemFormat, problemCommand, problemFormats, problemText } from "./format.ts";

/** Where a command writes: text as it is, line ends included. */
export interface Output {
  stdout(text: string): void;
  stderr(text: string): void;
}

interface Definition {
  readonly path: string;
  readonly kind: "workflow" | "agent";
}

interface Checked {
  readonly path: string;
  readonly text: string;
  readonly problems: readonly Problem[];
}

const usage = `Usage: hishamos validate PATH… [--format text|json|github]

Checks workflow and agent definitions. In a folder, what is under .hishamos/ is checked; in a folder without one,
its YAML and JSON files are taken for workflows.
Exit code: 0 valid, 1 problems, 2 wrong usage.
`;

/** Checks the definitions under the paths and tells every problem; resolves to the exit code. */
export async function validateCommand(args: readonly string[], io: Output): Promise<number> {
  const options = readArguments(args);
  if ("help" in options) {
    io.stdout(usage);
    return 0;
  }
  if ("wrong" in options) {
    io.stderr(`${options.wrong}\n\n${usage}`);
    return 2;
  }
  const definitions: Definition[] = [];
  for (const path of options.paths) {
    const found = await findDefinitions(path);
    if (typeof found === "string") {
      io.stderr(`${found}\n`);
      return 2;
    }
    definitions.push(...found);
  }
  const checked = await checkAll(uniqueByPath(definitions));
  io.stdout(render(checked, options.format));
  return checked.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

type Arguments =
  | { readonly paths: readonly string[]; readonly format: ProblemFormat }
  | { readonly wrong: string }
  | { readonly help: true };

function readArguments(args: readonly string[]): Arguments {
  let parsed: { values: { format?: string; help?: boolean }; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { format: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
  if (parsed.values.help) return { help: true };
  const given = parsed.values.format ?? "text";
  const format = problemFormats.find((each) => each === given);
  if (format === undefined) return { wrong: `unknown format "${given}": use ${problemFormats.join(", ")}` };
  if (parsed.positionals.length === 0) return { wrong: "name a file or a folder to validate" };
  return { paths: parsed.positionals, format };
}

/** The definitions under a path, or what is wrong with the path. */
async function findDefinitions(path: string): Promise<readonly Definition[] | string> {
  const info = await stat(path).catch(() => null);
  if (info === null) return `there is no file or folder "${path}"`;
  if (info.isFile()) return [{ path, kind: kindOf(path) ?? "workflow" }];
  const files = (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(path, file)
          .split(sep)
          .some((part) => skipped.has(part)),
    )
    .toSorted();
  const known = files.flatMap((file): Definition[] => {
    const kind = kindOf(file);
    return kind === null ? [] : [{ path: file, kind }];
  });
  if (known.length > 0) return known;
  // A folder of workflows outside a repository, as a library of them.
  const direct = files
    .filter((file) => relative(path, dirname(file)) === "")
    .map((file) => ({ path: file, kind: "workflow" as const }));
  return direct.length > 0 ? direct : `there is no definition under "${path}"`;
}

const skipped = new Set(["node_modules", ".git"]);

/** By the last `.hishamos` of the path, so that it does not matter from where the command is called. */
function kindOf(path: string): Definition["kind"] | null {
  const parts = resolve(path).split(sep);
  const at = parts.lastIndexOf(definitionFolder);
  if (at < 0) return null;
  const kind = definitionKind(parts.slice(at).join("/"));
  return kind === "workflow" || kind === "agent" ? kind : null;
}

function uniqueByPath(definitions: readonly Definition[]): readonly Definition[] {
  return [...new Map(definitions.map((each) => [each.path, each])).values()];
}

async function checkAll(definitions: readonly Definition[]): Promise<readonly Checked[]> {
  const checked: Checked[] = [];
  const agents = new Map<string, Map<string, AgentDefinition>>();
  for (const { path } of definitions.filter(({ kind }) => kind === "agent")) {
    const text = await readFile(path, "utf8");
    checked.push({ path, text, problems: loadAgent(text, path).problems });
  }
  for (const { path } of definitions.filter(({ kind }) => kind === "workflow")) {
    const folder = dirname(path);
    let known = agents.get(folder);
    if (known === undefined) {
      known = await agentsBeside(folder);
      agents.set(folder, known);
    }
    const text = await readFile(path, "utf8");
    checked.push({ path, text, problems: loadWorkflow(text, path, { agents: known }).problems });
  }
  return checked.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The agents that workflows of this folder may name. A broken agent counts by its file's name: it is told apart. */
async function agentsBeside(folder: string): Promise<Map<string, AgentDefinition>> {
  const agents = new Map<string, AgentDefinition>();
  if (basename(resolve(folder)) !== definitionFolder) return agents;
  const names = await readdir(join(folder, "agents")).catch(() => []);
  for (const name of names.filter((each) => /\.(?:ya?ml|json)$/.test(each))) {
    const path = join(folder, "agents", name);
    const loaded = loadAgent(await readFile(path, "utf8"), path);
    const stem = name.replace(/\.(?:ya?ml|json)$/, "");
    if ("agent" in loaded) agents.set(loaded.agent.name, loaded.agent);
    else agents.set(stem, unknownAgent(stem));
  }
  return agents;
}

function unknownAgent(name: string): AgentDefinition {
  const limits = { tokens: null, costUsd: null, timeoutMs: null, steps: null };
  return { name, engines: [], instructions: "", outputSchema: null, produces: null, tools: [], limits };
}

function render(checked: readonly Checked[], format: ProblemFormat): string {
  const problems = checked.flatMap((each) => each.problems);
  switch (format) {
    case "json":
      return `${JSON.stringify({ files: checked.map(({ path }) => path), problems }, null, 2)}\n`;
    case "github":
      return problems.map((problem) => `${problemCommand(problem)}\n`).join("");
    case "text": {
      const blocks = checked.flatMap(({ text, problems: found }) =>
        found.map((problem) => problemText(problem, text)),
      );
      return [...blocks, summary(checked, problems.length)].join("\n\n").concat("\n");
    }
    default:
      return format satisfies never;
  }
}

function summary(checked: readonly Checked[], count: number): string {
  const files = `${checked.length} definition${checked.length === 1 ? "" : "s"}`;
  if (count === 0) return `${files} checked, no problems`;
  return `${files} checked, ${count} problem${count === 1 ? "" : "s"}`;
}
