import { setTimeout as after } from "node:timers/promises";
import * as core from "@actions/core";
import { isObject, type Json, type JsonObject, own } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import type { ActionProblem } from "./problems.ts";
import { say } from "./report.ts";

/** The service as a job speaks to it: with its own OIDC token, again and again where it does not answer. */
export interface Service {
  /**
   * The answer's JSON to a request that was taken. `tries`: how long (ms) it is tried where nobody answers.
   * @throws ServiceError where it is refused, or nobody has answered; the signal's reason once that is aborted
   */
  ask(method: "GET" | "POST", path: string, options: Asked): Promise<JsonObject>;
  /** An answer whose body is still to be read; it is tried once. @throws ServiceError as `ask` */
  open(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response>;
}

export interface Asked {
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  readonly triesMs: number;
  readonly signal: AbortSignal;
}

/** What a person can change; `passing`: or what may be over in a moment. */
export class ServiceError extends Error {
  readonly problems: readonly Problem[];
  readonly passing: boolean;
  /** Of the answer; null where there was none. */
  readonly status: number | null;

  constructor(
    problems: readonly [ActionProblem, ...Problem[]],
    more: { readonly passing?: boolean; readonly status?: number; readonly cause?: unknown } = {},
  ) {
    super(problems[0].message, { cause: more.cause });
    this.problems = problems;
    this.passing = more.passing ?? false;
    this.status = more.status ?? null;
  }
}

const requestMs = 30_000;
const firstPauseMs = 100;
const longestPauseMs = 15_000;
/** A token that ends so soon is not sent any more. */
const spareMs = 30_000;

/** Pauses between tries, each about twice as long as the one before. */
export function createBackoff(): { next(signal: AbortSignal): Promise<void>; reset(): void } {
  let pauseMs = firstPauseMs;
  return {
    async next(signal) {
      // Not all jobs that have lost the service come back at once.
      const ms = pauseMs * (0.75 + Math.random() / 2);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      await after(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    reset() {
      pauseMs = firstPauseMs;
    },
  };
}

export function createService(origin: string): Service {
  let token: { readonly text: string; readonly until: number } | null = null;

  async function bearer(): Promise<string> {
    if (token === null || token.until - spareMs < Date.now()) {
      const text = await identify(origin);
      token = { text, until: expiryOf(text) };
    }
    return token.text;
  }

  /** Once more with a new token where this one is not taken: it may have ended under way. */
  async function request(path: string, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
    for (let renewed = token === null; ; renewed = true) {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${await bearer()}`);
      let answer: Response;
      try {
        // An answer that sends elsewhere is none of the service's.
        answer = await fetch(`${origin}/api/v1/workflows${path}`, { ...init, headers, redirect: "manual" });
      } catch (error) {
        throw new ServiceError([unreachable(origin, causeOf(error))], { passing: true, cause: error });
      }
      if (answer.ok) return answer;
      if (answer.status === 401 && !renewed) {
        await answer.body?.cancel();
        token = null;
        continue;
      }
      throw await refusalOf(origin, answer);
    }
  }

  async function askOnce(method: string, path: string, asked: Asked): Promise<JsonObject> {
    const answer = await request(path, {
      method,
      signal: AbortSignal.any([asked.signal, AbortSignal.timeout(requestMs)]),
      headers: { ...asked.headers, "content-type": "application/json" },
      ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
    });
    try {
      const body = (await answer.json()) as Json;
      if (isObject(body)) return body;
    } catch (error) {
      throw new ServiceError([unreachable(origin, causeOf(error))], { passing: true, cause: error });
    }
    throw new ServiceError([unreachable(origin, "its answer is none of a service's")]);
  }

  return {
    async ask(method, path, asked) {
      const until = Date.now() + asked.triesMs;
      const backoff = createBackoff();
      for (let told = false; ; told = true) {
        try {
          return await askOnce(method, path, asked);
        } catch (error) {
          asked.signal.throwIfAborted();
          if (!(error instanceof ServiceError) || !error.passing || Date.now() > until) throw error;
          if (!told) say(`${error.message}; trying again`);
        }
        await backoff.next(asked.signal);
      }
    },
    open: (path, headers, signal) => request(path, { headers, signal }),
  };
}

async function identify(audience: string): Promise<string> {
  const hint =
    "Give the job `permissions: { id-token: write }`. A pull request from a fork gets no token: use another event.";
  if (!process.env["ACTIONS_ID_TOKEN_REQUEST_URL"] || !process.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"])
    throw new ServiceError([{ code: "HOS903", message: "the job may not have an OpenID token", hint }]);
  try {
    return await core.getIDToken(audience);
  } catch (error) {
    const message = `GitHub has given no OpenID token: ${causeOf(error)}`;
    throw new ServiceError([{ code: "HOS903", message, hint }], { passing: true, cause: error });
  }
}

/** When a token ends, in milliseconds since 1970; now where it does not say. */
function expiryOf(token: string): number {
  try {
    const [, claims = ""] = token.split(".");
    const { exp } = JSON.parse(Buffer.from(claims, "base64url").toString("utf8")) as { exp?: unknown };
    return typeof exp === "number" ? exp * 1_000 : Date.now();
  } catch {
    return Date.now();
  }
}

function unreachable(origin: string, why: string): ActionProblem {
  const hint = "Is it the service's HISHAMOS_URL, and can this runner reach it?";
  return { code: "HOS904", message: `${origin} does not answer: ${why}`, hint };
}

/** The innermost cause: fetch itself says only that it has failed. */
function causeOf(error: unknown): string {
  const seen = new Set<unknown>();
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined && !seen.has(inner)) {
    seen.add(inner);
    inner = inner.cause;
  }
  if (!(inner instanceof Error)) return String(inner);
  const code = "code" in inner && typeof inner.code === "string" ? inner.code : "";
  return (inner.message || code).trim().replace(/\s+/g, " ");
}

const hints: Readonly<Record<number, string>> = {
  401: "The input url must be exactly the service's HISHAMOS_URL, for which the token is made.",
  403: "The workflow says who may start it; a job has the role write.",
  404: "The App must be installed on the repository, and .hishamos/ of its default branch have a workflow of that name.",
};

/** What an answer of RFC 9457 says, its problems with their places behind it. */
async function refusalOf(origin: string, answer: Response): Promise<ServiceError> {
  const { status } = answer;
  const body = (await answer.json().catch(() => null)) as Json;
  const said = isObject(body) ? body : {};
  const passing = status === 429 || status >= 500;
  if (passing) return new ServiceError([unreachable(origin, `it says ${status}`)], { passing, status });
  const detail = textOf(said, "detail") ?? textOf(said, "title") ?? answer.statusText;
  const hint = hints[status];
  const first: ActionProblem = {
    code: "HOS905",
    message: `the service says ${status}${detail === "" ? "" : `: ${detail}`}`,
    ...(hint !== undefined && { hint }),
  };
  return new ServiceError([first, ...problemsIn(said)], { status });
}

/** Those that an answer tells of under `problems`, with their places. */
export function problemsIn(answer: JsonObject): readonly Problem[] {
  const found = own(answer, "problems");
  return (Array.isArray(found) ? found : []).flatMap((one: Json) => problemOf(one) ?? []);
}

function problemOf(value: Json): Problem | null {
  if (!isObject(value)) return null;
  const code = textOf(value, "code");
  const message = textOf(value, "message");
  if (code === null || message === null) return null;
  const hint = textOf(value, "hint");
  const path = textOf(value, "path");
  const at = own(value, "position");
  const [line, column] = isObject(at) ? [own(at, "line"), own(at, "column")] : [];
  return {
    code,
    message,
    ...(hint !== null && { hint }),
    ...(path !== null && { path }),
    ...(typeof line === "number" && typeof column === "number" && { position: { line, column } }),
  };
}

function textOf(object: JsonObject, key: string): string | null {
  const value = own(object, key);
  return typeof value === "string" ? value : null;
}
