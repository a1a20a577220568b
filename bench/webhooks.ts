import { createHmac, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { startPostgres } from "../test/support/postgres.ts";
import { Child } from "./children.ts";
import { startOf } from "./load.ts";
import { each, percentile } from "./samples.ts";
import { type WebhookApp, webhookApps } from "./webhook-apps.ts";
import { secret, type WebhookGiven, webhookPath } from "./webhook-child.ts";

export interface WebhookRow {
  readonly app: WebhookApp;
  readonly deliveries: number;
  readonly deliveriesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface WebhookSize {
  readonly deliveries: number;
  readonly slice: number;
  readonly warmUp: number;
}

const atOnce = 50;

/** The same deliveries to each, which take turns in slices. Each is a process of its own. */
export async function measureWebhooks(size: WebhookSize): Promise<readonly WebhookRow[]> {
  const apps = [];
  const servers = [];
  try {
    for (const app of webhookApps) {
      const server = app === webhookApps[0] ? null : await startPostgres({ durable: true });
      if (server) servers.push(server);
      const child = new Child("webhook-child.ts", { app, url: server?.url ?? null } satisfies WebhookGiven);
      apps.push({ app, child, port: Number(await child.said()), elapsedMs: 0, eachMs: [] as number[] });
    }
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    for (const { port } of apps) await deliver(agent, port, size.warmUp);
    for (let slice = 0; slice < size.deliveries / size.slice; slice++) {
      const turn = slice % apps.length;
      for (const one of [...apps.slice(turn), ...apps.slice(0, turn)]) {
        const began = performance.now();
        one.eachMs.push(...(await deliver(agent, one.port, size.slice)));
        one.elapsedMs += performance.now() - began;
      }
    }
    agent.destroy();
    return apps.map(({ app, elapsedMs, eachMs }) => ({
      app,
      deliveries: size.deliveries,
      deliveriesPerSecond: size.deliveries / (elapsedMs / 1000),
      p50Ms: percentile(eachMs, 0.5),
      p99Ms: percentile(eachMs, 0.99),
    }));
  } finally {
    await Promise.all(apps.map(({ child }) => child.end()));
    for (const server of servers) await server.stop();
  }
}

/** About as long as GitHub's for an issue; it is about no repository, so that nothing is looked for on GitHub. */
const { event } = startOf(1);
const body = JSON.stringify({ action: "revoked", ...event, more: "x".repeat(7_000), repository: undefined });
const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** Sends so many, 50 at once, and resolves with how long each answer took (ms). */
async function deliver(agent: Agent, port: number, deliveries: number): Promise<readonly number[]> {
  const eachMs: number[] = [];
  await each(Array.from({ length: deliveries }), atOnce, async () => {
    const began = performance.now();
    const status = await post(agent, port);
    eachMs.push(performance.now() - began);
    if (status >= 300) throw new Error(`a delivery was answered with ${status}`);
  });
  return eachMs;
}

function post(agent: Agent, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-github-event": "github_app_authorization",
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": signature,
  };
  const sent = request({ agent, port, host: "127.0.0.1", path: webhookPath, method: "POST", headers });
  sent.once("error", reject);
  sent.once("response", (response) => {
    response.resume();
    response.once("end", () => resolve(response.statusCode ?? 0));
    response.once("error", reject);
  });
  sent.end(body);
  return promise;
}
