import type { Octokit } from "@octokit/rest";
import { isRequestFailure, rateLimit } from "../actions/errors.ts";
import type { Urgency } from "./limits.ts";
import type { Pacing } from "./pacing.ts";
import { TurnRefused } from "./refused.ts";

/** A request waits so long at most (ms); who would have to wait longer comes again later, and holds no place meanwhile. */
const patienceMs = 5_000;
/** When to ask again (ms) where the count of writes can't be read. */
const storeAwayMs = 3_000;

export interface PacedOptions {
  readonly pacing: Pacing;
  readonly installation: number;
  readonly urgency: Urgency;
  /** In ms since 1970 UTC. */
  readonly now: () => number;
}

/** Options of one request (`request: {…}`), beside Octokit's own. */
export interface TurnOptions {
  /** It has had its turn already. */
  readonly turnTaken?: boolean;
  /** Instead of the client's. */
  readonly urgency?: Urgency;
  readonly signal?: AbortSignal;
}

/**
 * Every request of the client that may make content takes its turn first, or rejects with a TurnRefused; and what GitHub
 * says of its limits is kept by all who write for the installation.
 */
export function paced(octokit: Octokit, { pacing, installation, urgency, now }: PacedOptions): void {
  octokit.hook.wrap("request", async (request, options) => {
    const own: TurnOptions = options.request;
    const reads = options.method === "GET" || options.method === "HEAD";
    if (!reads && own.turnTaken !== true) {
      await takeTurn(own.urgency ?? urgency, own.signal);
    }
    try {
      return await request(options);
    } catch (error) {
      const limited = isRequestFailure(error) ? rateLimit(error, now()) : null;
      if (limited !== null) await pacing.pause(installation, limited);
      throw error;
    }
  });

  async function takeTurn(by: Urgency, signal: AbortSignal | undefined): Promise<void> {
    let turn: "granted" | number;
    try {
      turn = await pacing.turnSoon(installation, by, patienceMs, signal);
    } catch (cause) {
      if (signal?.aborted) throw cause;
      const message = "The writes to GitHub could not be counted, so none is made for now.";
      throw new TurnRefused(message, storeAwayMs, { cause });
    }
    if (turn === "granted") return;
    const message = "As much is being written to GitHub as it takes from one installation.";
    throw new TurnRefused(message, turn - now());
  }
}
