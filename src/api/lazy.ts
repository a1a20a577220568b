import type { IncomingMessage } from "node:http";
import type { Api } from "./api.ts";

/** Whether the request is the API's to answer. */
export function isApi({ url = "" }: IncomingMessage): boolean {
  return /^\/api\/v1(?:[/?]|$)/.test(url);
}

export interface LazyApi {
  /** Null until somebody asked for it. */
  readonly made: Api | null;
  get(): Promise<Api>;
  stop(): Promise<void>;
}

/** The API from its first request on: a service of which nobody asks anything, as in a rehearsal, spends nothing on it. */
export function createLazyApi(make: () => Promise<Api>): LazyApi {
  let making: Promise<Api> | null = null;
  let made: Api | null = null;
  return {
    get made() {
      return made;
    },
    async get() {
      making ??= make();
      made = await making;
      return made;
    },
    async stop() {
      await (await making)?.stop();
    },
  };
}
