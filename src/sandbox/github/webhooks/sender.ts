import { createHmac, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import type { Announcement } from "../world.ts";

/** GitHub gives up on a webhook after ten seconds. */
const TIMEOUT_MS = 10_000;

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
  /** Milliseconds since the epoch. */
  readonly deliveredAt: number;
  readonly durationMs: number;
  /** `OK`, or what went wrong, in GitHub's words. */
  readonly status: string;
  readonly statusCode: number;
  readonly request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly payload: Readonly<Record<string, unknown>>;
  };
  readonly response: { readonly headers: Readonly<Record<string, string>>; readonly payload: string };
}

interface Answer {
  readonly status: string;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Target {
  readonly url: string;
  readonly secret: string;
  /** What GitHub's settings say the bodies are; `json` unless given. */
  readonly contentType?: "json" | "form";
}

interface Job {
  readonly guid: string;
  readonly announcement: Omit<Announcement, "installation" | "repository">;
  readonly body: string;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly redelivery: boolean;
}

export function succeeded(delivery: Delivery): boolean {
  return delivery.statusCode >= 200 && delivery.statusCode < 300;
}

// A connection kept from a service that was killed would make the next delivery fail for no reason.
const agent = new Agent({ keepAlive: false });

function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const failed = (statusCode: number, status: string) =>
    resolve({ statusCode, status, headers: {}, body: "" });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const outgoing = request(url, {
    method: "POST",
    agent,
    headers: { ...headers, "content-length": Buffer.byteLength(body) },
    signal,
  });
  const broken = () => (signal.aborted ? failed(504, "timed out") : failed(502, "failed to connect to host"));
  outgoing.on("error", broken);
  outgoing.on("response", (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("error", broken);
    incoming.on("end", () => {
      const statusCode = incoming.statusCode ?? 0;
      const ok = statusCode >= 200 && statusCode < 300;
      const answered = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
      resolve({
        statusCode,
        status: ok ? "OK" : `Invalid HTTP Response: ${statusCode}`,
        headers: Object.fromEntries(answered) as Record<string, string>,
        body: Buffer.concat(chunks).toString("utf8"),
      });
    });
  });
  outgoing.end(body);
  return promise;
}

interface SenderOptions {
  readonly appId: () => number;
  readonly now: () => number;
  readonly nextId: () => number;
  /** Called after each delivery is recorded, and when the queue runs empty. */
  readonly onProgress: () => void;
}

/**
 * Sends webhooks one after the other and keeps what came of each. As at GitHub, nothing is repeated by itself:
 * what failed waits to be redelivered, under the same GUID.
 */
export class WebhookSender {
  readonly #options: SenderOptions;
  readonly #queue: Job[] = [];
  readonly #deliveries: Delivery[] = [];
  #target: Target | undefined;
  #running: Promise<void> | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  set target(target: Target | undefined) {
    this.#target = target;
  }

  get target(): Target | undefined {
    return this.#target;
  }

  get deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  /** Nothing is waiting and nothing is under way. */
  get idle(): boolean {
    return this.#running === undefined;
  }

  /** An App without a webhook URL gets none, and none are recorded. */
  send(announcement: Announcement): void {
    if (announcement.installation === null || this.#target === undefined) return;
    this.#enqueue({
      guid: randomUUID(),
      announcement: { event: announcement.event, action: announcement.action, payload: announcement.payload },
      body: JSON.stringify(announcement.payload),
      installationId: announcement.installation.id,
      repositoryId: announcement.repository?.id ?? null,
      redelivery: false,
    });
  }

  /** What GitHub sends when an App is registered; it belongs to no installation. */
  ping(payload: Announcement["payload"]): void {
    this.#enqueue({
      guid: randomUUID(),
      announcement: { event: "ping", action: null, payload },
      body: JSON.stringify(payload),
      installationId: null,
      repositoryId: null,
      redelivery: false,
    });
  }

  redeliver(delivery: Delivery): void {
    this.#enqueue({
      guid: delivery.guid,
      announcement: { event: delivery.event, action: delivery.action, payload: delivery.request.payload },
      body: JSON.stringify(delivery.request.payload),
      installationId: delivery.installationId,
      repositoryId: delivery.repositoryId,
      redelivery: true,
    });
  }

  /** Resolves once the queue is empty. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #enqueue(job: Job): void {
    this.#queue.push(job);
    this.#running ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // The change that caused this must be complete, and its answer on its way, before the world hears of it.
    await Promise.resolve();
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      this.#deliveries.push(await this.#deliver(job));
      if (this.#queue.length > 0) this.#options.onProgress();
    }
    this.#running = undefined;
    this.#options.onProgress();
  }

  async #deliver(job: Job): Promise<Delivery> {
    const { appId, now, nextId } = this.#options;
    const target = this.#target;
    const started = now();
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/sandbox",
      "x-github-delivery": job.guid,
      "x-github-event": job.announcement.event,
      "x-github-hook-id": "1",
      "x-github-hook-installation-target-id": String(appId()),
      "x-github-hook-installation-target-type": "integration",
    };
    if (target !== undefined) {
      headers["x-hub-signature-256"] =
        `sha256=${createHmac("sha256", target.secret).update(job.body).digest("hex")}`;
    }
    const answer: Answer =
      target === undefined
        ? { statusCode: 502, status: "failed to connect to host", headers: {}, body: "" }
        : await post(target.url, headers, job.body);
    return {
      id: nextId(),
      guid: job.guid,
      event: job.announcement.event,
      action: job.announcement.action,
      installationId: job.installationId,
      repositoryId: job.repositoryId,
      redelivery: job.redelivery,
      deliveredAt: started,
      durationMs: now() - started,
      status: answer.status,
      statusCode: answer.statusCode,
      request: { headers, payload: job.announcement.payload },
      response: { headers: answer.headers, payload: answer.body },
    };
  }
}
