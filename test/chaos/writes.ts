import type { RequestRecord } from "../../src/sandbox/github/index.ts";

/** What GitHub takes from one installation: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export const perMinute = 80;
const minuteMs = 60_000;

export interface Written {
  /** The most that was written to one installation within a minute. */
  readonly count: number;
  /** Which writes those were, the most frequent first. */
  readonly what: string;
}

/** The fullest minute of any installation. */
export function fullestMinute(requests: readonly RequestRecord[]): Written {
  const writes = requests.filter(({ method }) => method !== "GET");
  const byOwner = Map.groupBy(writes, ({ path }) => /^\/repos\/([^/]+)\//.exec(path)?.[1]);
  byOwner.delete(undefined);
  const fullest = [...byOwner.values()]
    .map((own) => fullestWithin(own, minuteMs))
    .reduce((one, other) => (other.length > one.length ? other : one), []);
  return { count: fullest.length, what: summary(fullest) };
}

function fullestWithin(writes: readonly RequestRecord[], ms: number): readonly RequestRecord[] {
  let first = 0;
  let fullest: readonly [number, number] = [0, 0];
  for (const [last, { at }] of writes.entries()) {
    while ((writes[first]?.at ?? at) <= at - ms) first += 1;
    if (last + 1 - first > fullest[1] - fullest[0]) fullest = [first, last + 1];
  }
  return writes.slice(...fullest);
}

function summary(writes: readonly RequestRecord[]): string {
  const groups = Map.groupBy(writes, ({ method, path, status }) => {
    const where = path.replace(/^\/repos\/([^/]+)\/[^/]+/, "$1").replace(/\/[0-9a-f]{40}$/, "/SHA");
    return `${method} ${where} ${status ?? "cut"}`;
  });
  return [...groups]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .slice(0, 12)
    .map(([what, { length }]) => `${length} ${what}`)
    .join(", ");
}
