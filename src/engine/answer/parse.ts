import { parseDocument } from "yaml";
import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { nearest } from "../../core/nearest.ts";
import { checkAgainst } from "./check.ts";
import { coerce } from "./coerce.ts";
import { toJson } from "./json.ts";
import type { AnswerProblem } from "./problems.ts";
import { describeValue, isClosed, propertiesOf, requiredOf } from "./schema.ts";
import { splitWords, type Word } from "./words.ts";

export type Answer = { readonly values: JsonObject } | { readonly problems: readonly AnswerProblem[] };

/** A comment's length on GitHub. */
const maxLength = 65_536;
const maxProblems = 10;
/** What `readyAnswer` leaves for a person to fill in. */
const placeholder = "…";

/**
 * Reads a person's answer to a step: the words behind `/hishamos done STEP` and, or null, the YAML right below the
 * command (with or without its code fence). What it accepts fits `outputSchema`. Without a schema `key=value` words
 * are taken as they are and any other text becomes `{ text }`, as from a model. Never throws.
 */
export function parseAnswer(words: string, block: string | null, outputSchema: JsonObject | null): Answer {
  if (words.length + (block?.length ?? 0) > maxLength) {
    return { problems: [{ code: "HOS631", message: `the answer is longer than ${maxLength} characters.` }] };
  }
  const split = splitWords(words);
  const yaml = block === null || block.trim() === "" ? { entries: [] } : readBlock(block);
  if (outputSchema === null && "entries" in yaml && yaml.entries.length === 0) {
    const bare = words.trim() !== "" && ("problem" in split || split.words.some((word) => word.key === null));
    if (bare) return { values: { text: words.trim() } };
  }
  const values = new Map<string, Json>();
  const problems: AnswerProblem[] = [];
  if ("problem" in split) problems.push(split.problem);
  else for (const problem of takeWords(split.words, outputSchema, values)) problems.push(problem);
  if ("problem" in yaml) problems.push(yaml.problem);
  else {
    for (const [key, value] of yaml.entries) {
      if (values.has(key)) problems.push(twice(key));
      values.set(key, value);
    }
  }
  if (outputSchema === null) return problems.length > 0 ? told(problems) : { values: toObject(values) };
  return judge(values, problems, outputSchema);
}

function takeWords(
  words: readonly Word[],
  schema: JsonObject | null,
  values: Map<string, Json>,
): AnswerProblem[] {
  const properties = propertiesOf(schema);
  const problems: AnswerProblem[] = [];
  let previous: string | null = null;
  for (const { key, value, quoted } of words) {
    if (key === null) {
      problems.push(bareWord(value, previous));
      continue;
    }
    previous = key;
    const wanted = properties.get(key) ?? {};
    const typed = coerce(value, wanted, quoted);
    if (values.has(key)) problems.push(twice(key));
    else if (value === placeholder) problems.push(unfilled(key));
    else if (typed === undefined) problems.push(wrongValue(key, value, wanted));
    // A wrong value still counts as given, so that it is not also called missing.
    values.set(key, typed ?? null);
  }
  return problems;
}

function judge(values: ReadonlyMap<string, Json>, problems: AnswerProblem[], schema: JsonObject): Answer {
  const properties = propertiesOf(schema);
  const unknown = isClosed(schema) ? [...values.keys()].filter((key) => !properties.has(key)) : [];
  for (const key of unknown) {
    const known = [...properties.keys()];
    const close = nearest(key, known);
    problems.push({
      code: "HOS633",
      message: `unknown key "${key.slice(0, 80)}".`,
      hint: close === undefined ? `Known keys: ${known.join(", ")}.` : `Did you mean "${close}"?`,
    });
  }
  for (const key of requiredOf(schema).filter((name) => !values.has(name))) {
    const wanted = describeValue(properties.get(key) ?? {});
    problems.push({ code: "HOS634", message: `"${key}" is missing.`, hint: `It takes ${wanted}: ${key}=….` });
  }
  if (problems.length > 0) return told(problems);
  const answer = toObject(values);
  const checked = checkAgainst(schema, answer);
  switch (checked.result) {
    case "valid":
      return { values: answer };
    case "invalid":
      return { problems: checked.errors.map((message) => ({ code: "HOS635", message: `${message}.` })) };
    case "unusable":
      return {
        problems: [
          {
            code: "HOS636",
            message: `the step's output_schema can't be used: ${checked.reason}.`,
            hint: "Correct the agent's output_schema, then retry the step with `retry latest`.",
          },
        ],
      };
    default:
      return checked satisfies never;
  }
}

type Block = { readonly entries: readonly (readonly [string, Json])[] } | { readonly problem: AnswerProblem };

function readBlock(block: string): Block {
  try {
    const document = parseDocument(withoutFence(block), { logLevel: "silent", uniqueKeys: true });
    const [error] = document.errors;
    if (error !== undefined) return badYaml(error.message.split("\n")[0] ?? "");
    // Aliases have no use in an answer, and a few lines of them unfold to gigabytes.
    const value = toJson(document.toJS({ maxAliasCount: 0 }));
    if (!isObject(value)) return badYaml("it is not a map of key: value");
    return { entries: Object.entries(value) };
  } catch (error) {
    // The parser's own stack ends at a few thousand nested brackets; aliases are refused by a throw.
    return badYaml(error instanceof Error ? error.message : String(error));
  }
}

/** The first ones: they are told in a comment. */
function told(problems: readonly AnswerProblem[]): Answer {
  return { problems: problems.slice(0, maxProblems) };
}

function withoutFence(block: string): string {
  const lines = block.trim().split(/\r?\n/);
  const fence = /^(`{3,}|~{3,})/.exec(lines[0] ?? "")?.[1];
  if (fence === undefined) return block;
  return lines.slice(1, lines.at(-1)?.trim() === fence ? -1 : undefined).join("\n");
}

/** `fromEntries` makes `__proto__` an own property; an assignment would not. */
function toObject(values: ReadonlyMap<string, Json>): JsonObject {
  return Object.fromEntries(values);
}

function badYaml(reason: string): { readonly problem: AnswerProblem } {
  const message = `the block below the command is not usable YAML: ${reason}`;
  return { problem: { code: "HOS637", message, hint: "Write one `key: value` in each line." } };
}

function bareWord(word: string, previous: string | null): AnswerProblem {
  const hint =
    previous === null ? "Write key=value." : `Put quotes around a value with spaces: ${previous}="…".`;
  return { code: "HOS632", message: `"${word.slice(0, 80)}" has no key.`, hint };
}

function twice(key: string): AnswerProblem {
  return { code: "HOS632", message: `"${key.slice(0, 80)}" is given twice.`, hint: "Keep one of them." };
}

function unfilled(key: string): AnswerProblem {
  return { code: "HOS634", message: `"${key}" still says ${placeholder}.`, hint: "Put your answer there." };
}

function wrongValue(key: string, value: string, wanted: JsonObject): AnswerProblem {
  return {
    code: "HOS635",
    message: `"${key}" takes ${describeValue(wanted)}, not "${value.slice(0, 80)}".`,
  };
}
