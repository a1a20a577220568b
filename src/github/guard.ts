import type { IncomingMessage, ServerResponse } from "node:http";

/** GitHub drops payloads over 25 MB (docs), so nothing of GitHub's is larger. */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;

/** How much of a too large body is read and thrown away, so that a client that only overshot gets its answer. */
const DRAINED_BYTES = 2 * MAX_BODY_BYTES;

export interface SignedRequest {
  /** X-GitHub-Delivery. */
  readonly id: string;
  /** X-GitHub-Event. */
  readonly event: string;
  /** X-Hub-Signature-256, as `sha256=…`. */
  readonly signature: string;
  readonly body: string;
}

export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** True where more of the body may still be coming and the connection is of no more use. */
  readonly close?: boolean;
}

export type Guarded = { readonly request: SignedRequest } | { readonly refusal: Refusal };

/**
 * Reads one webhook request without ever holding more than `MAX_BODY_BYTES` of it. It stands before Probot because
 * Probot's own middleware buffers the body without a limit before it looks at the signature. The signature is not
 * checked here.
 */
export async function readRequest(req: IncomingMessage): Promise<Guarded> {
  if (req.method !== "POST") {
    return refuse(405, "webhooks are delivered by POST", { headers: { allow: "POST" } });
  }
  const header = (name: string) => {
    const value = req.headers[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const id = header("x-github-delivery");
  const event = header("x-github-event");
  const signature = header("x-hub-signature-256");
  if (id === null || event === null || signature === null) {
    const missing = Object.entries({
      "X-GitHub-Delivery": id,
      "X-GitHub-Event": event,
      "X-Hub-Signature-256": signature,
    }).flatMap(([name, value]) => (value === null ? [name] : []));
    return refuse(400, `missing header ${missing.join(", ")}; a webhook secret makes GitHub sign deliveries`);
  }
  // Names become keys of Probot's table of handlers: only such as GitHub has.
  if (!/^[a-z][a-z_]{0,99}$/.test(event)) return refuse(400, "X-GitHub-Event is not an event's name");
  if (!/^[\w-]{1,100}$/.test(id)) return refuse(400, "X-GitHub-Delivery is not a delivery's id");
  if (!/^application\/json\s*(;|$)/i.test(header("content-type") ?? "")) {
    return refuse(415, "set the webhook's content type to application/json");
  }
  const body = await readBody(req);
  if (typeof body !== "string") return { refusal: body };
  if (body === "") return refuse(400, "the body is empty");
  return { request: { id, event, signature, body } };
}

function refuse(status: number, error: string, more: Partial<Refusal> = {}): Guarded {
  return { refusal: { status, error, ...more } };
}

async function readBody(req: IncomingMessage): Promise<string | Refusal> {
  const tooLarge: Refusal = {
    status: 413,
    error: `the body is larger than ${MAX_BODY_BYTES} bytes`,
    close: true,
  };
  if (Number(req.headers["content-length"] ?? 0) > DRAINED_BYTES) return tooLarge;
  let chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > DRAINED_BYTES) return tooLarge;
      if (bytes > MAX_BODY_BYTES) chunks = [];
      else chunks.push(chunk);
    }
  } catch {
    return { status: 400, error: "the body broke off", close: true };
  }
  return bytes > MAX_BODY_BYTES ? tooLarge : Buffer.concat(chunks).toString("utf8");
}

/** Answers with JSON, and ends the connection where the rest of the request is not wanted. */
export function answer(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  body: object,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly close?: boolean } = {},
): void {
  const text = `${JSON.stringify(body)}\n`;
  res.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    ...(options.close === true ? { connection: "close" } : {}),
    ...options.headers,
  });
  res.end(text, () => {
    if (options.close === true) req.destroy();
  });
}
