import { definitionFolder, stemOf } from "../../definition/index.ts";
import { type AnswerChecks, checkTests, type TestedWorkflows } from "../../definition/tests/index.ts";
import { checkAgainst } from "../../engine/answer/index.ts";
import type { Definitions } from "../definitions.ts";
import type { Work } from "../room.ts";
import type { JudgedFile } from "./judge.ts";

/** For the outputs in the tests of one commit: a schema's pattern may make each of them take half a second. */
const longestMs = 2_000;

/** The tests of the commit's workflows, as far as they can be judged without being played. */
export async function judgedTests(work: Work, definitions: Definitions): Promise<readonly JudgedFile[]> {
  const { room, happening, octokit } = work;
  const tests = await room.definitions.tests(octokit, happening.repository, definitions.commit);
  const workflows = workflowsOf(definitions);
  const checks = { roles: room.roles, against: within(longestMs, () => room.clock.now()) };
  return tests.map((file): JudgedFile => {
    if ("problems" in file) return file;
    const problems = checkTests(file.text, file.path, workflows, checks);
    return problems.length === 0 ? { path: file.path } : { path: file.path, problems };
  });
}

function workflowsOf({ files }: Definitions): TestedWorkflows {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const endings = ["", ".yml", ".yaml", ".json"];
  return {
    folder: definitionFolder,
    stems: files.flatMap((file) => ("workflow" in file ? [stemOf(file.path)] : [])),
    find(name) {
      const file = endings.map((end) => byPath.get(`${definitionFolder}/${name}${end}`)).find(Boolean);
      if (file === undefined) return null;
      if ("workflow" in file) return file.workflow;
      return "problems" in file ? "broken" : null;
    },
  };
}

/** What is left when the time is over is not held against its schema: this is no place to wait for it. */
function within(ms: number, now: () => number): AnswerChecks["against"] {
  let spent = 0;
  return (schema, output) => {
    if (spent > ms) return { result: "unusable" };
    const began = now();
    const checked = checkAgainst(schema, output);
    spent += now() - began;
    return checked;
  };
}
