import { Faults } from "./faults.ts";
import { JobIdentity } from "./job-identity.ts";
import { listen } from "./lifecycle.ts";
import { RateLimit } from "./rate-limit.ts";
import { allRoutes } from "./routes/all.ts";
import { SandboxGitHub } from "./sandbox.ts";
import { createSandboxServer } from "./server.ts";
import { type AppOptions, makeApp } from "./setup.ts";
import { WebhookSender } from "./webhooks/sender.ts";
import { World } from "./world.ts";

export type { Actor } from "./actor.ts";
export type { Fault, Spoiler } from "./faults.ts";
export type { RepositoryName, Subject } from "./finder.ts";
export type { App, ReactionContent, Role } from "./model.ts";
export type { ForeignCheck, ForeignStatus } from "./operations/foreign.ts";
export type { RunEnd } from "./operations/workflow-runs.ts";
export type { SandboxGitHub } from "./sandbox.ts";
export type { RequestRecord } from "./server.ts";
export type { AppOptions, InstallOptions, RepositorySetup } from "./setup.ts";
export type { WaitOptions } from "./waiting.ts";
export type { Delivery } from "./webhooks/sender.ts";
export type { Announcement } from "./world.ts";

export interface SandboxOptions {
  /** Any free port if left out. */
  readonly port?: number;
  /** What addresses for people (`html_url`) begin with, as `https://github.com`; where it listens if left out. */
  readonly pages?: string;
  /** Milliseconds since the epoch; the system's clock if left out. */
  readonly now?: () => number;
  readonly webhook?: { readonly url: string; readonly secret: string };
  readonly app?: AppOptions;
  /** Requests an hour for each installation and person; GitHub's 5,000 if left out. */
  readonly rateLimit?: number;
}

const REQUESTS_PER_HOUR = 5000;

/** Starts a GitHub stand-in on 127.0.0.1; rejects where the port is taken. */
export async function startSandboxGitHub(options: SandboxOptions = {}): Promise<SandboxGitHub> {
  const now = options.now ?? Date.now;
  const world = new World((fresh) => makeApp(fresh, options.app), now);
  const sender = new WebhookSender({
    appId: () => world.app.id,
    now,
    nextId: () => world.nextId(),
    onProgress: () => world.changed(),
  });
  sender.target = options.webhook;
  world.on("announcement", (announcement) => sender.send(announcement));
  const faults = new Faults();
  const rateLimit = new RateLimit(options.rateLimit ?? REQUESTS_PER_HOUR, now);
  const identity = new JobIdentity(world);
  let sandbox: SandboxGitHub | undefined;
  const server = createSandboxServer({
    world,
    routes: allRoutes(sender),
    faults,
    rateLimit,
    identity,
    onRequest: (record) => sandbox?.noteRequest(record),
  });
  const port = await listen(server, options.port ?? 0);
  world.url = `http://127.0.0.1:${port}`;
  world.pages = options.pages ?? world.url;
  sandbox = new SandboxGitHub({ world, sender, faults, identity, server, port });
  return sandbox;
}
