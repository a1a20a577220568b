import { Script } from "node:vm";
import { Ajv, type ErrorObject } from "ajv";
import { type Json, type JsonObject, own } from "../core/json.ts";

export type Output =
  | { readonly result: "valid"; readonly value: Json }
  | { readonly result: "invalid"; readonly errors: readonly string[] }
  /** The schema itself can't be used. */
  | { readonly result: "unusable"; readonly reason: string };

/** A schema's pattern can make one short text take hours; this ends it. */
const timeLimitMs = 500;
const call = new Script("check()");

/** Reads a model's answer as JSON that fits `schema` (JSON Schema, draft 7); a code fence around it is let pass. */
export function readOutput(text: string, schema: JsonObject): Output {
  const value = parseJson(text);
  if (value === undefined) return { result: "invalid", errors: ["it is not JSON"] };
  try {
    const ajv = new Ajv({ strict: false, allErrors: true, ownProperties: true, logger: false });
    // It may name a draft that is not loaded.
    const { $schema: _draft, ...rest } = schema;
    const validate = ajv.compile(rest);
    if ("$async" in validate) return { result: "unusable", reason: "$async is not allowed" };
    const valid: unknown = call.runInNewContext({ check: () => validate(value) }, { timeout: timeLimitMs });
    if (valid === true) return { result: "valid", value };
    const errors = (validate.errors ?? []).slice(0, 10).map(describe);
    return { result: "invalid", errors };
  } catch (error) {
    return { result: "unusable", reason: error instanceof Error ? error.message : String(error) };
  }
}

function describe({ instancePath, message, params }: ErrorObject): string {
  const { allowedValues, additionalProperty } = params as Record<string, unknown>;
  const detail = allowedValues ?? additionalProperty;
  const more = detail === undefined ? "" : `: ${JSON.stringify(detail)}`;
  return `${instancePath || "the answer"} ${message ?? "is wrong"}${more}`;
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
