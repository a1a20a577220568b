import type { RepositoryRef } from "../../../core/execution.ts";
import { isObject, type Json } from "../../../core/json.ts";

/** Where the values of secrets come from: the server's environment, allow-listed per repository. */
export interface SecretSource {
  /** The value, or null where there is none or the repository may not use it. */
  get(name: string, repository: RepositoryRef): string | null;
}

export const noSecrets: SecretSource = { get: () => null };

const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names of the secrets that the text asks for, as `${SLACK_TOKEN}`. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map((match) => match[1] ?? "");
}

/** The text with the secrets put in; all its names must have values. */
export function withSecrets(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(placeholder, (whole, name: string) => values.get(name) ?? whole);
}

export type Redact = (text: string) => string;

const hidden = "***";

/** Puts `***` for every secret, also where the other side has encoded it for a URL, in base64 or as a JSON text. */
export function redacting(secrets: Iterable<string>): Redact {
  const forms = [...secrets].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64"),
    JSON.stringify(secret).slice(1, -1),
  ]);
  // Longest first: one secret may be part of another.
  const sorted = [...new Set(forms)].filter((form) => form !== "").toSorted((a, b) => b.length - a.length);
  return (text) => sorted.reduce((redacted, form) => redacted.replaceAll(form, hidden), text);
}

/** The value with every text and key in it redacted, numbers that hold a secret included. */
export function redactedJson(value: Json, redact: Redact): Json {
  if (typeof value === "string") return redact(value);
  if (typeof value === "number") {
    const text = String(value);
    return redact(text) === text ? value : hidden;
  }
  if (Array.isArray(value)) return value.map((item: Json) => redactedJson(item, redact));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redactedJson(item, redact)]),
  );
}
