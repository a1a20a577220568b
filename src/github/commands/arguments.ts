import type { Json, JsonObject } from "../../core/json.ts";
import type { Workflow } from "../../core/workflow.ts";
import { type Answer, parseAnswer } from "../../engine/answer/index.ts";
import type { AnswerProblem } from "../../engine/answer/problems.ts";
import { splitWords, type Word } from "../../engine/answer/words.ts";

/**
 * The arguments of a workflow's own command, `/deploy staging reason="a text"`: words in the order of `names`, and
 * `key=value`, typed as the workflow's inputs say; whatever is neither a name nor an input is a problem.
 */
export function readArguments(
  words: string,
  block: string | null,
  names: readonly string[],
  workflow: Workflow,
): Answer {
  if (words.trim() === "" && block === null) return { values: {} };
  const schema = schemaOf(workflow, names);
  const split = splitWords(words);
  // What can't be split is told by the one reader of answers.
  if ("problem" in split) return parseAnswer(words, block, schema);
  const taken = new Set(split.words.flatMap(({ key }) => key ?? []));
  const free = names.filter((name) => !taken.has(name));
  const named: string[] = [];
  for (const word of split.words) {
    const key = word.key ?? free.shift();
    if (key === undefined) return { problems: [tooMany(word, names)] };
    named.push(written(key, word));
  }
  return parseAnswer(named.join(" "), block, schema);
}

/** The workflow's inputs as the schema of an answer: their types tell how words are read. */
export function schemaOf({ inputs }: Workflow, names: readonly string[] = []): JsonObject {
  const properties = [
    ...names.map((name): [string, Json] => [name, {}]),
    ...inputs.map(({ name, schema }): [string, Json] => [name, schema ?? {}]),
  ];
  return { type: "object", properties: Object.fromEntries(properties), additionalProperties: false };
}

/** Of the arguments, those that the workflow takes as inputs. */
export function inputsOf(values: JsonObject, { inputs }: Workflow): JsonObject {
  const known = new Set(inputs.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([key]) => known.has(key)));
}

function written(key: string, { value, quoted }: Word): string {
  return quoted ? `${key}=${JSON.stringify(value)}` : `${key}=${value}`;
}

function tooMany({ value }: Word, names: readonly string[]): AnswerProblem {
  const hint =
    names.length === 0
      ? "It takes no arguments but key=value."
      : `It takes ${names.join(", ")}; put quotes around a value with spaces.`;
  return { code: "HOS632", message: `"${value.slice(0, 80)}" is one argument too many.`, hint };
}
