import { type Json, type JsonObject, own } from "../core/json.ts";
import { checkAgainst } from "../engine/answer/index.ts";

export type Output =
  | { readonly result: "valid"; readonly value: Json }
  | { readonly result: "invalid"; readonly errors: readonly string[] }
  /** The schema itself can't be used. */
  | { readonly result: "unusable"; readonly reason: string };

/** Reads a model's answer as JSON that fits `schema` (JSON Schema, draft 7); a code fence around it is let pass. */
export function readOutput(text: string, schema: JsonObject): Output {
  const value = parseJson(text);
  if (value === undefined) return { result: "invalid", errors: ["it is not JSON"] };
  const checked = checkAgainst(schema, value);
  return checked.result === "valid" ? { result: "valid", value } : checked;
}

function parseJson(text: string): Json | undefined {
  const fenced = /^```[a-z]*\n([^]*)\n```$/.exec(text.trim())?.[1];
  try {
    return JSON.parse(fenced ?? text) as Json;
  } catch {
    return undefined;
  }
}

const strictKeywords = new Set(
  "type properties required additionalProperties items enum const description anyOf minimum maximum".split(
    " ",
  ),
);

/**
 * Whether OpenAI's strict mode takes the schema: all properties required, nothing additional, few keywords.
 * Source: platform.openai.com, "Structured outputs", supported schemas. Others are sent as a wish, and checked by us.
 */
export function isStrict(schema: Json): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  if (Array.isArray(schema)) return schema.every(isStrict);
  const object = schema as JsonObject;
  if (!Object.keys(object).every((key) => strictKeywords.has(key))) return false;
  const properties = own(object, "properties");
  if (properties === undefined && own(object, "type") === "object") return false;
  if (properties !== undefined) {
    const names = Object.keys(properties as JsonObject);
    const required = own(object, "required");
    if (own(object, "additionalProperties") !== false || !Array.isArray(required)) return false;
    if (!names.every((name) => required.includes(name))) return false;
    if (!Object.values(properties as JsonObject).every(isStrict)) return false;
  }
  return ["items", "anyOf"].every(
    (key) => own(object, key) === undefined || isStrict(own(object, key) ?? null),
  );
}
