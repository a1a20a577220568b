import type { Caller } from "./auth.ts";
import { Refusal } from "./refusal.ts";
import type { Answer } from "./router.ts";

const WINDOW_MS = 3_600_000;

interface Window {
  readonly startedAt: number;
  used: number;
}

function keyOf(caller: Caller): string {
  switch (caller.kind) {
    case "installation":
      return `installation ID ${caller.installation.id}`;
    case "user":
      return `user ID ${caller.user.id}`;
    case "app":
    case "anonymous":
      return caller.kind;
    default:
      return caller satisfies never;
  }
}

/** GitHub's primary limit: so many requests an hour for each installation and each person. */
export class RateLimit {
  readonly #limit: number;
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  #window(caller: Caller): Window {
    const key = keyOf(caller);
    const current = this.#windows.get(key);
    if (current !== undefined && this.#now() < current.startedAt + WINDOW_MS) return current;
    const fresh = { startedAt: this.#now(), used: 0 };
    this.#windows.set(key, fresh);
    return fresh;
  }

  /** Counts one request; refuses with 403 once the hour's are used up. */
  count(caller: Caller): void {
    const window = this.#window(caller);
    if (window.used >= this.#limit)
      throw new Refusal(
        403,
        `API rate limit exceeded for ${keyOf(caller)}.`,
        undefined,
        this.headers(caller),
      );
    window.used++;
  }

  /** A 304 is free. */
  refund(caller: Caller): void {
    this.#window(caller).used--;
  }

  #facts(caller: Caller) {
    const { startedAt, used } = this.#window(caller);
    return {
      limit: this.#limit,
      used,
      remaining: this.#limit - used,
      reset: Math.ceil((startedAt + WINDOW_MS) / 1000),
    };
  }

  headers(caller: Caller): Record<string, string> {
    const facts = Object.entries(this.#facts(caller)).map(([name, value]) => [
      `x-ratelimit-${name}`,
      String(value),
    ]);
    return { ...Object.fromEntries(facts), "x-ratelimit-resource": "core" };
  }

  /** `GET /rate_limit`, which costs nothing. */
  overview(caller: Caller): Answer {
    const core = this.#facts(caller);
    return { status: 200, body: { resources: { core, search: core }, rate: core } };
  }
}
