import { limits } from "../limits.ts";
import { Fault } from "../problems.ts";
import { compileMatcher, finds, type Matcher } from "./matcher.ts";
import { anyBut, character, type Pattern, type Range, repeat, sequence } from "./pattern.ts";

/**
 * Compiles GitHub's filter patterns, as `branches` and `paths` take them in Actions: `*` (no slash), `**`,
 * `?` and `+` after what they repeat, `[a-z]`, and backslash before a character meant as itself.
 * A pattern matches the whole text.
 * Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#filter-pattern-cheat-sheet
 * @throws Fault where the pattern isn't one
 */
export function compileGlob(source: string): Matcher {
  if (source.length > limits.patternLength) {
    throw new Fault("pattern", `the pattern is longer than ${limits.patternLength} characters`);
  }
  const parts: Pattern[] = [];
  const characters = Array.from(source);
  for (let at = 0; at < characters.length; ) {
    const found = readPart(characters, at);
    at += found.length;
    const last = parts.at(-1);
    if (found.part !== undefined) parts.push(found.part);
    else if (last === undefined)
      throw new Fault("pattern", `the pattern has nothing before "${characters[at - 1]}"`);
    else
      parts[parts.length - 1] =
        characters[at - 1] === "?" ? repeat(last, 0, 1) : repeat(last, 1, Number.POSITIVE_INFINITY);
  }
  const whole = sequence({ kind: "assert", where: "start" }, ...parts, { kind: "assert", where: "end" });
  return compileMatcher(whole, false);
}

/** Whether the whole text fits the filter pattern. @throws Fault where the pattern isn't one */
export function globMatches(pattern: string, text: string): boolean {
  return finds(compileGlob(pattern), text, () => {});
}

const anything = repeat(anyBut(), 0, Number.POSITIVE_INFINITY);
const anythingInSegment = repeat(anyBut("/"), 0, Number.POSITIVE_INFINITY);

/** The next part and how many characters it takes; no part for ? and +, which repeat the one before. */
function readPart(
  characters: readonly string[],
  at: number,
): { readonly part?: Pattern; readonly length: number } {
  const [next = "", second, third] = characters.slice(at, at + 3);
  const atSegmentStart = at === 0 || characters[at - 1] === "/";
  switch (next) {
    case "*":
      // `**/README.md` finds the one at the top, too.
      if (second === "*" && third === "/" && atSegmentStart) {
        return { part: repeat(sequence(anything, character("/")), 0, 1), length: 3 };
      }
      return second === "*" ? { part: anything, length: 2 } : { part: anythingInSegment, length: 1 };
    case "?":
    case "+":
      return { length: 1 };
    case "[":
      return readClass(characters, at);
    case "\\":
      if (second === undefined) throw new Fault("pattern", "the pattern ends with a backslash");
      return { part: character(second), length: 2 };
    default:
      return { part: character(next), length: 1 };
  }
}

function readClass(
  characters: readonly string[],
  at: number,
): { readonly part: Pattern; readonly length: number } {
  const end = characters.indexOf("]", at + 1);
  if (end === -1) throw new Fault("pattern", "a [ in the pattern is not closed");
  const ranges: Range[] = [];
  const inner = characters.slice(at + 1, end).map((text) => text.codePointAt(0) ?? 0);
  for (let index = 0; index < inner.length; index++) {
    const low = inner[index] ?? 0;
    const high = inner[index + 1] === 45 ? inner[index + 2] : undefined;
    if (high !== undefined && high < low) throw new Fault("pattern", "a range in [ ] ends before it begins");
    ranges.push([low, high ?? low]);
    if (high !== undefined) index += 2;
  }
  return { part: { kind: "set", set: { ranges, negated: false } }, length: end - at + 1 };
}
