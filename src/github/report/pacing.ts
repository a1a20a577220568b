import type { Clock } from "../../engine/ports/clock.ts";

/** GitHub's limit for requests that make content: 80 a minute for each installation. */
const writesPerMinute = 80;

/** People who wait for an answer come before what only informs. */
export type Urgency = "people" | "news";

/** Who may write when, for each installation: without delay below the limit, in order above it. */
export interface Pacing {
  /** Resolves when one write may be made; rejects with the signal's reason when it is aborted. */
  turn(installation: number, urgency: Urgency, signal: AbortSignal): Promise<void>;
  /** GitHub said that nothing more is taken before `until` (ms). */
  pause(installation: number, until: number): void;
}

interface Bucket {
  tokens: number;
  filledAt: number;
  pausedUntil: number;
  timer: (() => void) | null;
  readonly waiting: { readonly people: Waiter[]; readonly news: Waiter[] };
}

type Waiter = () => void;

export function createPacing(clock: Clock, perMinute: number = writesPerMinute): Pacing {
  const buckets = new Map<number, Bucket>();
  const tokenMs = 60_000 / perMinute;

  function bucketOf(installation: number): Bucket {
    const known = buckets.get(installation);
    if (known) return known;
    const bucket: Bucket = {
      tokens: perMinute,
      filledAt: clock.now(),
      pausedUntil: 0,
      timer: null,
      waiting: { people: [], news: [] },
    };
    buckets.set(installation, bucket);
    return bucket;
  }

  /** Lets as many go as there are tokens, and comes back when there will be another. */
  function serve(bucket: Bucket): void {
    const now = clock.now();
    bucket.tokens = Math.min(perMinute, bucket.tokens + (now - bucket.filledAt) / tokenMs);
    bucket.filledAt = now;
    bucket.timer?.();
    bucket.timer = null;
    const { people, news } = bucket.waiting;
    while (now >= bucket.pausedUntil && bucket.tokens >= 1) {
      const next = people.shift() ?? news.shift();
      if (!next) return;
      bucket.tokens -= 1;
      next();
    }
    if (people.length + news.length === 0) return;
    const at = Math.max(bucket.pausedUntil, now + Math.ceil((1 - Math.min(1, bucket.tokens)) * tokenMs));
    bucket.timer = clock.at(at, () => {
      bucket.timer = null;
      serve(bucket);
    });
  }

  return {
    turn(installation, urgency, signal) {
      const bucket = bucketOf(installation);
      const queue = bucket.waiting[urgency];
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const give = () => {
          signal.removeEventListener("abort", leave);
          resolve();
        };
        const leave = () => {
          const at = queue.indexOf(give);
          if (at >= 0) queue.splice(at, 1);
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", leave, { once: true });
        queue.push(give);
        serve(bucket);
      });
    },
    pause(installation, until) {
      const bucket = bucketOf(installation);
      bucket.pausedUntil = Math.max(bucket.pausedUntil, until);
    },
  };
}
