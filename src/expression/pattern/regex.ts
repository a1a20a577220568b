import { limits } from "../limits.ts";
import { Fault } from "../problems.ts";
import { compileMatcher, type Matcher } from "./matcher.ts";
import {
  anyBut,
  type CharacterSet,
  character,
  type Pattern,
  type Range,
  repeat,
  sequence,
} from "./pattern.ts";

/**
 * Compiles the regular part of JavaScript's regular expressions: no captures, backreferences or lookaround.
 * @throws Fault where the pattern isn't one
 */
export function compileRegex(source: string, ignoreCase: boolean): Matcher {
  if (source.length > limits.patternLength) {
    throw new Fault("pattern", `the pattern is longer than ${limits.patternLength} characters`);
  }
  const reader = new RegexReader(source);
  return compileMatcher(reader.readAll(), ignoreCase);
}

const digits: Range = [48, 57];
const wordRanges: readonly Range[] = [digits, [65, 90], [95, 95], [97, 122]];
// JavaScript's \s. Source: ECMA-262 WhiteSpace and LineTerminator.
const spaceRanges: readonly Range[] = [
  ...([
    [9, 13],
    [32, 32],
    [160, 160],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
  ] as const),
  ...([
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ] as const),
];
const classRanges: Readonly<Record<string, readonly Range[]>> = {
  d: [digits],
  w: wordRanges,
  s: spaceRanges,
};
const controls: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v" };

class RegexReader {
  readonly #characters: readonly string[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#characters = Array.from(source);
  }

  readAll(): Pattern {
    const pattern = this.#choice();
    if (this.#peek() !== undefined) throw this.#fault(`unexpected "${this.#peek()}"`);
    return pattern;
  }

  #choice(): Pattern {
    if (++this.#depth > limits.depth) throw this.#fault(`groups are nested more than ${limits.depth} deep`);
    const options = [this.#sequence()];
    while (this.#take("|")) options.push(this.#sequence());
    this.#depth--;
    const [only] = options;
    return options.length === 1 && only !== undefined ? only : { kind: "choice", options };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    for (let next = this.#peek(); next !== undefined && next !== "|" && next !== ")"; next = this.#peek()) {
      parts.push(this.#repeated(this.#atom()));
    }
    return sequence(...parts);
  }

  #repeated(part: Pattern): Pattern {
    const bounds = this.#quantifier();
    if (bounds === undefined) return part;
    if (part.kind === "assert") throw this.#fault("an anchor can't be repeated");
    this.#take("?"); // A lazy quantifier finds the same.
    if (this.#quantifier() !== undefined) throw this.#fault("nothing to repeat");
    return repeat(part, bounds[0], bounds[1]);
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.#take("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#take("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#take("?")) return [0, 1];
    const rest = this.#characters.slice(this.#at, this.#at + 12).join("");
    const found = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(rest);
    if (found === null) return undefined;
    this.#at += found[0].length;
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === "" ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (max < min) throw this.#fault(`${found[0]} ends before it begins`);
    return [min, max];
  }

  #atom(): Pattern {
    const next = this.#next();
    switch (next) {
      case ".":
        return anyBut("\n", "\r", "\u2028", "\u2029");
      case "^":
        return { kind: "assert", where: "start" };
      case "$":
        return { kind: "assert", where: "end" };
      case "(":
        return this.#group();
      case "[":
        return { kind: "set", set: this.#class() };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        throw this.#fault("nothing to repeat");
      case "{":
        throw this.#fault('"{" needs a backslash, or digits as in {2,5}');
      default:
        return character(next);
    }
  }

  #group(): Pattern {
    if (this.#take("?") && !this.#take(":")) {
      throw this.#fault("lookaround, names and flags in a group aren't taken; (?:…) is");
    }
    const inner = this.#choice();
    if (!this.#take(")")) throw this.#fault('a "(" is not closed');
    return inner;
  }

  #escape(): Pattern {
    const next = this.#next();
    if (next === "b") return { kind: "assert", where: "edge" };
    if (next === "B") return { kind: "assert", where: "inner" };
    const ranges = classRanges[next.toLowerCase()];
    if (ranges !== undefined) return { kind: "set", set: { ranges, negated: next !== next.toLowerCase() } };
    return character(this.#escaped(next));
  }

  #escaped(next: string): string {
    if (/[1-9]/.test(next)) throw this.#fault("backreferences aren't taken");
    const control = controls[next];
    if (control !== undefined) return control;
    if (/[0-9A-Za-z]/.test(next)) throw this.#fault(`unknown escape "\\${next}"`);
    return next;
  }

  #class(): CharacterSet {
    const negated = this.#take("^");
    const ranges: Range[] = [];
    while (!this.#take("]")) {
      const from = this.#classItem();
      if (typeof from !== "string") {
        ranges.push(...from);
        continue;
      }
      const low = from.codePointAt(0) ?? 0;
      if (this.#peek() !== "-" || this.#characters[this.#at + 1] === "]") {
        ranges.push([low, low]);
        continue;
      }
      this.#at++;
      const to = this.#classItem();
      const high = typeof to === "string" ? (to.codePointAt(0) ?? 0) : -1;
      if (high < low) throw this.#fault("a range in [ ] ends before it begins");
      ranges.push([low, high]);
    }
    return { ranges, negated };
  }

  /** One character, or the ranges of a class such as \d. */
  #classItem(): string | readonly Range[] {
    const next = this.#next("a [ is not closed");
    if (next !== "\\") return next;
    const escaped = this.#next();
    if (escaped === "D" || escaped === "W" || escaped === "S")
      throw this.#fault(`\\${escaped} can't stand in [ ]`);
    return classRanges[escaped] ?? this.#escaped(escaped);
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(wanted: string): boolean {
    if (this.#peek() !== wanted) return false;
    this.#at++;
    return true;
  }

  #next(atEnd = "it ends in the middle"): string {
    const next = this.#peek();
    if (next === undefined) throw this.#fault(atEnd);
    this.#at++;
    return next;
  }

  #fault(why: string): Fault {
    return new Fault("pattern", `the pattern can't be read at its character ${this.#at + 1}: ${why}`);
  }
}
