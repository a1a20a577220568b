import { didYouMean } from "../../core/nearest.ts";
import type { Problem } from "../../core/problem.ts";
import type { Workflow } from "../../core/workflow.ts";
import { type AnswerChecks, checkCase } from "./check.ts";
import { problemAt } from "./place.ts";
import { readTests } from "./read.ts";
import type { TestCase } from "./types.ts";

/** The workflows that tests may name: those of the folder above theirs. */
export interface TestedWorkflows {
  /** As messages name it. */
  readonly folder: string;
  /** Names without endings, for a hint. */
  readonly stems: readonly string[];
  /** By its file's name without ending, or by its path from the folder; "broken" where it has problems of its own. */
  find(name: string): Workflow | "broken" | null;
}

/** What is wrong with a test file, as far as can be told without playing it. */
export function checkTests(
  text: string,
  path: string,
  workflows: TestedWorkflows,
  checks: AnswerChecks,
): readonly Problem[] {
  const read = readTests(text, path);
  if ("problems" in read) return read.problems;
  return read.cases.flatMap((test): readonly Problem[] => {
    const workflow = workflows.find(test.workflow);
    if (workflow === null) return [unknownWorkflow(test, workflows)];
    // Problems of the workflow are told with its own file.
    return workflow === "broken" ? [] : checkCase(test, workflow, checks);
  });
}

/** The problem of a case whose workflow is not there. */
export function unknownWorkflow(
  test: TestCase,
  { folder, stems }: Pick<TestedWorkflows, "folder" | "stems">,
): Problem {
  const hint = didYouMean(test.workflow, stems);
  return problemAt(test, "workflow", {
    code: "HOS811",
    message: `there is no workflow "${test.workflow}" in ${folder}`,
    ...(hint === undefined ? {} : { hint }),
  });
}
