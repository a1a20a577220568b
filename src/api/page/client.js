/** Speaks to the service's API with the token of who has signed in; the token lives as long as the browser's tab. */

const key = "hishamos-token";
const base = "/api/v1/workflows";

export const token = {
  get: () => sessionStorage.getItem(key),
  set: (value) => sessionStorage.setItem(key, value),
  forget: () => sessionStorage.removeItem(key),
};

/** A refusal of the API (RFC 9457), or that there was no answer (status 0). */
export class Refusal extends Error {
  constructor(status, { title, detail, problems = [] } = {}, retryAfter = null) {
    super(detail ?? title ?? "The service does not answer.");
    this.status = status;
    this.title = title ?? "No answer";
    this.problems = problems;
    /** Seconds after which it may be asked again. */
    this.retryAfter = retryAfter;
  }
}

/** Asks, and gives what is answered; rejects with a Refusal. */
export async function ask(path, { method = "GET", body, signal, headers = {}, as = token.get() } = {}) {
  let answer;
  try {
    answer = await fetch(`${base}${path}`, {
      method,
      signal,
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

/** Of executions one page, newest first. */
export async function executions(query, options) {
  const given = Object.entries(query).filter(([, value]) => value);
  return (await ask(`/executions/?${new URLSearchParams(given)}`, options)).json();
}

export async function drawing(id, options) {
  return (await ask(`/executions/${encodeURIComponent(id)}/drawing/`, options)).json();
}

/** A command as a slash command would be; the same request sent twice changes nothing more. */
export async function steer(id, command, body) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const once = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  await ask(`/executions/${encodeURIComponent(id)}/${command}/`, {
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
 */
export async function watch(id, { onState, onLine, signal }) {
  let seen = null;
  let pause = firstPauseMs;
  while (!signal.aborted) {
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

/** The messages of one connection; ends with it, or when nothing was heard for too long. */
async function* connection(id, seen, signal, onOpen) {
  const dead = new AbortController();
  const over = () => dead.abort();
  signal.addEventListener("abort", over);
  let timer = setTimeout(over, deadMs);
  try {
    const answer = await ask(`/executions/${encodeURIComponent(id)}/events/`, {
      signal: dead.signal,
      headers: { accept: "text/event-stream", ...(seen === null ? {} : { "last-event-id": seen }) },
    });
    onOpen();
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

/** Server-Sent Events out of pieces of text, wherever these are cut. */
export function parser() {
  let rest = "";
  let message = { id: null, event: "message", data: [] };
  return function* parse(text) {
    rest += text;
    const lines = rest.split(/\r\n|\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (message.data.length > 0) yield { ...message, data: message.data.join("\n") };
        message = { id: message.id, event: "message", data: [] };
        continue;
      }
      const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (field === "data") message.data.push(value);
      else if (field === "id" || field === "event") message[field] = value;
    }
  };
}

/** Waits; no longer once the browser is online again or somebody looks at the page again. */
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
