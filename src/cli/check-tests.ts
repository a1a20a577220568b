import type { Problem } from "../core/problem.ts";
import { checkTests as checkText, type TestCase, unknownWorkflow } from "../definition/tests/index.ts";
import type { CaseToPlay } from "../sandbox/workflow-tests/case.ts";
import { checks } from "../sandbox/workflow-tests/checks.ts";
import type { WorkflowFolder } from "./folder.ts";

/** What is wrong with a test file, as far as can be told without playing it. */
export function checkTests(text: string, path: string, folder: WorkflowFolder): readonly Problem[] {
  const workflows = {
    folder: folder.path,
    stems: folder.stems,
    find(name: string) {
      const found = folder.find(name);
      const source = found === null ? null : folder.text(found);
      if (found === null || source === null) return null;
      const loaded = folder.load(folder.repositoryPath(found), source);
      return "workflow" in loaded ? loaded.workflow : "broken";
    },
  };
  return checkText(text, path, workflows, checks());
}

/** The case with the workflow that it names and what this needs, or why there is none. */
export function caseToPlay(test: TestCase, folder: WorkflowFolder): CaseToPlay | Problem {
  const found = folder.find(test.workflow);
  const text = found === null ? null : folder.text(found);
  if (found === null || text === null)
    return unknownWorkflow(test, { folder: folder.path, stems: folder.stems });
  const path = folder.repositoryPath(found);
  const files = { ...folder.shared, ...Object.fromEntries(folder.filesFor(text, path)) };
  return { test, path, text, files };
}
