import { parseArgs } from "node:util";
import type { Workflow } from "../core/workflow.ts";
import { explain } from "../definition/explain.ts";
import { mermaid } from "../definition/index.ts";
import { Folders, findFiles, readText, unreadable } from "./folder.ts";
import { problemText } from "./format.ts";
import { type Output, takeArguments } from "./usage.ts";

const graphUsage = `Usage: hishamos graph PATH…

Prints each workflow as a Mermaid flowchart, which GitHub draws in any Markdown file between \`\`\`mermaid and \`\`\`.
Several workflows are headed by their files.
Exit code: 0 drawn, 1 a workflow has problems, 2 wrong usage.
`;

const explainUsage = `Usage: hishamos explain PATH…

Tells in plain English what happens when: what starts it, who is asked, in which order, what becomes of failures,
and how it ends.
Exit code: 0 told, 1 a workflow has problems, 2 wrong usage.
`;

export function graphCommand(args: readonly string[], io: Output): Promise<number> {
  return showAll(args, io, { usage: graphUsage, show: mermaid, head: (path) => `%% ${path}` });
}

export function explainCommand(args: readonly string[], io: Output): Promise<number> {
  return showAll(args, io, { usage: explainUsage, show: explain, head: (path) => `## ${path}\n` });
}

interface Show {
  readonly usage: string;
  readonly show: (workflow: Workflow) => string;
  readonly head: (path: string) => string;
}

/** Shows each workflow under the paths; those with problems are told on the other channel. */
async function showAll(args: readonly string[], io: Output, { usage, show, head }: Show): Promise<number> {
  const options = { help: { type: "boolean", short: "h" } } as const;
  const taken = takeArguments(usage, io, () =>
    parseArgs({ args: [...args], allowPositionals: true, options }),
  );
  if ("exit" in taken) return taken.exit;
  const { positionals } = taken;
  if (positionals.length === 0) return taken.wrong("name a workflow's file, or a folder");
  const folders = new Folders();
  const shown = new Map<string, string>();
  let wrong = false;
  for (const path of positionals) {
    const found = await findFiles(path);
    if (typeof found === "string") {
      io.stderr(`${found}\n`);
      return 2;
    }
    for (const file of found) {
      if (file.kind !== "workflow") continue;
      const text = readText(file.path);
      if (text === null) {
        io.stderr(`${problemText(unreadable(file.path), "")}\n`);
        wrong = true;
        continue;
      }
      const loaded = folders.of(file).load(file.path, text);
      if ("workflow" in loaded) {
        shown.set(file.path, show(loaded.workflow));
        continue;
      }
      wrong = true;
      for (const problem of loaded.problems) io.stderr(`${problemText(problem, text)}\n\n`);
    }
  }
  const several = shown.size > 1;
  io.stdout([...shown].map(([path, text]) => (several ? `${head(path)}\n${text}` : text)).join("\n"));
  return wrong ? 1 : 0;
}
