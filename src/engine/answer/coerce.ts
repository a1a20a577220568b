import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import { toJson } from "./json.ts";
import { enumOf, typesOf } from "./schema.ts";

/**
 * The typed value that a person's `text` means under `schema`, or undefined where none of its types can be meant.
 * Only the form is decided here; bounds and patterns are the validator's.
 */
export function coerce(text: string, schema: JsonObject, quoted: boolean): Json | undefined {
  const values = enumOf(schema);
  if (values !== null) return chosen(text, values);
  const types = typesOf(schema);
  if (types.length === 0) return quoted ? text : guess(text);
  // Text takes anything, so that ["string", "null"] reads `null` as null it comes last.
  const ordered = types.toSorted((a, b) => Number(a === "string") - Number(b === "string"));
  for (const type of ordered) {
    if (quoted && type !== "string" && types.includes("string")) continue;
    const value = toType(text, type, schema);
    if (value !== undefined) return value;
  }
  return undefined;
}

function chosen(text: string, values: readonly Json[]): Json | undefined {
  const spelled = values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  const exact = spelled.indexOf(text);
  if (exact >= 0) return values[exact];
  const alike = spelled.flatMap((one, index) => (one.toLowerCase() === text.toLowerCase() ? [index] : []));
  return alike.length === 1 ? values[alike[0] ?? 0] : undefined;
}

const words: ReadonlyMap<string, Json> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function guess(text: string): Json {
  if (words.has(text)) return words.get(text) ?? null;
  // A commit such as 0012345 or a number too long to hold stays text.
  const value = toNumber(text, false);
  return value !== undefined && String(value) === text ? value : text;
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["false", false],
  ["no", false],
]);

function toType(text: string, type: string, schema: JsonObject): Json | undefined {
  switch (type) {
    case "string":
      return text;
    case "integer":
    case "number":
      return toNumber(text, type === "integer");
    case "boolean":
      return booleans.get(text.toLowerCase());
    case "null":
      return text === "null" || text === "" ? null : undefined;
    case "array":
      return toArray(text, schema);
    case "object": {
      const value = fromJson(text);
      return isObject(value) ? value : undefined;
    }
    default:
      return undefined;
  }
}

function toNumber(text: string, whole: boolean): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) && (!whole || Number.isSafeInteger(value)) ? value : undefined;
}

function toArray(text: string, schema: JsonObject): readonly Json[] | undefined {
  const given = fromJson(text);
  if (Array.isArray(given)) return given;
  const inner = text.trim().replace(/^\[([^]*)\]$/, "$1");
  if (inner.trim() === "") return [];
  const items = own(schema, "items");
  const itemSchema = isObject(items) ? items : {};
  const list: Json[] = [];
  for (const part of inner.split(",")) {
    const value = coerce(part.trim(), itemSchema, false);
    if (value === undefined) return undefined;
    list.push(value);
  }
  return list;
}

function fromJson(text: string): Json | undefined {
  try {
    return toJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}
