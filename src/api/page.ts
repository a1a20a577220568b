import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** What there is of the page, beside this file; only what is named here is ever read. */
const assets = [
  "icon.svg",
  "page.css",
  "main.js",
  "client.js",
  "sse.js",
  "dom.js",
  "words.js",
  "sign-in.js",
  "list.js",
  "execution.js",
  "waits.js",
  "steering.js",
  "flowchart.js",
  "drawing.js",
] as const;
const fileOf: ReadonlyMap<string, string> = new Map([
  ["/", "index.html"],
  ...assets.map((name) => [`/assets/${name}`, name] as const),
]);

/**
 * Nothing but the page's own files runs or is loaded, nothing frames it, and no text becomes HTML: whoever can write an
 * issue's title writes into this page, and the page holds the token of who reads it.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

interface Asset {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}
const read = new Map<string, Asset>();

/** Answers `GET /` and `/assets/…` with the monitoring page; false where the request is for something else. */
export function servePage({ method, url = "", headers }: IncomingMessage, response: ServerResponse): boolean {
  const name = fileOf.get(url.split("?", 1)[0] ?? "");
  if (name === undefined || (method !== "GET" && method !== "HEAD")) return false;
  const asset = read.get(name) ?? load(name);
  read.set(name, asset);
  const { etag = "" } = asset.headers;
  if (isKnown(headers["if-none-match"], etag)) response.writeHead(304, { etag }).end();
  else response.writeHead(200, asset.headers).end(method === "HEAD" ? undefined : asset.body);
  return true;
}

/** A proxy that compresses makes the tag a weak one; for this the difference is none (RFC 9110, 13.1.2). */
function isKnown(known: string | undefined, etag: string): boolean {
  const tags = known?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  return tags.includes(etag) || tags.includes("*");
}

function load(name: string): Asset {
  const body = readFileSync(new URL(`page/${name}`, import.meta.url));
  const ending = name.slice(name.lastIndexOf(".") + 1);
  return {
    body,
    headers: {
      "content-type": types[ending] ?? "application/octet-stream",
      "content-length": String(body.length),
      "content-security-policy": policy,
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      // Asked for again each time, so that after an upgrade no old part meets a new one.
      "cache-control": "no-cache",
      etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`,
    },
  };
}
