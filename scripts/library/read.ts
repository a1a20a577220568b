import { readdirSync, readFileSync } from "node:fs";
import { formatProblem } from "../../src/core/problem.ts";
import { loadWorkflow } from "../../src/definition/index.ts";
import { readTests } from "../../src/definition/tests/index.ts";
import type { Played } from "./scenarios.ts";

const folder = new URL("../../workflows-library/", import.meta.url);

/** Every workflow that ships, by its file's name without ending, with the cases of its tests. Throws with its problems. */
export function readLibrary(): ReadonlyMap<string, Played> {
  const stems = readdirSync(folder).flatMap((file) => /^(.+)\.yml$/.exec(file)?.[1] ?? []);
  return new Map(stems.map((stem) => [stem, read(stem)]));
}

function read(stem: string): Played {
  const path = `.hishamos/${stem}.yml`;
  const text = readFileSync(new URL(`${stem}.yml`, folder), "utf8");
  const loaded = loadWorkflow(text, path);
  if (!("workflow" in loaded)) throw new Error(loaded.problems.map(formatProblem).join("\n"));
  const tests = readTests(readFileSync(new URL(`tests/${stem}.yml`, folder), "utf8"), `tests/${stem}.yml`);
  if ("problems" in tests) throw new Error(tests.problems.map(formatProblem).join("\n"));
  return { workflow: loaded.workflow, cases: tests.cases.map((test) => ({ test, path, text, files: {} })) };
}
