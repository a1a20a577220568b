import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import { enumOf, propertiesOf, typesOf } from "../answer/schema.ts";

const deepest = 6;

/** A value that a JSON Schema describes, as plain as it goes: what an agent might have answered. */
export function sample(schema: JsonObject, depth = 0): Json {
  const examples = own(schema, "examples");
  const named = own(schema, "default") ?? (Array.isArray(examples) ? examples[0] : undefined);
  if (named !== undefined) return named as Json;
  const [first] = enumOf(schema) ?? [];
  if (first !== undefined) return first;
  const properties = propertiesOf(schema);
  switch (typesOf(schema)[0] ?? (properties.size > 0 ? "object" : "any")) {
    case "integer":
    case "number":
      return number(schema);
    case "boolean":
      return true;
    case "string":
      return "";
    case "array":
      return list(schema, depth);
    case "object":
    case "any":
      if (depth >= deepest) return {};
      return Object.fromEntries([...properties].map(([name, inner]) => [name, sample(inner, depth + 1)]));
    default:
      return null;
  }
}

/** The middle of what is allowed: neither the least nor the most severe. */
function number(schema: JsonObject): number {
  const least = own(schema, "minimum");
  const most = own(schema, "maximum");
  if (typeof least === "number" && typeof most === "number") return Math.floor((least + most) / 2);
  if (typeof least === "number") return least;
  return typeof most === "number" ? Math.min(most, 1) : 1;
}

function list(schema: JsonObject, depth: number): Json {
  const items = own(schema, "items");
  const least = own(schema, "minItems");
  const length = typeof least === "number" ? Math.min(least, 10) : 0;
  if (!isObject(items) || depth >= deepest) return [];
  return Array.from({ length }, () => sample(items, depth + 1));
}
