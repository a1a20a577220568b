import type { Position } from "../../core/problem.ts";
import type { TestProblem } from "./problems.ts";
import type { TestCase } from "./types.ts";

/** A problem at the place of a key of the case, or the nearest place that is known. */
export function problemAt(
  test: TestCase,
  at: string,
  problem: Omit<TestProblem, "path" | "position">,
): TestProblem {
  const place: Position | undefined =
    test.places[at] ?? test.places[at.split(".")[0] ?? ""] ?? test.places[""];
  return { ...problem, path: test.path, ...(place && { position: place }) };
}
