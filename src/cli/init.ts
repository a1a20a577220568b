import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { loadWorkflow } from "../definition/index.ts";
import { openLibrary, versionOf } from "../github/library.ts";
import { type Output, takeArguments, wrongUsage } from "./usage.ts";

const library = openLibrary();
const tests = new URL("../../workflows-library/tests/", import.meta.url);

const usage = `Usage: hishamos init [NAME[@VERSION]…] [--by-reference] [--force] [--folder DIR]

Puts workflows of the library into .hishamos/, the newest version with its tests; without a name it lists what there is.
  --by-reference  a few lines that name the library's version, in place of a copy
  --force         writes over what is there
  --folder        the repository's folder; this one unless given
Exit code: 0 done, 1 nothing written because a file is there already, 2 wrong usage.
`;

interface File {
  readonly path: string;
  readonly text: string;
}

/** Copies what a team switches on: from then on the files are its own. */
export function initCommand(args: readonly string[], io: Output): Promise<number> {
  const options = {
    "by-reference": { type: "boolean" },
    force: { type: "boolean" },
    folder: { type: "string" },
    help: { type: "boolean", short: "h" },
  } as const;
  const taken = takeArguments(usage, io, () =>
    parseArgs({ args: [...args], allowPositionals: true, options }),
  );
  return Promise.resolve("exit" in taken ? taken.exit : init(taken.positionals, taken.values, io));
}

function init(
  names: readonly string[],
  values: {
    readonly "by-reference"?: boolean | undefined;
    readonly force?: boolean | undefined;
    readonly folder?: string | undefined;
  },
  io: Output,
): number {
  const { folder = ".", force = false } = values;
  if (names.length === 0) {
    io.stdout(listOf(library.names));
    return 0;
  }
  for (const name of names) {
    const found = textOf(name);
    if ("text" in found) continue;
    io.stderr(`there is no workflow "${name}" in the library. ${found.reason}\n`);
    return wrongUsage;
  }
  const files = names.flatMap((name) => (values["by-reference"] ? [referenceTo(name)] : copiesOf(name)));
  const there = files.filter(({ path }) => existsSync(join(folder, path)));
  if (there.length > 0 && !force) {
    for (const { path } of there) io.stderr(`${path} is there already\n`);
    io.stderr("Nothing was written; --force writes over it.\n");
    return 1;
  }
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    io.stdout(`wrote ${path}\n`);
  }
  io.stdout(
    "\nLook at it: hishamos explain .hishamos    Play its tests: hishamos test    Then commit and push it.\n",
  );
  return 0;
}

/** `NAME` is the newest, `NAME@VERSION` that one. */
function textOf(wanted: string): ReturnType<typeof library.find> {
  if (wanted.includes("@")) return library.find(`library/${wanted}`);
  return library.names.includes(wanted)
    ? { text: library.newest(wanted) }
    : library.find(`library/${wanted}@`);
}

function knownText(wanted: string): string {
  const found = textOf(wanted);
  if ("reason" in found) throw new Error(found.reason);
  return found.text;
}

/** The tests that ship are of the newest version. */
function copiesOf(wanted: string): readonly File[] {
  const [name = ""] = wanted.split("@");
  const text = knownText(wanted);
  const copy = { path: `.hishamos/${name}.yml`, text };
  if (versionOf(text) !== versionOf(library.newest(name))) return [copy];
  return [
    copy,
    { path: `.hishamos/tests/${name}.yml`, text: readFileSync(new URL(`${name}.yml`, tests), "utf8") },
  ];
}

function referenceTo(wanted: string): File {
  const [name = ""] = wanted.split("@");
  const text = knownText(wanted);
  // What starts it is the library's own; its inputs can be given here.
  const uses = `  uses: library/${name}@${versionOf(text)}`;
  const lines = [`# ${titleOf(text)}`, "workflow:", uses, "  inputs: {}", ""];
  return { path: `.hishamos/${name}.yml`, text: lines.join("\n") };
}

/** The first line of the comment at its top: what it is for. */
function titleOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? "";
}

function listOf(stems: readonly string[]): string {
  const width = Math.max(...stems.map(({ length }) => length));
  const lines = stems.map((stem) => {
    const loaded = loadWorkflow(library.newest(stem), `.hishamos/${stem}.yml`);
    const about = "workflow" in loaded ? loaded.workflow.description : null;
    return `  ${stem.padEnd(width)}  ${about ?? ""}`.trimEnd();
  });
  return `Workflows of the library:\n\n${lines.join("\n")}\n\nhishamos init NAME… puts them into .hishamos/.\n`;
}
