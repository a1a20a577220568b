import { formatProblem } from "../../../src/core/problem.ts";
import type { TestCase } from "../../../src/definition/tests/index.ts";
import { readTests } from "../../../src/definition/tests/index.ts";
import { type Verdict, verdictOn } from "../../../src/sandbox/workflow-tests/verdict.ts";

/** The cases of a test file's text; throws with its problems. */
export function casesOf(text: string): readonly TestCase[] {
  const read = readTests(text, "tests/t.yml");
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  return read.cases;
}

/** The verdict on the only case of a test file, played with the workflow and what else `.hishamos/` has. */
export async function verdict(
  workflow: string,
  tests: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Verdict> {
  const [test] = casesOf(tests);
  if (!test) throw new Error("the file has no case");
  return await verdictOn({ test, path: ".hishamos/w.yml", text: workflow, files });
}

/** What a person reads of a verdict. */
export function told({ problems, detail }: Verdict): string {
  const others = problems.filter(({ code }) => code !== "HOS817" || detail.length === 0);
  return [...others.map(formatProblem), ...detail].join("\n");
}

/** Triage by an agent, an approval, and a close; a graph with a handler. */
export const triageWorkflow = `name: Triage
on: { issues: { types: [labeled], labels: [bug] } }
permissions: { issues: write }
steps:
  - { id: triage, agent: bug-triage-agent, timeout: 7d, remind: { every: 1d, max: 3 }, on_success: urgent, on_failure: tell }
  - id: urgent
    action: issues.addLabels
    condition: steps.triage.output.severity > 3
    inputs: { labels: [urgent] }
    retry: { max_attempts: 3, on: [transient] }
    on_success: decide
    on_skip: decide
    on_failure: tell
  - { id: decide, approval: { from: ["role:maintain"], exclude: [author] }, timeout: 2d, on_success: close, on_failure: tell }
  - { id: close, action: issues.update, inputs: { state: closed } }
  - { id: tell, action: issues.createComment, inputs: { body: "Stuck at {{ error.step }}: {{ error.message }}" } }
`;

export const labelled = "event: { issues.labeled: { label: bug, issue: { title: Broken, author: alice } } }";
