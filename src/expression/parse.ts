import type { Evaluation, Expression, Scope } from "../core/expression.ts";
import type { Json } from "../core/json.ts";
import type { Position, Problem } from "../core/problem.ts";
import type { Reference } from "./ast.ts";
import { type Code, compile } from "./compile.ts";
import { Fault, toProblem } from "./problems.ts";
import { parseSyntax } from "./syntax.ts";
import { buildTree } from "./tree.ts";
import { Work } from "./work.ts";

export interface ParseOptions {
  /** Where the source's UTF-16 unit at this offset stands in its file; without it, lines and columns of the source. */
  readonly at?: (offset: number) => Position;
  /** The file, named in problems. */
  readonly path?: string;
  /** The roots there are; without it, unknown ones are found by evaluation only. */
  readonly roots?: readonly string[];
  /** Whether success(), failure() and always() are known: in `finally`. */
  readonly statusFunctions?: boolean;
}

export interface ParsedExpression extends Expression {
  /** Every use of a root, in the order of the source. */
  readonly references: readonly Reference[];
  /** The value, where the expression is a literal and nothing else. */
  readonly literal: Json | undefined;
}

export type ParsedOrProblems =
  | { readonly expression: ParsedExpression }
  | { readonly problems: readonly Problem[] };

/** Reads one expression as it stands between `{{` and `}}`; every mistake that is seen at once is reported. */
export function parseExpression(text: string, options: ParseOptions = {}): ParsedOrProblems {
  return parseAs(text, text, options);
}

/** Reads `text`, which has the length and the positions of `source`. */
export function parseAs(source: string, text: string, options: ParseOptions): ParsedOrProblems {
  const at = options.at ?? positionIn(source);
  const problem = (fault: Fault): Problem => toProblem(fault, at(fault.offset ?? 0), options.path);
  try {
    const { roots, statusFunctions = false } = options;
    const { root, references, faults } = buildTree(parseSyntax(text), text, { at, roots, statusFunctions });
    if (faults.length > 0) return { problems: faults.map(problem) };
    const code = compile(root);
    const evaluate = (scope: Scope): Evaluation => run(code, scope, at, options.path);
    return {
      expression: { source, references, literal: root.kind === "literal" ? root.value : undefined, evaluate },
    };
  } catch (error) {
    if (error instanceof Fault) return { problems: [problem(error)] };
    throw error;
  }
}

/** Evaluates code; the one place where a Fault of computing becomes a Problem. */
export function run(
  code: Code,
  scope: Scope,
  at: (offset: number) => Position,
  path: string | undefined,
): Evaluation {
  const work = new Work(scope);
  try {
    return { value: code(work) };
  } catch (error) {
    if (error instanceof Fault) return { problem: toProblem(error, at(error.offset ?? work.offset), path) };
    throw error;
  }
}

/** Positions in a text that starts at `start` of its file and runs on in the same columns, as a plain scalar does. */
export function positionIn(
  text: string,
  start: Position = { line: 1, column: 1 },
): (offset: number) => Position {
  return (offset) => {
    const before = text.slice(0, offset);
    const lastBreak = before.lastIndexOf("\n");
    if (lastBreak === -1) return { line: start.line, column: start.column + offset };
    return { line: start.line + before.split("\n").length - 1, column: offset - lastBreak };
  };
}
