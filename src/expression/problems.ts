import type { Position, Problem } from "../core/problem.ts";

export interface ProblemKind {
  readonly code: string;
  readonly title: string;
  /** What it means and the way out, for the documentation page of this code. */
  readonly help: string;
}

/** Every problem that an expression can have; the documentation is generated from it. */
export const expressionProblems = {
  syntax: {
    code: "HOS101",
    title: "The expression can't be read",
    help: "Something is missing or too much at the position shown: an operand, a closing bracket or quote, an operator between two values.",
  },
  unknownRoot: {
    code: "HOS102",
    title: "Unknown name",
    help: 'An expression starts from a root such as input, steps, event or subject. Text needs quotes. An id with a dash needs brackets: steps["code-review"].',
  },
  unknownFunction: {
    code: "HOS103",
    title: "Unknown function",
    help: "Only the functions listed in the documentation can be called, and only by their bare name; values have no methods.",
  },
  argumentCount: {
    code: "HOS104",
    title: "Wrong number of arguments",
    help: "The function takes fewer or more arguments than it was given.",
  },
  notInLanguage: {
    code: "HOS105",
    title: "Not part of the expression language",
    help: "Assignment, bitwise operators, ===, ??, **, this, optional chaining, regular expression literals and functions of your own don't exist here. The message names what to write instead.",
  },
  ambiguousNot: {
    code: "HOS106",
    title: "Parentheses are needed",
    help: "`!a in b` would negate a before looking for it. Write `!(a in b)`, or `(!a) in b` if that is meant.",
  },
  tooComplex: {
    code: "HOS107",
    title: "The expression is too long or too deep",
    help: "An expression may be 21,000 characters long and 50 levels deep. Split it over several steps.",
  },
  actionsBraces: {
    code: "HOS108",
    title: "${{ }} is GitHub Actions' form",
    help: 'Write {{ … }} without the dollar sign. For a dollar sign before a value: {{ format("${0}", value) }}.',
  },
  bracesInQuotes: {
    code: "HOS109",
    title: "{{ inside a quoted string",
    help: 'Values are never written into an expression\'s source. Drop the quotes, or use format("… {0} …", value).',
  },
  braces: {
    code: "HOS110",
    title: "{{ and }} don't pair up",
    help: 'Each {{ needs its }} and one whole expression between them. For two literal braces: {{ "{" + "{" }}.',
  },
  operand: {
    code: "HOS111",
    title: "The operator doesn't take these values",
    help: "+ adds two numbers or joins two texts; - * / % and signs need numbers. Use format to write values into text and default for one that may be missing.",
  },
  argument: {
    code: "HOS112",
    title: "The function doesn't take this value",
    help: "An argument has the wrong type or isn't one of those allowed.",
  },
  arithmetic: {
    code: "HOS113",
    title: "There is no such number",
    help: "Division by zero, or a result too large for a number. Test the divisor first: `n != 0 && total / n > 3`.",
  },
  tooMuch: {
    code: "HOS114",
    title: "Too much work, or too large a result",
    help: "An evaluation is bounded: 1,000,000 characters of text, 100,000 items of a list, values nested 200 levels, and the time to work through them.",
  },
  pattern: {
    code: "HOS115",
    title: "The pattern can't be used",
    help: "matches takes characters, ., classes, ^, $, \\b, groups, |, *, +, ? and {m,n}; no backreferences and no lookaround, so that matching takes linear time. Within quotes a backslash is written twice.",
  },
  json: {
    code: "HOS116",
    title: "The text is no JSON",
    help: "fromJSON takes one complete JSON value.",
  },
  time: {
    code: "HOS117",
    title: "Not a time or duration",
    help: "Times are ISO 8601 text as GitHub writes it (2026-11-22T10:00:00Z) or milliseconds since 1970; durations are 90s, 10m, 2h, 7d.",
  },
  format: {
    code: "HOS118",
    title: "A placeholder has no value",
    help: "format replaces {0} by the first value after the text, {1} by the second, and so on.",
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemName = keyof typeof expressionProblems;

/**
 * A user's mistake found in the middle of reading or computing. Thrown inside this room only; `parse` and
 * `evaluate` turn it into a Problem at their one boundary, so that the happy path carries no checks.
 */
export class Fault extends Error {
  readonly kind: ProblemName;
  readonly hint: string | undefined;
  /** In UTF-16 units from the start of the source; without it, where the evaluation stood. */
  readonly offset: number | undefined;

  constructor(kind: ProblemName, message: string, hint?: string, offset?: number) {
    super(message);
    this.kind = kind;
    this.hint = hint;
    this.offset = offset;
  }
}

export function toProblem(
  fault: { readonly kind: ProblemName; readonly message: string; readonly hint?: string | undefined },
  position: Position,
  path: string | undefined,
): Problem {
  const { kind, message, hint } = fault;
  return {
    code: expressionProblems[kind].code,
    message,
    ...(hint !== undefined && { hint }),
    ...(path !== undefined && { path }),
    position,
  };
}
