import type { Json, JsonObject } from "../../../core/json.ts";
import type { Clock } from "../../../engine/ports/clock.ts";
import type { StepRequest, StepResult } from "../../../engine/ports/runner.ts";
import { aborted, effectOf, failed } from "../results.ts";
import { type Resolve, resolveBySystem, UrlRefused } from "./addresses.ts";
import { excerpt, failedOutputOf, maxBodyBytes, outputOf } from "./answer.ts";
import { type HttpInput, isHeader, readHttpInput } from "./input.ts";
import { headersWithSecrets, noSecrets, type Redact, redacting, type SecretSource } from "./secrets.ts";
import { type Incoming, NoAnswer, send } from "./send.ts";

/** What the server's operator decides about `http.request`. */
export interface HttpOptions {
  readonly secrets?: SecretSource;
  /** Hosts, as `127.0.0.1:8080` or `ci.internal`, that may be called at any address and over plain http. */
  readonly allowHosts?: readonly string[];
  /** The system's resolver unless given. */
  readonly resolve?: Resolve;
}

const mostRedirects = 5;

/**
 * `http.request` {url, method?, headers?, body?, timeout?} -> {status, headers, body}, a failure's too. Only https addresses of the
 * public internet; the address is checked after it is resolved, and again for every redirect. GET and HEAD may be
 * repeated, as may what carries an Idempotency-Key; anything else is done once.
 */
export async function httpRequest(
  request: StepRequest,
  clock: Clock,
  options: HttpOptions = {},
): Promise<StepResult> {
  const { signal, key, mayHaveHappened } = request;
  const isTrusted = (host: string) => (options.allowHosts ?? []).includes(host);
  const read = readHttpInput(request.input, isTrusted);
  if ("refusal" in read) return failed(read.refusal.code, read.refusal.message);
  const input = read.request;

  const filled = headersWithSecrets(request, input.url, input.headers, options.secrets ?? noSecrets);
  if ("refusal" in filled) return failed(filled.refusal.code, filled.refusal.message);
  const { headers, values } = filled;
  const spoilt = [...headers].find(([name, value]) => !isHeader(name, value));
  if (spoilt) {
    return failed(
      "invalid_secret",
      `A secret in the header \`${spoilt[0]}\` has characters that HTTP does not allow.`,
    );
  }
  const redact = redacting(values);

  const repeatable = isRead(input.method) || headers.has("idempotency-key");
  if (mayHaveHappened && !repeatable) {
    return unknown(input, request.path, "An earlier attempt may have been received");
  }
  const limit = AbortSignal.timeout(input.timeoutMs);
  const attempt = { ...input, headers, isTrusted, resolve: options.resolve ?? resolveBySystem };
  try {
    const incoming = await follow(attempt, AbortSignal.any([signal, limit]));
    return resultOf(incoming, { input, repeatable, redact, key, path: request.path, now: clock.now() });
  } catch (error) {
    if (signal.aborted) return aborted("http.request", signal);
    if (!(error instanceof NoAnswer)) throw error;
    if (error.cause instanceof UrlRefused) return failed("url_refused", `${error.message}.`);
    if (error.sent && !repeatable) return unknown(input, request.path, "No clear answer came");
    const words = limit.aborted
      ? `${input.url.host} did not answer within ${input.timeoutMs} ms.`
      : `No answer came from ${input.url.host}: ${redact(error.message)}.`;
    const [code, failure] = limit.aborted
      ? (["timeout", "timeout"] as const)
      : (["network", "transient"] as const);
    return { type: "failed", error: { code, message: words, class: failure }, effects: [] };
  }
}

interface Following extends Omit<HttpInput, "timeoutMs"> {
  readonly isTrusted: (host: string) => boolean;
  readonly resolve: Resolve;
}

/** Follows redirects of reads; of anything else the redirect is the answer. Secrets never leave the first origin. */
async function follow(first: Following, signal: AbortSignal): Promise<Incoming> {
  let { url } = first;
  for (let n = 0; ; n++) {
    const own = url.origin === first.url.origin;
    const incoming = await send({
      url,
      method: first.method,
      headers: {
        "user-agent": "hishamos",
        accept: "*/*",
        ...(own ? Object.fromEntries(first.headers) : {}),
        "accept-encoding": "identity",
        ...(first.body === null ? {} : { "content-length": String(Buffer.byteLength(first.body)) }),
      },
      body: first.body,
      maxBytes: maxBodyBytes,
      trusted: first.isTrusted(url.host),
      resolve: first.resolve,
      signal,
    });
    const { location } = incoming.headers;
    const leads = [301, 302, 303, 307, 308].includes(incoming.status) && location !== undefined;
    if (!leads || !isRead(first.method)) return incoming;
    const next = URL.parse(location, url.href);
    if (n === mostRedirects || next === null) {
      throw new NoAnswer(next ? "too many redirects" : "a redirect to no address", true);
    }
    if (next.protocol !== "https:" && !(next.protocol === "http:" && first.isTrusted(next.host))) {
      const words = `${url.host} redirects to ${next.protocol}//${next.host}; only https addresses can be called`;
      throw new NoAnswer(words, true, { cause: new UrlRefused(words) });
    }
    url = next;
  }
}

interface Judged {
  readonly input: HttpInput;
  readonly repeatable: boolean;
  readonly redact: Redact;
  readonly key: string;
  readonly path: string;
  /** ms */
  readonly now: number;
}

function resultOf(incoming: Incoming, judged: Judged): StepResult {
  const { input, repeatable, redact, key, now } = judged;
  const { status } = incoming;
  const at = `${input.method} ${input.url.origin}${input.url.pathname}`;
  // A gateway speaks for a server of which it does not know what it did.
  if (!repeatable && (status === 502 || status === 504)) {
    const output = failedOutputOf(incoming, redact);
    return unknown(input, judged.path, `${input.url.host} answered ${status}`, output);
  }
  if (status >= 400) {
    const said = excerpt(incoming, redact);
    const message = `${at} answered ${status}${said && `: ${said}`}`;
    const passing = status >= 500 || status === 429;
    const after = passing ? retryAfter(incoming.headers["retry-after"], now) : null;
    return {
      type: "failed",
      error: { code: `http_${status}`, message, class: passing ? "transient" : "error" },
      output: failedOutputOf(incoming, redact),
      effects: [],
      ...(after === null ? {} : { notBefore: after }),
    };
  }
  const effects = isRead(input.method) ? [] : [effectOf(key, "http.request", at)];
  const output: Json | null = outputOf(incoming, redact);
  if (output === null) {
    const message = `${at} answered more than ${maxBodyBytes} bytes. Ask for less.`;
    return { type: "failed", error: { code: "output_too_large", message, class: "error" }, effects };
  }
  return { type: "succeeded", output, effects };
}

/** `Retry-After` (RFC 9110, 10.2.3), seconds or a date, as a time (ms); null for anything else. */
function retryAfter(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return now + Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(now, at);
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function unknown({ method, url }: HttpInput, step: string, why: string, output?: JsonObject): StepResult {
  return failed(
    "outcome_unknown",
    `${why} to ${method} ${url.origin}${url.pathname}, and nothing tells whether it was done, so it is not repeated. Look there: if it was not, \`/hishamos retry\`; if it was, \`/hishamos skip ${step}\`. An Idempotency-Key header makes such a request safe to repeat.`,
    output,
  );
}
