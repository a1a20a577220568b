import type { Log } from "../engine/ports/log.ts";

/** Brings webhooks from a channel on the internet to this machine, which GitHub can't reach. */
export interface Relay {
  stop(): void;
}

/** smee's side of it; a port, so that a test needs no internet. */
export interface Channels {
  /** Answers the address of a new channel. Rejects where smee.io can't be reached. */
  create(): Promise<string>;
  /** Brings from the channel to the target until it is stopped. What goes wrong is logged, and tried again. */
  open(channel: string, target: string): Relay;
}

/** The client is loaded only where a channel is used. */
export function smeeChannels(log: Log): Channels {
  return {
    create: async () => {
      const { SmeeClient } = await import("smee-client");
      return await SmeeClient.createChannel();
    },
    open: (channel, target) => {
      const stopping = new AbortController();
      run(channel, target, log, stopping.signal).catch((error: unknown) => {
        // Its EventSource goes on trying.
        if (!stopping.signal.aborted)
          log.warn({ channel, reason: wordOf(error) }, "the channel for webhooks can't be reached");
      });
      return { stop: () => stopping.abort() };
    },
  };
}

async function run(channel: string, target: string, log: Log, stopping: AbortSignal): Promise<void> {
  const { SmeeClient } = await import("smee-client");
  if (stopping.aborted) return;
  const logger = {
    info: (message: unknown) => log.debug({ from: "smee" }, String(message)),
    error: (...told: readonly unknown[]) => log.warn({ from: "smee" }, told.map(wordOf).join(" ")),
  };
  const client = new SmeeClient({ source: channel, target, logger });
  stopping.addEventListener("abort", () => void client.stop());
  await client.start();
  log.info({ channel }, "webhooks come through a channel");
}

/** An event of an EventSource has a message, and nothing else that is worth a line. */
function wordOf(told: unknown): string {
  if (typeof told === "object" && told !== null && "message" in told) return String(told.message);
  return String(told);
}
