import type { SqlValue } from "./storage.ts";

/**
 * Postgres refuses NUL in any text and lone surrogates in JSON, and people, models and webhooks send both.
 * They become U+FFFD before they are stored, in every store alike.
 */
const replacement = "\ufffd";

export function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll("\0", replacement);
}

/** The value as JSON text that any database takes. */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  // JSON.stringify escapes NUL always, and surrogates only where they are alone.
  if (!text.includes("\\u0000") && !text.includes("\\ud")) return text;
  return text.replace(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escape) =>
    escape.length > 2 ? replacement : escape,
  );
}

/** Values to look for, as they were stored. */
export function wellFormedValues(values: readonly SqlValue[]): SqlValue[] {
  return values.map((value) => (typeof value === "string" ? wellFormed(value) : value));
}
