import type { PacingRow } from "../../engine/ports/pacing.ts";

/**
 * Who asks for a write, the most urgent first: `answers` to a command that somebody has just given, what asks `people`,
 * the `steps` of workflows, and `news` that only inform.
 */
export const urgencies = ["answers", "people", "steps", "news"] as const;
export type Urgency = (typeof urgencies)[number];

/** How much GitHub takes from one installation. */
export interface WriteLimits {
  readonly perMinute: number;
  readonly perHour: number;
}

/**
 * GitHub takes 80 requests that make content in a minute, and 500 in an hour
 * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
 */
export const gitHubsLimits: WriteLimits = { perMinute: 80, perHour: 500 };

type Shares = Readonly<Record<Urgency, number>>;

/**
 * Up to what part of the limits (%) each may write. A few are left for what GitHub counts and we do not: a request
 * repeated with a new token. The less urgent leave the last ones to the more urgent, so that these need not wait, in
 * whichever process they are asked for.
 */
const ofMinute: Shares = { answers: 95, people: 90, steps: 80, news: 65 };
const ofHour: Shares = { answers: 96, people: 92, steps: 84, news: 72 };

/**
 * Longer than what GitHub counts by: clocks of processes differ, and one write is longer on its way than another. A
 * margin in the number would not help, as all of one minute may come at its end, and all of the next at its beginning.
 */
const slackMs = 10_000;
const minuteMs = 60_000 + slackMs;
const hourMs = 3_600_000 + slackMs;

/** Nobody's clock is that far ahead, and GitHub asks for no longer pause: what says so must not block for ever. */
const farthestMs = hourMs;

export const untouched = (installation: number): PacingRow => ({
  installation,
  revision: 0,
  grants: [],
  pausedUntil: 0,
});

type Granted = Pick<PacingRow, "grants" | "pausedUntil">;
/** The earliest time, `now` or later (ms), at which one more write may be made besides those granted (oldest first). */
export type Earliest = (row: Granted, urgency: Urgency, now: number) => number;

export function earliestBy({ perMinute, perHour }: WriteLimits): Earliest {
  return ({ grants, pausedUntil }, urgency, now) => {
    // Of fewer than the limit none is in the way.
    const free = (limit: number, share: number, windowMs: number) =>
      (grants.at(-Math.max(1, Math.floor((limit * share) / 100))) ?? -windowMs) + windowMs;
    return Math.max(
      now,
      Math.min(pausedUntil, now + farthestMs),
      free(perMinute, ofMinute[urgency], minuteMs),
      free(perHour, ofHour[urgency], hourMs),
    );
  };
}

/** The row without what no longer counts. */
export function recent(row: PacingRow, now: number): PacingRow {
  return { ...row, grants: row.grants.filter((at) => at > now - hourMs && at < now + farthestMs) };
}

/** With one more grant; times stay in order though another process's clock is ahead. */
export function granted(row: PacingRow, now: number): PacingRow {
  return { ...row, grants: [...row.grants, Math.max(now, row.grants.at(-1) ?? 0)] };
}

/** Until when (ms) a pause that GitHub asks for is kept. */
export function pauseEnd(until: number, now: number): number {
  return Math.min(until, now + farthestMs);
}
