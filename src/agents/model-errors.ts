import { APICallError } from "ai";
import type { Clock, StepResult } from "../engine/ports/index.ts";
import { failure } from "./engine.ts";
import type { ModelConfig } from "./model-config.ts";

type Failed = Extract<StepResult, { type: "failed" }>;

/** No server's wish to be left alone is followed for longer. */
const longestWaitMs = 24 * 3_600_000;

/** The failed attempt that a call's error means: by HTTP status, never by the message's text. */
export function failureOf(error: unknown, config: ModelConfig, clock: Clock): Failed {
  const said = textOf(error, config);
  const who = `${config.provider}:${config.model} at ${config.url}`;
  if (!APICallError.isInstance(error)) return failure("model_error", `${who} failed: ${said}`);
  const { statusCode } = error;
  if (statusCode === undefined)
    return failure("model_unavailable", `${who} can't be reached: ${said}`, "transient");
  if (statusCode === 401 || statusCode === 403) {
    const message = `${who} refused the API key (HTTP ${statusCode}): ${said} Set ${config.keyVariable} to a valid key.`;
    return failure("model_unauthorized", message);
  }
  if (statusCode === 404) {
    return failure("model_not_found", `${who} is not there (HTTP 404): ${said} Correct HISHAMOS_MODEL.`);
  }
  const message = `${who} answered HTTP ${statusCode}: ${said}`;
  if (statusCode === 429 || statusCode === 408 || statusCode >= 500) {
    const code = statusCode === 429 ? "model_rate_limited" : "model_unavailable";
    const notBefore = retryAt(error.responseHeaders ?? {}, clock);
    return { ...failure(code, message, "transient"), ...(notBefore === null ? {} : { notBefore }) };
  }
  return failure(statusCode >= 400 ? "model_refused" : "model_error", message);
}

/** Milliseconds by `retry-after-ms`, or by `retry-after` in seconds or as a date (RFC 9110); null without either. */
function retryAt(headers: Readonly<Record<string, string>>, clock: Clock): number | null {
  const now = clock.now();
  const ms = Number.parseFloat(headers["retry-after-ms"] ?? "");
  const after = headers["retry-after"] ?? "";
  const at = Number.isFinite(ms)
    ? now + ms
    : /^\s*\d+(\.\d+)?\s*$/.test(after)
      ? now + Number(after) * 1_000
      : Date.parse(after);
  return Number.isFinite(at) && at > now ? Math.min(at, now + longestWaitMs) : null;
}

/** In one bounded line, without the key: the message is shown to people on the issue. */
function textOf(error: unknown, { apiKey }: ModelConfig): string {
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ").slice(0, 300);
  return apiKey === null ? text : text.replaceAll(apiKey, "***");
}
