import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** A ping has a few kilobytes. */
const mostBytes = 64 * 1024;
const mostKept = 5;

interface Kept {
  readonly event: string;
  readonly signature: string;
  readonly body: string;
  readonly at: number;
}

/** Webhooks that come before it is known whose they are: GitHub sends its ping before it hands out the secret. */
export interface EarlyWebhooks {
  /** Keeps a ping, a few at most; false for all else. */
  keep(req: IncomingMessage, at: number): Promise<boolean>;
  /** Those that were signed with the secret, and forgets them all. */
  signedWith(secret: string): readonly { readonly event: string; readonly at: number }[];
}

export function createEarlyWebhooks(): EarlyWebhooks {
  let kept: Kept[] = [];
  return {
    async keep(req, at) {
      const signature = req.headers["x-hub-signature-256"];
      if (req.headers["x-github-event"] !== "ping" || typeof signature !== "string") return false;
      const body = await readText(req, mostBytes);
      if (body === null) return false;
      // The newest stay: what a stranger sends beforehand does not push the real one out.
      kept = [...kept.slice(1 - mostKept), { event: "ping", signature, body, at }];
      return true;
    },
    signedWith(secret) {
      const genuine = kept.filter(({ signature, body }) => {
        const right = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
        return sameText(right, signature);
      });
      kept = [];
      return genuine.map(({ event, at }) => ({ event, at }));
    },
  };
}

/** Null where it is larger. */
export async function readText(req: IncomingMessage, most: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Takes as long whatever is different. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
