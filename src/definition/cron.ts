import { Cron } from "croner";

const name = "(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT)";
const value = `(?:\\d{1,2}|${name})`;
const item = `(?:\\*|${value}(?:-${value})?)(?:/\\d{1,2})?`;
/** Five fields of POSIX crontab, with steps and names as GitHub Actions takes them; croner alone takes more (`L`, `#`, `@daily`). */
const fiveFields = new RegExp(`^${item}(?:,${item})*(?:[ \\t]+${item}(?:,${item})*){4}$`, "i");

/** Whether the text is a cron expression: minute, hour, day of month, month, day of week. `0 0 30 2 *` is one that never fires. */
export function isCron(cron: string): boolean {
  return compile(cron, "UTC") !== null;
}

/** Whether the text is the name of an IANA time zone, as `Europe/Berlin` or `UTC`. */
export function isTimezone(timezone: string): boolean {
  // An offset such as +02:00 is a time zone to Intl, but has no summer time that anybody expects.
  if (!/^[A-Za-z]/.test(timezone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/**
 * The first time after `after` that the expression names, or null where there is none: a day that never comes, or text
 * that is no cron expression or time zone. All in milliseconds since 1970 UTC. Where clocks are set forward, a time that
 * does not exist is the first one after it; where they are set back, a time that comes twice counts the first time. An
 * expression with `*` or a step in its minutes or hours follows the time that passes instead, as in Vixie cron.
 */
export function nextTick(cron: string, timezone: string, after: number): number | null {
  return compile(cron, timezone)?.nextRun(new Date(after))?.getTime() ?? null;
}

/** The last time at or before `until` that the expression names, or null; as `nextTick`. */
export function lastTick(cron: string, timezone: string, until: number): number | null {
  // croner looks before the given second, and takes a part of one for the whole.
  const second = Math.floor(until / 1_000) * 1_000;
  const [found] = compile(cron, timezone)?.previousRuns(1, new Date(second + 1_000)) ?? [];
  return found?.getTime() ?? null;
}

/** Null for text that is no cron expression or no time zone. Without a function to call, it starts no timer. */
function compile(cron: string, timezone: string): Cron | null {
  if (!fiveFields.test(cron.trim()) || !isTimezone(timezone)) return null;
  try {
    // sloppyRanges: `20/15` means 20-59/15, as GitHub documents it.
    return new Cron(cron.trim(), {
      timezone,
      mode: "5-part",
      fixedTimeRule: "no-wildcard",
      sloppyRanges: true,
    });
  } catch {
    return null;
  }
}
