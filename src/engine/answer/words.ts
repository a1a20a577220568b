import type { AnswerProblem } from "./problems.ts";

/** One `key=value`, or a bare word (`key` null). */
export interface Word {
  readonly key: string | null;
  readonly value: string;
  /** Quoted values stay text where the schema names no type. */
  readonly quoted: boolean;
}

/** Phones turn straight quotes into these. */
const closing: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ["“", "”"],
  ["‘", "’"],
]);
const escapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
]);
const keyPattern = /[A-Za-z_][A-Za-z0-9_.-]*=/y;
const wordPattern = /\S+/y;
const spacePattern = /\s*/y;

/** More is prose that lost its quotes. */
const maxWords = 256;
const tooMany: AnswerProblem = {
  code: "HOS631",
  message: `the answer has more than ${maxWords} words.`,
  hint: 'Put a text in quotes: key="…".',
};

/** Splits `severity=3 summary="a text" files=["a"]` into words; quotes and brackets count only where a value begins. */
export function splitWords(
  text: string,
): { readonly words: readonly Word[] } | { readonly problem: AnswerProblem } {
  const words: Word[] = [];
  let at = skip(spacePattern, text, 0);
  while (at < text.length) {
    if (words.length === maxWords) return { problem: tooMany };
    const afterKey = skip(keyPattern, text, at);
    const key = afterKey > at ? text.slice(at, afterKey - 1) : null;
    const first = text[afterKey] ?? "";
    const close = closing.get(first);
    if (close !== undefined) {
      const read = readQuoted(text, afterKey + 1, close, first === '"');
      if (read === null) return { problem: unclosed(key, first) };
      if (/\S/.test(text[read.end] ?? "")) return { problem: textAfterQuote(key) };
      words.push({ key, value: read.value, quoted: true });
      at = read.end;
    } else {
      const end = key !== null && "[{".includes(first) && first !== "" ? bracketEnd(text, afterKey) : null;
      const stop = end ?? skip(wordPattern, text, afterKey);
      words.push({ key, value: text.slice(afterKey, stop), quoted: false });
      at = stop;
    }
    at = skip(spacePattern, text, at);
  }
  return { words };
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function readQuoted(text: string, from: number, close: string, escaped: boolean) {
  let value = "";
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === close) return { value, end: at + 1 };
    const next = text[at + 1];
    if (escaped && char === "\\" && next !== undefined) {
      // `C:\temp` is more likely meant than a tab only before these, so any other backslash stays.
      const plain = next === '"' || next === "\\" ? next : escapes.get(next);
      value += plain ?? `\\${next}`;
      at++;
    } else value += char;
  }
  return null;
}

/** Where the bracket opened at `from` is closed again, followed by white space or the end; else null. */
function bracketEnd(text: string, from: number): number | null {
  let depth = 0;
  let inString = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at] ?? "";
    if (inString) {
      if (char === "\\") at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") {
      depth--;
      if (depth === 0) return /\S/.test(text[at + 1] ?? "") ? null : at + 1;
    }
  }
  return null;
}

function unclosed(key: string | null, quote: string): AnswerProblem {
  return {
    code: "HOS632",
    message: `the quote ${quote} ${key === null ? "" : `of "${key}" `}is never closed.`,
    hint: 'Write key="a text in one line", or a YAML block below the command.',
  };
}

function textAfterQuote(key: string | null): AnswerProblem {
  return {
    code: "HOS632",
    message: `there is text right after the closing quote${key === null ? "" : ` of "${key}"`}.`,
    hint: 'A quote inside a value is written \\".',
  };
}
