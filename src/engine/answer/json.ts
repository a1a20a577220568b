import type { Json } from "../../core/json.ts";

const maxDepth = 50;

/**
 * The value as JSON can hold it. YAML knows more (.inf, .nan, maps as keys), and JSON.parse makes 1e999 an
 * Infinity that is saved as null. Throws a TypeError for what has no place in JSON or is nested too deep.
 */
export function toJson(value: unknown, depth = 0): Json {
  if (depth > maxDepth) throw new TypeError(`it is nested deeper than ${maxDepth}`);
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => toJson(item, depth + 1));
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    // `fromEntries` makes `__proto__` an own property; an assignment would not.
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item, depth + 1)]));
  }
  throw new TypeError(
    typeof value === "number" ? `${value} has no place in JSON` : `JSON has no ${typeof value} like this`,
  );
}
