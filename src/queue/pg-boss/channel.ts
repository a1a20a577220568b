import type { Clock } from "../../engine/ports/clock.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { Jobs } from "./jobs.ts";

/** Postgres takes payloads below 8,000 bytes. */
const idsInPayload = 150;
const retryMs = 10_000;

export interface ChannelOptions {
  readonly jobs: Jobs;
  readonly name: string;
  /** Who we are: what we say ourselves we do not hear. */
  readonly self: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Others have woken these executions; null: some may have been missed. */
  readonly heard: (executions: readonly string[] | null) => void;
}

/** Tells the other processes at once who was woken. Only a hint: each looks by itself every second too. */
export class Channel {
  readonly #options: ChannelOptions;
  #close: (() => Promise<void>) | null = null;
  #opening: Promise<void> = Promise.resolve();
  #cancelRetry: () => void = () => {};
  #closed = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  open(): void {
    this.#opening = this.#listen();
  }

  async tell(executions: readonly string[]): Promise<void> {
    const { jobs, name, self } = this.#options;
    const payloads: string[] = [];
    for (let from = 0; from < executions.length; from += idsInPayload) {
      payloads.push(`${self}:${executions.slice(from, from + idsInPayload).join(",")}`);
    }
    if (payloads.length > 0) await jobs.notify(name, payloads);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    await this.#opening;
    await this.#close?.();
  }

  /** Never rejects. Once it has listened, pg-boss makes a lost connection again by itself. */
  async #listen(): Promise<void> {
    const { jobs, name, self, clock, log, heard } = this.#options;
    const hear = (payload: string) => {
      const colon = payload.indexOf(":");
      if (payload.slice(0, colon) !== self) heard(payload.slice(colon + 1).split(","));
    };
    try {
      this.#close = await jobs.listen(name, hear, () => heard(null));
    } catch (error) {
      log.warn({ err: error }, "no notifications from other processes; they are looked for every second");
      if (this.#closed) return;
      this.#cancelRetry = clock.at(clock.now() + retryMs, () => this.open());
    }
  }
}
