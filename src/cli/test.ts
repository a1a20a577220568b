import { parseArgs } from "node:util";
import { formatProblem, type Problem } from "../core/problem.ts";
import { readTests } from "../definition/tests/index.ts";
import type { CaseToPlay } from "../sandbox/workflow-tests/case.ts";
import { playAll } from "../sandbox/workflow-tests/pool.ts";
import type { Verdict } from "../sandbox/workflow-tests/verdict.ts";
import { caseToPlay } from "./check-tests.ts";
import { Folders, type FoundFile, findFiles, readText, unreadable } from "./folder.ts";
import { type ProblemFormat, problemCommand, problemFormats, problemText } from "./format.ts";
import { plain } from "./narrate.ts";
import { recordCommand } from "./record.ts";
import { type Output, takeArguments } from "./usage.ts";

const usage = `Usage: hishamos test [PATH…] [--name TEXT] [--format text|json|github]
       hishamos test --from-execution ID [--out FILE]

Plays the tests of workflows (.hishamos/tests/*.yml, or the tests/ beside a folder of workflows) on a GitHub stand-in
with a simulated clock: nothing leaves this machine, and waits of days take no time.
  PATH              test files or folders; .hishamos if there is none
  --name            only cases whose name has this text in it
  --format          github: annotations for a run of GitHub Actions
  --from-execution  writes a test from a run that the service has stored (DATABASE_URL or HISHAMOS_DATA_DIR)
  --out             where to; printed if left out
Exit code: 0 all passed, 1 some did not, 2 wrong usage.
`;

interface Given {
  readonly paths: readonly string[];
  readonly name: string | null;
  readonly format: ProblemFormat;
}

export async function testCommand(args: readonly string[], io: Output): Promise<number> {
  const options = {
    name: { type: "string" },
    format: { type: "string" },
    "from-execution": { type: "string" },
    out: { type: "string" },
    help: { type: "boolean", short: "h" },
  } as const;
  const taken = takeArguments(usage, io, () =>
    parseArgs({ args: [...args], allowPositionals: true, options }),
  );
  if ("exit" in taken) return taken.exit;
  const { values, positionals } = taken;
  const format = problemFormats.find((each) => each === (values.format ?? "text"));
  if (format === undefined)
    return taken.wrong(`unknown format "${values.format ?? ""}": use ${problemFormats.join(", ")}`);
  const id = values["from-execution"];
  if (id !== undefined) return recordCommand({ id, out: values.out ?? null }, io);
  return await runTests(
    { paths: positionals.length > 0 ? positionals : [".hishamos"], name: values.name ?? null, format },
    io,
  );
}

async function runTests({ paths, name, format }: Given, io: Output): Promise<number> {
  const files = new Map<string, FoundFile>();
  for (const path of paths) {
    const found = await findFiles(path);
    if (typeof found === "string") {
      io.stderr(`${found}\n`);
      return 2;
    }
    for (const file of found)
      if (file.kind === "test" || file.path === path) files.set(file.path, { ...file, kind: "test" });
  }
  if (files.size === 0) {
    io.stderr(
      `there is no test under ${paths.map((path) => `"${path}"`).join(", ")}: they are in tests/ beside the workflows\n`,
    );
    return 2;
  }
  const problems: Problem[] = [];
  const cases: CaseToPlay[] = [];
  const texts = new Map<string, string>();
  const folders = new Folders();
  for (const file of files.values()) {
    const text = readText(file.path);
    if (text === null) {
      problems.push(unreadable(file.path));
      continue;
    }
    texts.set(file.path, text);
    const read = readTests(text, file.path);
    if ("problems" in read) {
      problems.push(...read.problems);
      continue;
    }
    for (const test of read.cases) {
      if (name !== null && !test.name.includes(name)) continue;
      const one = caseToPlay(test, folders.of(file));
      if ("code" in one) problems.push(one);
      else cases.push(one);
    }
  }
  const began = performance.now();
  const say = (line: string) => (format === "text" ? io.stdout(line) : undefined);
  for (const problem of problems) say(`${problemText(problem, texts.get(problem.path ?? "") ?? "")}\n\n`);
  const verdicts = await playAll(cases, (verdict) => say(verdictText(verdict)));
  const durationMs = Math.round(performance.now() - began);
  const all = [...problems, ...verdicts.flatMap((verdict) => verdict.problems)];
  const passed = verdicts.filter((verdict) => verdict.passed).length;
  if (format === "json")
    io.stdout(
      `${JSON.stringify({ passed, failed: verdicts.length - passed, durationMs, cases: verdicts, problems }, null, 2)}\n`,
    );
  if (format === "github") io.stdout(all.map((problem) => `${problemCommand(problem)}\n`).join(""));
  if (format === "text") io.stdout(summary(passed, verdicts.length, problems.length, durationMs));
  if (verdicts.length === 0 && problems.length === 0) {
    io.stderr(`no case has ${JSON.stringify(name)} in its name\n`);
    return 2;
  }
  return all.length > 0 ? 1 : 0;
}

function verdictText({ name, workflow, passed, problems, detail, durationMs }: Verdict): string {
  const head = `${passed ? "ok  " : "FAIL"}  ${plain(workflow)}: ${plain(name)} (${durationMs} ms)\n`;
  if (passed) return head;
  // Differences are told in the detail; of the others the place is what helps.
  const [first] = problems;
  const told = problems.filter(({ code }) => code !== "HOS817").map(formatProblem);
  const place =
    told.length === 0 && first
      ? [`at ${first.path ?? ""}:${first.position?.line ?? 1}:${first.position?.column ?? 1}`]
      : [];
  return `${head}${[...place, ...told, ...detail].map((line) => `      ${printable(line)}`.trimEnd()).join("\n")}\n\n`;
}

/** As `plain`, with the spaces that align it. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, " ");
}

function summary(passed: number, count: number, problems: number, durationMs: number): string {
  const parts = [
    `${passed} of ${count} case${count === 1 ? "" : "s"} passed`,
    ...(problems > 0 ? [`${problems} problem${problems === 1 ? "" : "s"} in test files`] : []),
    `${(durationMs / 1000).toFixed(2)} s`,
  ];
  return `\n${parts.join(", ")}\n`;
}
