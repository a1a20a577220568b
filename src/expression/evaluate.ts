import type { Evaluation, Scope } from "../core/expression.ts";
import { type Json, own } from "../core/json.ts";
import { parseExpression } from "./parse.ts";

/**
 * Reads and evaluates one expression over its roots, as `evaluate("input.n > 3", { input: { n: 4 } })`.
 * `now` is in milliseconds since 1970; without it there is no clock, and functions that ask for one say so.
 * The first problem is returned, nothing is thrown.
 */
export function evaluate(
  source: string,
  roots: Readonly<Record<string, Json>>,
  now: number = Number.NaN,
): Evaluation {
  const parsed = parseExpression(source, { roots: Object.keys(roots) });
  if ("expression" in parsed) return parsed.expression.evaluate(recordScope(roots, now));
  const [problem] = parsed.problems;
  if (problem === undefined) throw new Error("problems without a problem");
  return { problem };
}

/** A scope over a record's own entries. */
export function recordScope(roots: Readonly<Record<string, Json>>, now: number): Scope {
  return { root: (name) => own(roots, name), now };
}
