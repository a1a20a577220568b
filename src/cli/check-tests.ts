import { didYouMean } from "../core/nearest.ts";
import type { Problem } from "../core/problem.ts";
import { type CaseToPlay, problemAt } from "../sandbox/workflow-tests/case.ts";
import { checkCase } from "../sandbox/workflow-tests/check.ts";
import { readTests } from "../sandbox/workflow-tests/read.ts";
import type { TestCase } from "../sandbox/workflow-tests/types.ts";
import type { WorkflowFolder } from "./folder.ts";

/** What is wrong with a test file, as far as can be told without playing it. */
export function checkTests(text: string, path: string, folder: WorkflowFolder): readonly Problem[] {
  const read = readTests(text, path);
  if ("problems" in read) return read.problems;
  return read.cases.flatMap((test): readonly Problem[] => {
    const one = caseToPlay(test, folder);
    if ("code" in one) return [one];
    const loaded = folder.load(one.path, one.text);
    // Problems of the workflow are told with its own file.
    return "workflow" in loaded ? checkCase(test, loaded.workflow) : [];
  });
}

/** The case with the workflow that it names and what this needs, or why there is none. */
export function caseToPlay(test: TestCase, folder: WorkflowFolder): CaseToPlay | Problem {
  const found = folder.find(test.workflow);
  const text = found === null ? null : folder.text(found);
  if (found === null || text === null) {
    const hint = didYouMean(test.workflow, folder.stems);
    return problemAt(test, "workflow", {
      code: "HOS811",
      message: `there is no workflow "${test.workflow}" in ${folder.path}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const path = folder.repositoryPath(found);
  const files = { ...folder.shared, ...Object.fromEntries(folder.filesFor(text, path)) };
  return { test, path, text, files };
}
