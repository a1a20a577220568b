import { expect, test } from "vitest";
import { formatProblem } from "../../src/core/problem.ts";
import { readTests } from "../../src/definition/tests/index.ts";
import { verdictOn } from "../../src/sandbox/workflow-tests/verdict.ts";
import { type Files, whole } from "./scenario.ts";

/**
 * A story about a rule that GitHub has a part in, played by the whole service on the stand-in. `play` is the case as
 * in `.hishamos/tests/*.yml`, without its name and workflow.
 */
export function rehearsal(
  rule: string,
  text: string,
  play: string,
  { files = {}, more = "" }: { readonly files?: Files; readonly more?: string } = {},
): void {
  test(`${rule}${more === "" ? "" : `: ${more}`}`, async () => {
    const read = readTests(`name: ${rule}\nworkflow: test\n${play}`, "case.yml");
    if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
    const [one] = read.cases;
    if (!one) throw new Error("there is no case");
    const beside = Object.entries(files).map(([name, each]) => [`.hishamos/${name}`, each] as const);
    const verdict = await verdictOn({
      test: one,
      path: ".hishamos/test.yml",
      text: whole(text),
      files: Object.fromEntries(beside),
    });
    expect([...verdict.problems.map(formatProblem), ...verdict.detail]).toEqual([]);
  });
}
