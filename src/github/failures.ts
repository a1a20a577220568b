import { isObject, type Json } from "../core/json.ts";

/** What a failed piece of work says about trying again. */
export interface Failure {
  /** False where the same request would only fail again: it was understood and refused. */
  readonly transient: boolean;
  /** Earliest time of another try (ms), where GitHub named one. */
  readonly notBefore: number | null;
  readonly message: string;
}

/**
 * Reads an error as Octokit throws it. Anything without an HTTP status (a broken connection, a database that can't
 * answer) counts as transient. Waits follow GitHub's documentation: `retry-after`, else the limit's reset, else a
 * minute.
 */
export function readFailure(error: unknown, now: number): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const status = field(error, "status");
  if (typeof status !== "number") return { transient: true, notBefore: null, message };
  const headers = field(field(error, "response"), "headers");
  const retryAfter = Number(field(headers, "retry-after") ?? Number.NaN);
  const exhausted = field(headers, "x-ratelimit-remaining") === "0";
  const secondary = /secondary rate limit|abuse/i.test(message);
  if (status === 429 || (status === 403 && (Number.isFinite(retryAfter) || exhausted || secondary))) {
    const reset = Number(field(headers, "x-ratelimit-reset") ?? Number.NaN) * 1_000;
    const notBefore = Number.isFinite(retryAfter)
      ? now + retryAfter * 1_000
      : exhausted && Number.isFinite(reset)
        ? reset
        : now + 60_000;
    return { transient: true, notBefore, message };
  }
  // 401: a key being changed or a clock that is off; 408, 409: asked to come again.
  return { transient: status >= 500 || [401, 408, 409].includes(status), notBefore: null, message };
}

function field(value: unknown, key: string): unknown {
  return isObject(value as Json) ? (value as Record<string, unknown>)[key] : undefined;
}

/** True for an answer of GitHub with this status. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  const status = field(error, "status");
  return typeof status === "number" && statuses.includes(status);
}
