import { randomBytes } from "node:crypto";
import type { AccessLevel, App } from "./model.ts";
import { makeApp } from "./setup.ts";
import type { WebhookSender } from "./webhooks/sender.ts";
import type { World } from "./world.ts";

/** As GitHub takes it: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export interface AppManifest {
  readonly name?: string;
  readonly url: string;
  readonly hook_attributes?: { readonly url: string; readonly active?: boolean };
  readonly default_permissions?: Readonly<Record<string, AccessLevel>>;
  readonly default_events?: readonly string[];
}

/**
 * What GitHub does when a person confirms a manifest: the App is there, its webhook gets a ping, and the code that comes
 * back has its credentials once. It takes the place of the stand-in's App. Without a webhook there is no secret either.
 */
export function registerApp(world: World, sender: WebhookSender, manifest: AppManifest, owner?: string) {
  const name = manifest.name ?? "hishamos";
  const app = makeApp(world, {
    name,
    slug: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"),
    permissions: manifest.default_permissions ?? {},
    events: manifest.default_events ?? [],
    ...(owner === undefined ? {} : { owner }),
  });
  world.app = app;
  const code = randomBytes(20).toString("hex");
  const webhookSecret = manifest.hook_attributes === undefined ? null : randomBytes(20).toString("hex");
  world.manifestCodes.set(code, { app, webhookSecret });
  const url = manifest.hook_attributes?.url;
  if (url !== undefined && webhookSecret !== null) {
    sender.target = { url, secret: webhookSecret };
    sender.ping(pingPayload(app, url));
  }
  return { code, app, webhookSecret };
}

function pingPayload(app: App, url: string): Readonly<Record<string, unknown>> {
  const config = { content_type: "json", insecure_ssl: "0", secret: "********", url };
  const hook = { type: "App", id: 1, name: "web", active: true, app_id: app.id, events: app.events, config };
  return { zen: "Design for failure.", hook_id: 1, hook };
}
