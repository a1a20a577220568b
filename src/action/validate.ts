import { type Checked, type Counter, checkShare } from "../cli/check-files.ts";
import { findFiles } from "../cli/folder.ts";
import { inFull, type Problem } from "../core/problem.ts";
import { annotate, fail, say, setOutputs, summarize } from "./report.ts";

/** Checks what is under the path; each problem is an annotation and a row of the job's summary, and fails the step. */
export async function validate(path: string): Promise<void> {
  const files = await findFiles(path);
  if (typeof files === "string") {
    const hint = "Check the repository out before, and set the input path to where the definitions lie.";
    fail({ code: "HOS901", message: files, hint });
    return;
  }
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  // On this thread alone: the bundle is one program, with no file beside it for another thread to load.
  const counter: Counter = new Int32Array(new SharedArrayBuffer(4));
  const checked = (await checkShare(sorted, counter)).map(([, each]) => each);
  const problems = checked.flatMap((each) => each.problems);
  for (const problem of problems) annotate(problem);
  setOutputs({ problems: problems.length });
  const told = counted(checked, problems);
  await summarize({
    heading: "HishamOS: validate",
    sentences: [told],
    table: {
      heads: ["Where", "Code", "Problem"],
      rows: problems.map((problem) => [place(problem), problem.code, inFull(problem)]),
    },
  });
  say(told);
  if (problems.length > 0) fail();
}

function place({ path = "", position }: Problem): string {
  return position ? `${path}:${position.line}:${position.column}` : path;
}

function counted(checked: readonly Checked[], problems: readonly Problem[]): string {
  const files = `${checked.length} definition${checked.length === 1 ? "" : "s"} checked`;
  if (problems.length === 0) return `${files}, no problems`;
  return `${files}, ${problems.length} problem${problems.length === 1 ? "" : "s"}`;
}
