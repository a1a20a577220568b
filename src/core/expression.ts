import type { Json } from "./json.ts";
import type { Problem } from "./problem.ts";

/** What an expression sees: its roots by name, and the execution's clock. */
export interface Scope {
  /** The root's value; undefined where this scope has no such root (which is a problem, unlike null). */
  root(name: string): Json | undefined;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
}

export type Evaluation = { readonly value: Json } | { readonly problem: Problem };

/** A parsed expression: one tree, evaluated any number of times, without side effects. */
export interface Expression {
  readonly source: string;
  evaluate(scope: Scope): Evaluation;
}

/** A tree of literals and `{{ }}` templates, evaluated to the same shape. */
export interface Template {
  /** The tree as it was written: what two versions of a definition are compared by. */
  readonly source?: Json;
  evaluate(scope: Scope): Evaluation;
}

/** What counts as true in a condition: all but null, false, 0 and the empty string. */
export function isTrue(value: Json): boolean {
  return !(value === null || value === false || value === 0 || value === "");
}
