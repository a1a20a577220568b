import { groupBraces } from "./braces.ts";
import { type ParsedOrProblems, type ParseOptions, parseAs, positionIn } from "./parse.ts";
import { Fault, toProblem } from "./problems.ts";

/**
 * Reads what stands in condition, match, until and fail_if: one expression, in which `{{ }}` only groups.
 * `{{steps.a.output}} > 3` is read once, as `(steps.a.output) > 3`; no value ever becomes source.
 */
export function parseCondition(text: string, options: ParseOptions = {}): ParsedOrProblems {
  try {
    return parseAs(text, groupBraces(text), options);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const at = options.at ?? positionIn(text);
    return { problems: [toProblem(error, at(error.offset ?? 0), options.path)] };
  }
}
