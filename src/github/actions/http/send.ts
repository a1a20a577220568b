import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP } from "node:net";
import { guardedLookup, isPublicAddress, notPublic, type Resolve } from "./addresses.ts";

export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Bytes of the answer's body that are read at most. */
  readonly maxBytes: number;
  /** True where this host may be at any address. */
  readonly trusted: boolean;
  readonly resolve: Resolve;
  readonly signal: AbortSignal;
}

export interface Incoming {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body is longer than `maxBytes`; `body` is its beginning. */
  readonly cut: boolean;
}

/** No answer, or one that broke off. */
export class NoAnswer extends Error {
  /** False where the request certainly was not sent: refused, no such host, no connection. */
  readonly sent: boolean;

  constructor(message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = "NoAnswer";
    this.sent = sent;
  }
}

/** One request and its answer, without following redirects. Rejects with NoAnswer. */
export function send(outgoing: Outgoing): Promise<Incoming> {
  const { url, method, headers, body, maxBytes, trusted, resolve, signal } = outgoing;
  const { promise, resolve: answered, reject } = Promise.withResolvers<Incoming>();
  // Node keeps the brackets of an IPv6 host in `hostname`.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  let sent = false;
  const fail = (cause: Error) => reject(new NoAnswer(wordsOf(cause), sent, { cause }));
  // An address in the URL itself is never looked up.
  if (!trusted && isIP(host) !== 0 && !isPublicAddress(host)) {
    fail(notPublic(host, host));
    return promise;
  }
  const secure = url.protocol === "https:";
  const request = (secure ? secureRequest : plainRequest)(url, {
    method,
    headers,
    // A connection of its own, so that whether it was made is known.
    agent: false,
    signal,
    ...(trusted ? {} : { lookup: guardedLookup(resolve) }),
  });
  request.once("socket", (socket) => {
    socket.once(secure ? "secureConnect" : "connect", () => {
      sent = true;
    });
  });
  request.once("error", fail);
  request.once("response", (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const end = (cut: boolean) =>
      answered({
        status: response.statusCode ?? 0,
        headers: Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
        ),
        body: Buffer.concat(chunks).subarray(0, maxBytes),
        cut,
      });
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= maxBytes) return;
      end(true);
      response.destroy();
    });
    response.once("error", fail);
    response.once("end", () => end(false));
  });
  request.end(body ?? undefined);
  return promise;
}

function wordsOf(cause: Error): string {
  // Happy eyeballs: one cause for each address that was tried.
  const [first] = cause instanceof AggregateError ? (cause.errors as unknown[]) : [];
  return first instanceof Error ? first.message : cause.message;
}
