import { validateHeaderName, validateHeaderValue } from "node:http";
import { durationMs } from "../../../core/duration.ts";
import { isObject, type Json, type JsonObject } from "../../../core/json.ts";

/** What a step asks `http.request` for, checked, with its secrets still by name. */
export interface HttpInput {
  readonly url: URL;
  readonly method: string;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | null;
  readonly timeoutMs: number;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const defaultTimeoutMs = 30_000;
const longestTimeoutMs = 300_000;

/** What frames the request or says who it is for: set by us alone. */
const reserved = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** `isTrusted`: whether this host (as `127.0.0.1:8080`) may be called over plain http. */
export function readHttpInput(
  input: Json,
  isTrusted: (host: string) => boolean,
): { readonly request: HttpInput } | { readonly refusal: Refusal } {
  const given: JsonObject = isObject(input) ? input : {};
  const url = typeof given["url"] === "string" ? URL.parse(given["url"]) : null;
  if (!url) {
    return refuse("invalid_input", "http.request needs `url`, a whole address as https://example.com/path.");
  }
  if (url.username || url.password) {
    return refuse(
      "invalid_input",
      "A url can't carry a user and password: use an `authorization` header and `secrets`.",
    );
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isTrusted(url.host))) {
    return refuse("url_refused", `${url.protocol}//${url.host} can't be called: only https addresses can.`);
  }
  const wanted = given["method"] ?? "GET";
  const method = methods.find((one) => typeof wanted === "string" && one === wanted.toUpperCase());
  if (!method) {
    return refuse("invalid_input", `\`method\` must be one of ${methods.join(", ")}.`);
  }
  const timeoutMs =
    given["timeout"] === undefined || given["timeout"] === null
      ? defaultTimeoutMs
      : durationMs(given["timeout"]);
  if (timeoutMs === null || timeoutMs < 1 || timeoutMs > longestTimeoutMs) {
    return refuse("invalid_input", "`timeout` must be a duration up to 5m, as 30s.");
  }
  const headers = readHeaders(given["headers"] ?? null);
  if ("refusal" in headers) return headers;
  const { body = null } = given;
  if (body !== null && (method === "GET" || method === "HEAD")) {
    return refuse("invalid_input", `A ${method} request can't have a body; use another \`method\`.`);
  }
  if (body !== null && typeof body !== "string" && !headers.has("content-type")) {
    headers.set("content-type", "application/json");
  }
  const text = body === null || typeof body === "string" ? body : JSON.stringify(body);
  return { request: { url, method, headers, body: text, timeoutMs } };
}

function readHeaders(value: Json): Map<string, string> | { readonly refusal: Refusal } {
  if (value === null) return new Map();
  if (!isObject(value)) return refuse("invalid_input", "`headers` must be a map of names to values.");
  const headers = new Map<string, string>();
  for (const [given, content] of Object.entries(value)) {
    const name = given.toLowerCase();
    if (content === null) continue;
    if (typeof content === "object") {
      return refuse("invalid_input", `The header \`${given}\` must be a text, a number or a boolean.`);
    }
    if (reserved.has(name) || name.startsWith("proxy-")) {
      return refuse("reserved_input", `The header \`${given}\` can't be set by a workflow; remove it.`);
    }
    const text = String(content);
    if (!isHeader(name, text)) {
      return refuse(
        "invalid_input",
        `The header \`${given}\` has characters that HTTP does not allow in a header.`,
      );
    }
    headers.set(name, text);
  }
  return headers;
}

/** By Node's own check, which throws. */
export function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function refuse(code: string, message: string): { readonly refusal: Refusal } {
  return { refusal: { code, message } };
}
