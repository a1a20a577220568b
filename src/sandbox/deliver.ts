import { createHmac, randomUUID } from "node:crypto";
import type { JsonObject } from "../core/json.ts";

export interface Delivering {
  /** Address of the webhook endpoint. */
  readonly url: string;
  readonly secret: string;
  /** As `push`. */
  readonly event: string;
  readonly payload: JsonObject;
}

/** Delivers a webhook as GitHub does, for events that the stand-in has no deed for. Rejects unless it was accepted. */
export async function deliver({ url, secret, event, payload }: Delivering): Promise<void> {
  const body = JSON.stringify(payload);
  const answer = await fetch(url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
    },
  });
  if (!answer.ok) throw new Error(`the event ${event} was refused: ${await answer.text()}`);
}
