import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import type { Json, JsonObject } from "../../../core/json.ts";
import { type Redact, redactedJson } from "./secrets.ts";
import type { Incoming } from "./send.ts";

export const maxBodyBytes = 1_000_000;

/** What a cookie holds is a credential, and no step has use for how the body was packed. */
const left = new Set(["set-cookie", "content-encoding", "transfer-encoding", "connection", "keep-alive"]);

const decoders: ReadonlyMap<string, (body: Buffer) => Buffer> = new Map([
  ["gzip", (body) => gunzipSync(body, { maxOutputLength: maxBodyBytes })],
  ["deflate", (body) => inflateSync(body, { maxOutputLength: maxBodyBytes })],
  ["br", (body) => brotliDecompressSync(body, { maxOutputLength: maxBodyBytes })],
]);

/**
 * The step's output: {status, headers, body}. The body is parsed where the content type says JSON, a text where it
 * is UTF-8, null where empty, else {base64}. Null where it is longer than 1 MB.
 */
export function outputOf(incoming: Incoming, redact: Redact): JsonObject | null {
  const { headers, cut } = incoming;
  const decode = decoders.get(headers["content-encoding"] ?? "");
  const body = cut ? null : decode ? unpacked(decode, incoming.body) : incoming.body;
  if (body === null) return null;
  const value = valueOf(body, headers["content-type"] ?? "");
  return { ...headOf(incoming, redact), body: redactedJson(value, redact) };
}

/** The output of a step that failed by this answer: as of one that succeeded, and null for a body that is too long. */
export function failedOutputOf(incoming: Incoming, redact: Redact): JsonObject {
  return outputOf(incoming, redact) ?? { ...headOf(incoming, redact), body: null };
}

function headOf({ status, headers }: Incoming, redact: Redact): JsonObject {
  const shown = Object.entries(headers).filter(([name]) => !left.has(name));
  return { status, headers: Object.fromEntries(shown.map(([name, value]) => [name, redact(value)])) };
}

/** Not even asked for, so what can't be unpacked counts as too long to be read. */
function unpacked(decode: (body: Buffer) => Buffer, body: Buffer): Buffer | null {
  try {
    return decode(body);
  } catch {
    return null;
  }
}

function valueOf(body: Buffer, type: string): Json {
  if (body.length === 0) return null;
  const text = utf8(body);
  if (text === null) return { base64: body.toString("base64") };
  if (!/[/+]json\s*(;|$)/i.test(type)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function utf8(body: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

/** The beginning of what the other side said, for an error's message: one line. */
export function excerpt(incoming: Incoming, redact: Redact): string {
  const text = redact(incoming.body.toString("utf8")).replaceAll(/\s+/g, " ").trim();
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
