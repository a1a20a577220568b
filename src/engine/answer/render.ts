import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import { enumOf, propertiesOf, requiredOf, typesOf } from "./schema.ts";

/**
 * The command that answers a step, to be copied and filled in: `/hishamos done triage severity=3 summary="…"`.
 * It names the required keys, or all where none is required; `parseAnswer` refuses a `…` that was left.
 */
export function readyAnswer(stepId: string, outputSchema: JsonObject | null): string {
  const properties = propertiesOf(outputSchema);
  const required = requiredOf(outputSchema);
  const names = required.length > 0 ? required : [...properties.keys()];
  const words = names.map((name) => `${name}=${example(properties.get(name) ?? {})}`);
  return ["/hishamos done", stepId, ...words].join(" ");
}

function example(schema: JsonObject): string {
  const examples = own(schema, "examples");
  const named = own(schema, "default") ?? (Array.isArray(examples) ? examples[0] : undefined);
  if (named !== undefined) return written(named);
  const first = enumOf(schema)?.[0];
  if (first !== undefined) return written(first);
  switch (typesOf(schema)[0] ?? "string") {
    case "integer":
    case "number":
      return String(numberIn(schema));
    case "boolean":
      return "true";
    case "array":
      return listExample(schema);
    case "object":
      return "{}";
    default:
      return '"…"';
  }
}

/** The middle of a closed range, so that nobody is led to the lowest or highest. */
function numberIn(schema: JsonObject): number {
  const least = own(schema, "minimum");
  const most = own(schema, "maximum");
  if (typeof least === "number" && typeof most === "number") return Math.floor((least + most) / 2);
  if (typeof least === "number") return least;
  return typeof most === "number" ? most : 1;
}

function written(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
}

function listExample(schema: JsonObject): string {
  const items = own(schema, "items");
  return isObject(items) ? example(items) : '"…"';
}
