import type { Config } from "../config.ts";
import type { SandboxGitHub } from "./github/index.ts";

/** The configuration of a service in this process that works for the stand-in. `http.request` has no secrets unless given. */
export function sandboxConfig(
  { app, url }: SandboxGitHub,
  webhookSecret: string,
  requests: Config["requests"] = {},
): Config {
  return {
    app: { id: app.id, privateKey: app.privateKey, webhookSecret },
    webhookPath: "/api/github/webhooks",
    webhookProxyUrl: null,
    apiUrl: `${url}/api/v3`,
    http: { host: "127.0.0.1", port: 0 },
    state: { directory: ":memory:" },
    model: null,
    allowedBots: [],
    requests,
    concurrency: 10,
    retentionDays: 90,
    api: { token: null, publicUrl: null },
    onboarding: false,
    // The stand-in has none, and what is rehearsed is not to depend on how much was before.
    writeLimits: null,
    logLevel: "silent",
  };
}
