import type { Log } from "../engine/ports/log.ts";
import { type Channels, type Relay, smeeChannels } from "./relay.ts";

/** At most one channel through which this process hears webhooks. */
export interface WebhookChannel extends Pick<Channels, "create"> {
  /** Hears this one from now on, and no other. The server has to listen. */
  listenTo(address: string): void;
  stop(): Promise<void>;
}

export interface WebhookChannelOptions {
  readonly http: { readonly host: string };
  /** Of the webhooks. */
  readonly path: string;
  readonly front: { port(): number };
  readonly log: Log;
  /** smee's own client unless given. */
  readonly channels?: Channels;
}

export function createWebhookChannel(options: WebhookChannelOptions): WebhookChannel {
  const { log, channels = smeeChannels(log) } = options;
  let current: { readonly address: string; readonly relay: Relay } | null = null;
  return {
    create: () => channels.create(),
    listenTo(address) {
      if (current?.address === address) return;
      current?.relay.stop();
      const target = `http://${reachableAs(options.http.host)}:${options.front.port()}${options.path}`;
      current = { address, relay: channels.open(address, target) };
    },
    async stop() {
      current?.relay.stop();
      current = null;
    },
  };
}

/** How this machine itself reaches what listens on the host. */
export function reachableAs(host: string): string {
  const local = ["0.0.0.0", "::"].includes(host) ? "localhost" : host;
  return local.includes(":") ? `[${local}]` : local;
}
