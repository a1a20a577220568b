import type { RequestRecord } from "../../src/sandbox/github/index.ts";

/** GitHub's limits for content: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const limits = [
  { name: "a minute", ms: 60_000, most: 80 },
  { name: "an hour", ms: 3_600_000, most: 500 },
] as const;

/** The most that was written to one installation within a minute and within an hour. */
export function mostWritten(
  requests: readonly RequestRecord[],
): readonly (readonly [string, number, number])[] {
  const byOwner = new Map<string, number[]>();
  for (const { method, path, at } of requests) {
    const [, owner] = /^\/repos\/([^/]+)\//.exec(path) ?? [];
    if (owner === undefined || method === "GET") continue;
    const times = byOwner.get(owner) ?? [];
    byOwner.set(owner, times);
    times.push(at);
  }
  return limits.map(({ name, ms, most }) => {
    const counts = [...byOwner.values()].map((times) => mostWithin(times, ms));
    return [name, Math.max(0, ...counts), most] as const;
  });
}

function mostWithin(times: readonly number[], ms: number): number {
  let first = 0;
  let most = 0;
  for (const [at, time] of times.entries()) {
    while ((times[first] ?? 0) <= time - ms) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}
