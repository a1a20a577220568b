import type { RepositoryRef } from "../../../core/execution.ts";
import { isObject, type Json } from "../../../core/json.ts";
import { secretPlaceholder } from "../../../definition/index.ts";
import type { StepRequest } from "../../../engine/ports/runner.ts";
import type { Refusal } from "./input.ts";

/** Where the values of secrets come from: the server's environment, allow-listed per repository. */
export interface SecretSource {
  /** Null where there is none or the repository may not use it. */
  get(name: string, repository: RepositoryRef): Secret | null;
}

export interface Secret {
  readonly value: string;
  /** The only hosts it may be sent to, in lower case, with a port that is not the protocol's own; null: any. */
  readonly hosts: readonly string[] | null;
}

export const noSecrets: SecretSource = { get: () => null };

/** Names of the secrets that the text asks for, as `${SLACK_TOKEN}`. */
function namesIn(text: string): string[] {
  return [...text.matchAll(secretPlaceholder)].map((match) => match[1] ?? "");
}

/** The text with the secrets put in; all its names must have values. */
function withSecrets(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(secretPlaceholder, (whole, name: string) => values.get(name) ?? whole);
}

/**
 * The headers with the secrets in those that the workflow's own text names them in, and the values used. In any other
 * header `${NAME}` is only text: a stranger may have written it.
 */
export function headersWithSecrets(
  { step, execution }: Pick<StepRequest, "step" | "execution">,
  url: URL,
  headers: ReadonlyMap<string, string>,
  source: SecretSource,
):
  | { readonly headers: ReadonlyMap<string, string>; readonly values: readonly string[] }
  | { readonly refusal: Refusal } {
  const asking = [...headers].filter(([name]) => step.secretHeaders.includes(name));
  const values = new Map<string, string>();
  for (const name of new Set(asking.flatMap(([, text]) => namesIn(text)))) {
    const secret = step.secrets.includes(name) ? source.get(name, execution.repository) : null;
    if (!secret) {
      const message = step.secrets.includes(name)
        ? `The secret ${name} is not set on the server, or this repository may not use it.`
        : `A header asks for the secret ${name}; name it in the step's \`secrets\`.`;
      return { refusal: { code: "unknown_secret", message } };
    }
    if (secret.hosts && !secret.hosts.includes(url.host)) {
      const message = `The secret ${name} may be sent to ${secret.hosts.join(", ")} only, not to ${url.host}.`;
      return { refusal: { code: "secret_refused", message } };
    }
    values.set(name, secret.value);
  }
  const filled = new Map([
    ...headers,
    ...asking.map(([name, text]) => [name, withSecrets(text, values)] as const),
  ]);
  return { headers: filled, values: [...values.values()] };
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
