import { parseArgs } from "node:util";
import type { Problem } from "../core/problem.ts";
import { loadAgent, loadConfig } from "../definition/index.ts";
import { Folders, type FoundFile, findFiles, readText, unreadable } from "./folder.ts";
import { type ProblemFormat, problemCommand, problemFormats, problemText } from "./format.ts";
import { type Output, takeArguments } from "./usage.ts";

interface Checked {
  readonly path: string;
  readonly text: string;
  readonly problems: readonly Problem[];
}

const usage = `Usage: hishamos validate PATH… [--format text|json|github]

Checks workflows, agents, settings and tests. In a folder, what is under .hishamos/ is checked; in a folder without one,
its YAML and JSON files are taken for workflows, and those in tests/ for their tests.
  --format  github: annotations for a run of GitHub Actions
Exit code: 0 valid, 1 problems, 2 wrong usage.
`;

/** Checks the definitions under the paths and tells every problem; resolves to the exit code. */
export async function validateCommand(args: readonly string[], io: Output): Promise<number> {
  const options = { format: { type: "string" }, help: { type: "boolean", short: "h" } } as const;
  const taken = takeArguments(usage, io, () =>
    parseArgs({ args: [...args], allowPositionals: true, options }),
  );
  if ("exit" in taken) return taken.exit;
  const { values, positionals } = taken;
  const format = problemFormats.find((each) => each === (values.format ?? "text"));
  if (format === undefined)
    return taken.wrong(`unknown format "${values.format ?? ""}": use ${problemFormats.join(", ")}`);
  if (positionals.length === 0) return taken.wrong("name a file or a folder to validate");
  const files = new Map<string, FoundFile>();
  for (const path of positionals) {
    const found = await findFiles(path);
    if (typeof found === "string") {
      io.stderr(`${found}\n`);
      return 2;
    }
    for (const file of found) files.set(file.path, file);
  }
  const checked = await checkAll([...files.values()]);
  io.stdout(render(checked, format));
  return checked.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

async function checkAll(files: readonly FoundFile[]): Promise<readonly Checked[]> {
  const folders = new Folders();
  // Loaded where there are some: a check of workflows alone is the faster for it.
  const tests = files.some(({ kind }) => kind === "test") ? await import("./check-tests.ts") : null;
  const checked = files.map((file): Checked => {
    const { path, kind } = file;
    const text = readText(path);
    if (text === null) return { path, text: "", problems: [unreadable(path)] };
    switch (kind) {
      case "agent":
        return { path, text, problems: loadAgent(text, path).problems };
      case "settings":
        return { path, text, problems: loadConfig(text, path).problems };
      case "workflow":
        return { path, text, problems: folders.of(file).load(path, text).problems };
      case "test":
        return { path, text, problems: tests?.checkTests(text, path, folders.of(file)) ?? [] };
      default:
        return kind satisfies never;
    }
  });
  return checked.toSorted((a, b) => (a.path < b.path ? -1 : 1));
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

export type { Output };
