import { isObject, type Json, type JsonObject, own } from "../core/json.ts";

/** The value at a path of keys, or undefined: payloads come from outside, so nothing is assumed of their shape. */
export function valueAt(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  let at = value;
  for (const key of keys) {
    if (!isObject(at)) return undefined;
    at = own(at, key);
  }
  return at;
}

export function textAt(value: Json | undefined, ...keys: readonly string[]): string | null {
  const found = valueAt(value, ...keys);
  return typeof found === "string" ? found : null;
}

export function numberAt(value: Json | undefined, ...keys: readonly string[]): number | null {
  const found = valueAt(value, ...keys);
  return typeof found === "number" ? found : null;
}

export function objectAt(value: Json | undefined, ...keys: readonly string[]): JsonObject | null {
  const found = valueAt(value, ...keys);
  return isObject(found) ? found : null;
}

export function listAt(value: Json | undefined, ...keys: readonly string[]): readonly Json[] {
  const found = valueAt(value, ...keys);
  return Array.isArray(found) ? found : [];
}

/** Names of the labels in a list of label objects. */
export function labelNames(labels: readonly Json[]): readonly string[] {
  return labels.map((label) => textAt(label, "name")).filter((name) => name !== null);
}
