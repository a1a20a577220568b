import type { Json } from "../core/json.ts";

// `\u0000` or half of a surrogate pair, as JSON writes them, or as they are.
const suspicious = /\\u0000|\\ud[89a-f]|\0/i;

/** True where a JSON text may hold what databases refuse; false is certain. */
export function maybeIllFormed(text: string): boolean {
  return suspicious.test(text) || !text.isWellFormed();
}

/** Text as databases take it: well-formed Unicode without NUL (Postgres refuses both). */
export function wellFormedText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** The same of every text and key in a value. */
export function wellFormed(value: Json): Json {
  if (typeof value === "string") return wellFormedText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  // fromEntries defines own properties, so a key `__proto__` stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [wellFormedText(key), wellFormed(inner)]),
  );
}
