import { parseArgs } from "node:util";
import { checkAll } from "./check-all.ts";
import type { Checked } from "./check-files.ts";
import { type FoundFile, findFiles } from "./folder.ts";
import { type ProblemFormat, problemCommand, problemFormats, problemText } from "./format.ts";
import { type Output, takeArguments } from "./usage.ts";

const usage = `Usage: hishamos validate [PATH…] [--format text|json|github]

Checks workflows, agents, settings and tests; without a path those in .hishamos. In a folder, what is under .hishamos/ is checked; in a folder without one,
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
  const files = new Map<string, FoundFile>();
  for (const path of positionals.length > 0 ? positionals : [".hishamos"]) {
    const found = await findFiles(path);
    if (typeof found === "string") {
      io.stderr(`${found}\n`);
      return 2;
    }
    for (const file of found) files.set(file.path, file);
  }
  const sorted = [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const checked = await checkAll(sorted);
  io.stdout(render(checked, format));
  return checked.some(({ problems }) => problems.length > 0) ? 1 : 0;
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
