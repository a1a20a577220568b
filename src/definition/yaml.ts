import { type Document, Lexer, Parser, parseAllDocuments, type YAMLError } from "yaml";
import { composeTree } from "./compose.ts";
import { textLimits } from "./limits.ts";
import type { Problems } from "./problems.ts";
import type { MapTree } from "./tree.ts";
import { tellUnquoted } from "./unquoted.ts";

/** The top map of a YAML 1.2 or JSON text, or null where the problems say why there is none. */
export function readYaml(problems: Problems): MapTree | null {
  const { text } = problems.source;
  if (!isSmall(text)) {
    problems.add("tooLarge", { start: 0, end: 0 }, `the file is larger than ${textLimits.bytes / 1e6} MB`);
    return null;
  }
  const character = badCharacter.exec(text);
  if (character) {
    const code = character[0].codePointAt(0) ?? 0;
    problems.add(
      "character",
      { start: character.index, end: character.index + 1 },
      `the character U+${code.toString(16).toUpperCase().padStart(4, "0")} can't be used in a definition`,
    );
    return null;
  }
  const deep = tooDeepAt(text);
  if (deep !== null) {
    problems.add(
      "tooDeep",
      { start: deep, end: deep + 1 },
      `lists and maps are nested more than ${textLimits.depth} levels deep`,
    );
    return null;
  }
  const documents = parseAllDocuments(text, {
    // Told by ourselves, with both places: the library compares each key with all before it.
    uniqueKeys: false,
    prettyErrors: false,
    resolveKnownTags: false,
    logLevel: "silent",
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (document === undefined) {
    problems.add("document", { start: 0, end: 0 }, "the file is empty", { hint: emptyHint });
    return null;
  }
  for (const each of Array.isArray(documents) ? documents : []) tellErrors(each, problems);
  if (second !== undefined) {
    const start = second.range[0];
    problems.add("document", { start, end: start }, "the file has more than one YAML document", {
      hint: "One workflow is one file: drop the --- line or move what follows it to a file of its own.",
    });
  }
  // A text with syntax errors has values that nobody wrote; checking them would only add noise.
  if (problems.any) return null;
  const tree = composeTree(document, problems);
  if (tree === null) return null;
  if (tree.type !== "map") {
    const found = tree.type === "list" ? "a list" : "a single value";
    problems.add("document", tree, `the file is ${found}, not a map of keys to values`, { hint: emptyHint });
    return null;
  }
  return tree;
}

const emptyHint = 'A workflow begins with "name:" and "steps:".';

// Tab, line feed and carriage return are the only control characters of YAML; in unicode mode a surrogate
// matches only where its other half is missing.
const badCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff\ufffe\uffff]/u;

function isSmall(text: string): boolean {
  return text.length <= textLimits.bytes && Buffer.byteLength(text) <= textLimits.bytes;
}

/**
 * The library composes recursively, and 100 KB of `[` would overflow the stack; its parser keeps a stack of
 * its own, whose height is the depth. Each level may be two entries high (a list within a map's value).
 */
function tooDeepAt(text: string): number | null {
  const parser = new Parser();
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    offset = parser.offset;
    if (parser.stack.length > textLimits.depth + 1) return offset;
  }
  return null;
}

function tellErrors(document: Document, problems: Problems): void {
  const { source } = problems;
  const lines = new Set<number>();
  for (const error of [...document.errors, ...document.warnings]) {
    const { line } = source.position(error.pos[0]);
    // What follows the first error of a line is mostly its echo.
    if (lines.has(line)) continue;
    lines.add(line);
    const text = source.line(line);
    const braces = unquotedBraces.exec(text);
    if (braces) {
      const start = error.pos[0] - source.position(error.pos[0]).column + 1 + braces[1].length;
      tellUnquoted(start, braces[2], problems);
      continue;
    }
    problems.add("syntax", { start: error.pos[0], end: error.pos[1] }, wording(error), {
      hint: syntaxHints[error.code],
    });
  }
}

const unquotedBraces = /^(\s*(?:- +)*(?:[\w-]+: +)?)(\{\{.*?)\s*$/ as {
  exec(text: string): [string, string, string] | null;
};

function wording(error: YAMLError): string {
  const first = error.message.split("\n", 1)[0] ?? "";
  return first.charAt(0).toLowerCase() + first.slice(1);
}

const syntaxHints: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  TAB_AS_INDENT: "Indent with spaces.",
  BAD_SCALAR_START: "Put the value in quotes.",
  BAD_INDENT: "Entries of one list or map begin in the same column.",
  MISSING_CHAR: "A text with : or # in it needs quotes.",
  BLOCK_AS_IMPLICIT_KEY: "A text with : in it needs quotes.",
  MULTILINE_IMPLICIT_KEY: "A text with : in it needs quotes.",
  TAG_RESOLVE_FAILED: "Drop the tag; a text that begins with ! needs quotes.",
};
