import type { Evaluation, Scope, Template } from "../core/expression.ts";
import { isObject, type Json } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import type { Reference } from "./ast.ts";
import { emptyBraces, findBraces } from "./braces.ts";
import { type ParsedExpression, type ParseOptions, parseExpression, positionIn, run } from "./parse.ts";
import { toProblem } from "./problems.ts";
import { isList, textOf } from "./values.ts";

export interface ParsedTemplate extends Template {
  readonly source: Json;
  readonly references: readonly Reference[];
  /** The value, where there is nothing to evaluate: what can be checked before anything runs. */
  readonly literal: Json | undefined;
}

export type TemplateOrProblems =
  | { readonly template: ParsedTemplate }
  | { readonly problems: readonly Problem[] };

/**
 * Reads one string. Exactly one `{{ … }}` and nothing around it keeps the value's type; otherwise values are
 * written into the text: null is empty, lists and objects are JSON.
 */
export function parseTemplateString(text: string, options: ParseOptions = {}): TemplateOrProblems {
  const at = options.at ?? positionIn(text);
  const { found, faults } = findBraces(text);
  const problems = faults.map((fault) => toProblem(fault, at(fault.offset ?? 0), options.path));
  const pieces: (string | ParsedExpression)[] = [];
  let end = 0;
  for (const braces of found) {
    pieces.push(text.slice(end, braces.start - 2));
    end = braces.end + 2;
    const source = text.slice(braces.start, braces.end);
    if (source.trim() === "") {
      problems.push(toProblem(emptyBraces(braces.start), at(braces.start), options.path));
      continue;
    }
    const parsed = parseExpression(source, { ...options, at: (offset) => at(braces.start + offset) });
    if ("problems" in parsed) problems.push(...parsed.problems);
    else pieces.push(parsed.expression);
  }
  pieces.push(text.slice(end));
  if (problems.length > 0) return { problems };
  const parts = pieces.filter((piece) => piece !== "");
  const [only] = parts;
  if (parts.length === 1 && typeof only === "object") return { template: { ...only, source: text } };
  if (parts.every((part) => typeof part === "string")) return { template: literalTemplate(text) };
  return { template: mixedTemplate(text, parts, (scope, code) => run(code, scope, at, options.path)) };
}

function mixedTemplate(
  source: string,
  parts: readonly (string | ParsedExpression)[],
  runText: (scope: Scope, code: Parameters<typeof run>[0]) => Evaluation,
): ParsedTemplate {
  const references = parts.flatMap((part) => (typeof part === "string" ? [] : part.references));
  const evaluate = (scope: Scope): Evaluation => {
    const values: Json[] = [];
    for (const part of parts) {
      if (typeof part === "string") values.push(part);
      else {
        const evaluation = part.evaluate(scope);
        if ("problem" in evaluation) return evaluation;
        values.push(evaluation.value);
      }
    }
    return runText(scope, (work) => {
      const texts = values.map((value) => textOf(value, work));
      work.textOf(texts.reduce((sum, each) => sum + each.length, 0));
      return texts.join("");
    });
  };
  return { source, references, literal: undefined, evaluate };
}

/** A value as it is, `{{` and all. */
export function literalTemplate(value: Json): ParsedTemplate {
  return { source: value, references: [], literal: value, evaluate: () => ({ value }) };
}

/** Templates in a list, evaluated in order; the first problem ends it. */
export function listTemplate(items: readonly ParsedTemplate[]): ParsedTemplate {
  const references = items.flatMap((item) => item.references);
  const evaluate = (scope: Scope): Evaluation => {
    const values: Json[] = [];
    for (const item of items) {
      const evaluation = item.evaluate(scope);
      if ("problem" in evaluation) return evaluation;
      values.push(evaluation.value);
    }
    return { value: values };
  };
  const source = items.map((item) => item.source);
  return { source, references, literal: literalOf(items, evaluate), evaluate };
}

/** Templates under keys (which are literal); the value is an object as JSON.parse would make it. */
export function mapTemplate(entries: Iterable<readonly [string, ParsedTemplate]>): ParsedTemplate {
  const pairs = Array.from(entries);
  const keys = pairs.map(([key]) => key);
  const list = listTemplate(pairs.map(([, template]) => template));
  const evaluate = (scope: Scope): Evaluation => {
    const evaluation = list.evaluate(scope);
    if ("problem" in evaluation || !isList(evaluation.value)) return evaluation;
    const values = evaluation.value;
    // Defines own entries, `__proto__` too. One without a prototype would take JSON.stringify half as long again.
    return { value: Object.fromEntries(keys.map((key, index) => [key, values[index] ?? null])) };
  };
  const source = Object.fromEntries(pairs.map(([key, template]) => [key, template.source]));
  return { source, references: list.references, literal: literalOf([list], evaluate), evaluate };
}

const nowhere: Scope = { root: () => undefined, now: Number.NaN };

function literalOf(parts: readonly ParsedTemplate[], evaluate: Template["evaluate"]): Json | undefined {
  if (parts.some((part) => part.literal === undefined)) return undefined;
  const evaluation = evaluate(nowhere);
  return "value" in evaluation ? evaluation.value : undefined;
}

/** Where a string of a tree stands: its path of keys and indexes, and the offset in the string. */
export interface TreeOptions extends Omit<ParseOptions, "at"> {
  readonly at?: (path: readonly (string | number)[]) => ParseOptions["at"];
}

/** Reads a whole tree of templates; the problems of all its strings together. */
export function parseTemplate(value: Json, options: TreeOptions = {}): TemplateOrProblems {
  const problems: Problem[] = [];
  const template = readTree(value, [], options, problems);
  return problems.length > 0 ? { problems } : { template };
}

function readTree(
  value: Json,
  path: readonly (string | number)[],
  options: TreeOptions,
  problems: Problem[],
): ParsedTemplate {
  if (typeof value === "string") {
    const { at: atPath, ...rest } = options;
    const at = atPath?.(path);
    const parsed = parseTemplateString(value, { ...rest, ...(at !== undefined && { at }) });
    if ("template" in parsed) return parsed.template;
    problems.push(...parsed.problems);
    return literalTemplate(null);
  }
  if (isList(value)) {
    return listTemplate(value.map((item, index) => readTree(item, [...path, index], options, problems)));
  }
  if (!isObject(value)) return literalTemplate(value);
  const entries = Object.entries(value);
  return mapTemplate(entries.map(([key, item]) => [key, readTree(item, [...path, key], options, problems)]));
}
