import {
  Composer,
  type CST,
  type Document,
  isCollection,
  isScalar,
  Lexer,
  Parser,
  visit,
  type YAMLError,
} from "yaml";
import { composeTree } from "./compose.ts";
import { textLimits } from "./limits.ts";
import { definitionProblems, Problems } from "./problems.ts";
import type { Place } from "./source.ts";
import type { MapTree } from "./tree.ts";
import { tellUnquoted } from "./unquoted.ts";

/** The top map of a YAML 1.2 or JSON text, or null where the problems say why there is none. */
export function readYaml(problems: Problems, emptyHint = workflowHint): MapTree | null {
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
  const tokens = readTokens(problems);
  if (tokens === null) return null;
  const documents = [
    ...new Composer({
      // Told by ourselves, with both places: the library compares each key with all before it.
      uniqueKeys: false,
      prettyErrors: false,
      resolveKnownTags: false,
      logLevel: "silent",
    }).compose(tokens),
  ];
  const [document, second] = documents;
  if (document === undefined) {
    problems.add("document", { start: 0, end: 0 }, "the file is empty", { hint: emptyHint });
    return null;
  }
  for (const each of documents) tellErrors(each, problems);
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

const workflowHint = 'A workflow begins with "name:" and "steps:".';

// Tab, line feed and carriage return are the only control characters of YAML; in unicode mode a surrogate
// matches only where its other half is missing.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const badCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ud800-\udfff\ufffe\uffff]/u;

function isSmall(text: string): boolean {
  return text.length <= textLimits.bytes && Buffer.byteLength(text) <= textLimits.bytes;
}

/**
 * The library composes recursively, and 100 KB of `[` would overflow the stack; its parser keeps a stack of
 * its own, whose height is the depth. Composing 1 MB of small values takes seconds, cutting it takes none.
 */
function readTokens(problems: Problems): readonly CST.Token[] | null {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(problems.source.text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    const deep = parser.stack.length > textLimits.depth + 1;
    if (!deep && ++count <= textLimits.lexemes) continue;
    const place = { start: parser.offset, end: parser.offset + 1 };
    if (deep) {
      const message = `lists and maps are nested more than ${textLimits.depth} levels deep`;
      problems.add("tooDeep", place, message);
    } else problems.add("tooLarge", place, `the file has more than ${textLimits.values} values`);
    return null;
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

function tellErrors(document: Document, problems: Problems): void {
  const { source } = problems;
  const errors = [...document.errors, ...document.warnings];
  if (errors.length === 0) return;
  tellUnquotedIn(document, problems);
  const lines = new Set<number>();
  for (const error of errors) {
    const [start, end] = error.pos;
    const { line, column } = source.position(start);
    // What follows the first error of a line is mostly its echo, and so is one at the end of the text.
    if (lines.has(line) || (problems.any && start >= source.text.trimEnd().length)) continue;
    lines.add(line);
    const before = beforeBraces.exec(source.line(line))?.[0];
    if (before !== undefined) {
      tellUnquoted(start - column + 1 + before.length, problems);
      continue;
    }
    const opened = start >= source.text.trimEnd().length ? openedAt(document, start) : null;
    if (opened !== null) {
      problems.add("syntax", opened, `what begins with ${source.text[opened.start]} here is never closed`);
    } else {
      problems.add("syntax", { start, end }, wording(error), { hint: syntaxHints[error.code] });
    }
  }
}

/** Some unquoted braces are valid YAML; told together with those that are not. */
function tellUnquotedIn(document: Document, problems: Problems): void {
  const found = new Problems(problems.source);
  composeTree(document, found);
  for (const problem of found.list()) {
    if (problem.code === definitionProblems.unquoted.code) problems.take(problem);
  }
}

/** The last quote or bracket that is still open at the end of the text: the error stands where it was missed. */
function openedAt(document: Document, end: number): Place | null {
  let found: Place | null = null;
  visit(document, (_, node) => {
    if (!isScalar(node) && !isCollection(node)) return;
    const quoted = isScalar(node) && (node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE");
    const flow = isCollection(node) && node.flow === true;
    const [start, valueEnd] = node.range ?? [0, 0];
    if ((quoted || flow) && valueEnd >= end) found = { start, end: start + 1 };
  });
  return found;
}

/** A line's value that begins with braces; most of these are broken YAML, some a map within a map. */
const beforeBraces = /^\s*(?:- +)*(?:[\w-]+: +)?(?=\{\{)/;

function wording(error: YAMLError): string {
  const own = wordings[error.code];
  if (own !== undefined) return own;
  const first = error.message.split("\n", 1)[0] ?? "";
  return first.charAt(0).toLowerCase() + first.slice(1);
}

const wordings: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  BLOCK_AS_IMPLICIT_KEY: 'there is a second "key: value" where only a value can be',
  MULTILINE_IMPLICIT_KEY: "a key must be on one line with its colon",
  TAB_AS_INDENT: "tabs can't indent in YAML",
};

const syntaxHints: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  TAB_AS_INDENT: "Indent with spaces.",
  BAD_SCALAR_START: "Put the value in quotes.",
  BAD_INDENT: "Entries of one list or map begin in the same column.",
  MISSING_CHAR: "A text with : or # in it needs quotes.",
  BLOCK_AS_IMPLICIT_KEY: "A text with : in it needs quotes; the keys of one map begin in the same column.",
  MULTILINE_IMPLICIT_KEY: "Is a colon missing, or a quote?",
  TAG_RESOLVE_FAILED: "Drop the tag; a text that begins with ! needs quotes.",
};
