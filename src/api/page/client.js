import { parser } from "./sse.js";

/** Speaks to the service's API with the token of who has signed in; the token lives as long as the browser's tab. */

const key = "hishamos-token";
const base = "/api/v1";

export const token = {
  get: () => sessionStorage.getItem(key),
  /** @param {string} value */
  set: (value) => sessionStorage.setItem(key, value),
  forget: () => sessionStorage.removeItem(key),
};

/** A refusal of the API (RFC 9457), or that there was no answer (status 0). */
export class Refusal extends Error {
  /**
   * @param {number} status @param {Partial<import("../problem.ts").ProblemAnswer>} [problem]
   * @param {number | null} [retryAfter]
   */
  constructor(status, { title, detail, problems = [] } = {}, retryAfter = null) {
    super(detail ?? title ?? "The service does not answer.");
    this.status = status;
    this.title = title ?? "No answer";
    this.problems = problems;
    /** Seconds after which it may be asked again. */
    this.retryAfter = retryAfter;
  }
}

/**
 * @typedef {{ method?: string, body?: unknown, signal?: AbortSignal, headers?: Record<string, string>, as?: string | null }} Asking
 * @typedef {import("../view.ts").ExecutionSummary} Summary
 * @typedef {import("../view.ts").ExecutionView} View
 * @typedef {import("../../engine/ports/gateway.ts").Wait} Wait
 * @typedef {import("../../engine/ports/gateway.ts").Steering} Steering
 */

/**
 * Asks, and gives what is answered; rejects with a Refusal.
 * @param {string} path @param {Asking} [asking]
 */
export async function ask(path, { method = "GET", body, signal, headers = {}, as = token.get() } = {}) {
  let answer;
  try {
    answer = await fetch(`${base}${path}`, {
      method,
      ...(signal ? { signal } : {}),
      cache: "no-store",
      credentials: "omit",
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refusal(0, { detail: "The service can't be reached. Is it running, and are you online?" });
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refusal(answer.status, problem, Number(answer.headers.get("retry-after")) || null);
}

/** @param {unknown} error */
export function asRefusal(error) {
  return error instanceof Refusal ? error : new Refusal(0, { detail: String(error) });
}

/**
 * Who the token speaks for.
 * @param {Asking} [options] @returns {Promise<import("../../engine/ports/gateway.ts").Caller>}
 */
export async function me(options) {
  return (await ask("/me/", options)).json();
}

/** The JSON of a large value, by its address of ours. @param {string} href */
export async function largeValue(href) {
  if (!href.startsWith(`${base}/workflows/executions/`)) throw new Refusal(0, { detail: "It is elsewhere." });
  return (await ask(href.slice(base.length))).text();
}

/**
 * Of executions one page, newest first.
 * @param {Record<string, string | number | null>} query @param {Asking} [options]
 * @returns {Promise<{ executions: Summary[], next: string | null }>}
 */
export async function executions(query, options) {
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [[name, String(value)]] : []));
  return (await ask(`/workflows/executions/?${new URLSearchParams(given)}`, options)).json();
}

/** @param {string} id @param {Asking} [options] @returns {Promise<{ mermaid: string, waits: Wait[] }>} */
export async function drawing(id, options) {
  return (await ask(`/workflows/executions/${encodeURIComponent(id)}/drawing/`, options)).json();
}

/** A command as a slash command would be; the same request sent twice changes nothing more. @param {string} id @param {Steering} command @param {object} body */
export async function steer(id, command, body) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const once = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  await ask(`/workflows/executions/${encodeURIComponent(id)}/${command}/`, {
    method: "POST",
    body,
    headers: { "idempotency-key": once },
  });
}

/** The service sends a sign of life each 15 seconds; without one for so long the connection is taken for dead (ms). */
const deadMs = 40_000;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

/**
 * Watches an execution until the signal ends it, over any number of connections: `onState` hears of each newest state,
 * `onLine` of "live", or of the milliseconds until the next try. Rejects where the service refuses for good.
 * @param {string} id
 * @param {{ onState: (view: View) => void, onLine: (line: "live" | number) => void, signal: AbortSignal }} watcher
 */
export async function watch(id, { onState, onLine, signal }) {
  /** @type {string | null} */
  let seen = null;
  let pause = firstPauseMs;
  while (!signal.aborted) {
    /** @type {number | null} */
    let wish = null;
    try {
      for await (const message of connection(id, seen, signal, () => onLine("live"))) {
        pause = firstPauseMs;
        if (message.event !== "execution") continue;
        seen = message.id;
        onState(JSON.parse(message.data));
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refusal) {
        if ([401, 403, 404].includes(error.status)) throw error;
        wish = error.retryAfter && error.retryAfter * 1_000;
      }
    }
    if (signal.aborted) return;
    // Not all at the same moment after a restart.
    const wait = wish ?? pause * (0.75 + Math.random() / 2);
    onLine(wait);
    await breathe(wait, signal);
    pause = Math.min(pause * 2, longestPauseMs);
  }
}

/**
 * The messages of one connection; ends with it, or when nothing was heard for too long.
 * @param {string} id @param {string | null} seen @param {AbortSignal} signal @param {() => void} onOpen
 */
async function* connection(id, seen, signal, onOpen) {
  const dead = new AbortController();
  const over = () => dead.abort();
  signal.addEventListener("abort", over);
  let timer = setTimeout(over, deadMs);
  try {
    const answer = await ask(`/workflows/executions/${encodeURIComponent(id)}/events/`, {
      signal: dead.signal,
      headers: { accept: "text/event-stream", ...(seen === null ? {} : { "last-event-id": seen }) },
    });
    onOpen();
    if (!answer.body) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = parser();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(over, deadMs);
      yield* parse(value);
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", over);
    dead.abort();
  }
}

/**
 * Waits; no longer once the browser is online again or somebody looks at the page again.
 * @param {number} ms @param {AbortSignal} signal @returns {Promise<void>}
 */
function breathe(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      removeEventListener("online", done);
      document.removeEventListener("visibilitychange", seen);
      resolve();
    }
    function seen() {
      if (document.visibilityState === "visible") done();
    }
    signal.addEventListener("abort", done);
    addEventListener("online", done);
    document.addEventListener("visibilitychange", seen);
  });
}
