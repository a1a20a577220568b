import { generateKeyPairSync } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createNodeMiddleware, Probot } from "probot";
import { composeService, openStores } from "../src/compose.ts";
import { readConfig } from "../src/config.ts";
import { formatProblem } from "../src/core/problem.ts";
import { systemClock } from "../src/engine/clock/system.ts";
import { silentLog } from "../src/engine/ports/log.ts";
import { dismissed, given, say } from "./children.ts";
import type { WebhookApp } from "./webhook-apps.ts";

export interface WebhookGiven {
  readonly app: WebhookApp;
  readonly url: string | null;
}

export const secret = "bench";
export const webhookPath = "/api/github/webhooks";

if (import.meta.main) {
  const { app, url } = given() as WebhookGiven;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const served = url === null ? await emptyApp(pem) : await service(pem, url, app !== "stored");
  const server = createServer(served.handle).listen(0, "127.0.0.1", () =>
    say((server.address() as AddressInfo).port),
  );
  await dismissed();
  server.closeAllConnections();
  server.close();
  await served.close();
}

interface Served {
  readonly handle: RequestListener;
  close(): Promise<void>;
}

async function emptyApp(privateKey: string): Promise<Served> {
  const probot = new Probot({ appId: 1, privateKey, secret, logLevel: "error" });
  const handle = await createNodeMiddleware((app) => app.onAny(() => {}), {
    probot,
    webhooksPath: webhookPath,
  });
  return { handle: (req, res) => void handle(req, res), close: async () => {} };
}

async function service(privateKey: string, url: string, works: boolean): Promise<Served> {
  const read = readConfig({
    APP_ID: "1",
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: secret,
    DATABASE_URL: url,
  });
  if ("problems" in read) throw new Error(read.problems.map(formatProblem).join("\n"));
  const { config } = read;
  const stores = await openStores(config);
  // There is no GitHub here, and nothing to be asked of it.
  const fetch = async () => new Response("[]", { headers: { "content-type": "application/json" } });
  const composed = await composeService({ config, stores, clock: systemClock, log: silentLog, fetch });
  if (works) await composed.start();
  return {
    handle: (req, res) => void composed.handle(req, res),
    async close() {
      await composed.stop();
      await stores.close();
    },
  };
}
