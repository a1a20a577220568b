import type { StepError } from "../../core/execution.ts";
import { TurnRefused } from "../pacing/refused.ts";
import { ungrantedHint } from "../ungranted.ts";

export interface Failure {
  readonly error: Omit<StepError, "step">;
  /** Earliest time of a next attempt (ms), where GitHub named one. */
  readonly notBefore?: number;
  /** True where nothing was sent: it only waits for its turn. */
  readonly postponed?: true;
}

/** What Octokit rejects with, by shape: there may be more than one copy of its class. */
export interface RequestFailure extends Error {
  /** 500 where no answer came. */
  readonly status: number;
  readonly request?: { readonly url: string };
  readonly response?: { readonly headers: Readonly<Record<string, unknown>>; readonly data: unknown };
  /** What to do about it, from a client that knows more of its token than the answer tells. */
  readonly wayOut?: string;
}

export function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && "status" in error && typeof error.status === "number";
}

/** True where nobody knows whether GitHub did it: no answer came, or one that broke off, or a 5xx. */
export function isAmbiguous(error: RequestFailure): boolean {
  return error.status >= 500 && !neverArrived(error);
}

/** The connection was never made, or the request for the token failed before the call itself. */
function neverArrived(error: RequestFailure): boolean {
  return concernsToken(error) || causesOf(error).some((cause) => notSent.has(codeOf(cause)));
}

const notSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** Whether the same request may succeed if made again at once. */
export function isPassing(error: RequestFailure): boolean {
  return error.status >= 500;
}

/**
 * The step's error from GitHub's refusal: its own words, and the way out. Codes: `http_STATUS`, `network`
 * (no answer), `rate_limited`. `now` in ms.
 */
export function failureOf(error: RequestFailure, now: number): Failure {
  const limited = rateLimit(error, now);
  if (limited !== null) {
    const until = new Date(limited).toISOString();
    return {
      error: {
        code: "rate_limited",
        message: `${saidBy(error)} It may be asked again after ${until}.`,
        class: "transient",
      },
      notBefore: limited,
      ...(error instanceof TurnRefused ? { postponed: true } : {}),
    };
  }
  if (!error.response && error.status >= 500) {
    return {
      error: { code: "network", message: `No answer came from GitHub: ${error.message}`, class: "transient" },
    };
  }
  const code = `http_${error.status}`;
  if (error.status >= 500) {
    return { error: { code, message: `GitHub failed: ${saidBy(error)}`, class: "transient" } };
  }
  return {
    error: { code, message: cut([saidBy(error), wayOut(error)].filter(Boolean).join(" ")), class: "error" },
  };
}

/** When it may be asked again (ms), by https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api; null: no limit was hit. */
export function rateLimit(error: RequestFailure, now: number): number | null {
  if (error.status !== 429 && error.status !== 403) return null;
  const after = header(error, "retry-after");
  if (after !== null && Number.isFinite(Number(after))) return now + Math.max(1, Number(after)) * 1_000;
  if (header(error, "x-ratelimit-remaining") === "0") {
    const reset = Number(header(error, "x-ratelimit-reset")) * 1_000;
    return Number.isFinite(reset) && reset > 0 ? Math.max(reset, now + 1_000) : now + 60_000;
  }
  const secondary = error.status === 429 || /secondary rate limit|abuse detection/i.test(error.message);
  return secondary ? now + 60_000 : null;
}

function wayOut(error: RequestFailure): string {
  if (error.wayOut !== undefined) return error.wayOut;
  if (concernsToken(error)) return tokenWayOut(error);
  switch (error.status) {
    case 401:
      return "The App's token was refused: check APP_ID and PRIVATE_KEY, and that the App is still installed.";
    case 403:
      return (
        ungrantedHint(error, accepted(error)) ??
        permissionHint(error) ??
        "The App may not do this: declare it under `permissions` in the workflow, and grant it to the App."
      );
    case 404:
      return `It does not exist, or the token may not see it. ${ungrantedHint(error, accepted(error)) ?? permissionHint(error) ?? "Check the numbers and names given."}`;
    case 409:
      return "It was changed at the same time, or its state does not allow this: read it again in a step before.";
    case 410:
      return "It is gone, or the feature is turned off in the repository's settings.";
    default:
      return "";
  }
}

function accepted(error: RequestFailure): string | null {
  return header(error, "x-accepted-github-permissions");
}

/** From `x-accepted-github-permissions`, as `issues=write; pull_requests=write`: `;` parts alternatives, `,` needs both. */
function permissionHint(error: RequestFailure): string | null {
  const enough = accepted(error);
  if (!enough) return null;
  const ways = enough.split(";").map((way) =>
    way
      .split(",")
      .map((grant) => `\`${grant.trim().replace("=", ": ")}\``)
      .join(" and "),
  );
  return `Declare it in the workflow under \`permissions\`: ${ways.join(", or ")}.`;
}

function tokenWayOut(error: RequestFailure): string {
  switch (error.status) {
    case 404:
      return "The App is no longer installed here: install it again.";
    case 403:
      return "The App's installation is suspended: unsuspend it in the repository's or organization's settings.";
    case 422:
      return "The installation does not grant what the workflow declares under `permissions`: accept the App's new permissions in its installation settings, or declare less.";
    default:
      return "The App could not get a token: check APP_ID and PRIVATE_KEY.";
  }
}

function concernsToken(error: RequestFailure): boolean {
  return error.request?.url.endsWith("/access_tokens") ?? false;
}

/** GitHub's message, its list of errors, and its documentation link. */
function saidBy(error: RequestFailure): string {
  const data = error.response?.data;
  if (typeof data !== "object" || data === null || !("message" in data)) return cut(error.message);
  const { message, errors, documentation_url: documentation } = data as Record<string, unknown>;
  const list = Array.isArray(errors) ? errors.slice(0, 10).map(told).join("; ") : "";
  const words = `${word(message)}${list && `: ${list}`}`;
  return cut(
    `${words}${/[.!?]$/.test(words) ? "" : "."}${typeof documentation === "string" ? ` See ${documentation}.` : ""}`,
  );
}

function told(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return word(entry);
  const { resource, field, code, message } = entry as Record<string, unknown>;
  return message ? word(message) : [resource, field, code].filter(Boolean).map(word).join(" ");
}

function header(error: RequestFailure, name: string): string | null {
  const value = error.response?.headers[name];
  return value === undefined || value === null ? null : word(value);
}

function word(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function causesOf(error: Error): readonly unknown[] {
  const causes: unknown[] = [];
  for (
    let cause: unknown = error;
    cause && causes.length < 5;
    cause = cause instanceof Error ? cause.cause : null
  ) {
    causes.push(cause);
    if (cause instanceof AggregateError) causes.push(...cause.errors);
  }
  return causes;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function cut(text: string): string {
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}
