import { describe, expect, test } from "vitest";
import { isCron, isTimezone, lastTick, nextTick } from "../../src/definition/cron.ts";

const at = (text: string) => Date.parse(text);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(0, 16));

describe("a cron expression has five fields, as in GitHub Actions", () => {
  test.for([
    "* * * * *",
    "0 9 * * 1-5",
    "*/15 0,12 1-15/2 JAN-jun MON,fri",
    "20/15 * * * *",
    "0 0 * * 7",
    "0\t9  * * *",
    "0 0 30 2 *",
  ])("%j is one", (cron) => {
    expect(isCron(cron)).toBe(true);
  });
  test.for([
    "",
    "0 9 * *",
    "0 9 * * * *",
    "@daily",
    "60 * * * *",
    "* 24 * * *",
    "0 0 0 * *",
    "0 0 * 13 *",
    "0 0 * * 8",
    "0 9 5-1 * *",
    "*/0 * * * *",
    "0 0 L * *",
    "0 0 * * 1#2",
    "? * * * *",
    "0 0 FRI * *",
    "0 0 * * +1",
    "-1 * * * *",
    "1,,2 * * * *",
    `${"1,".repeat(50_000)}x * * * *`,
  ])("%.20j is none", (cron) => {
    expect(isCron(cron)).toBe(false);
    expect(nextTick(cron, "UTC", 0)).toBe(null);
  });
});

test.for([
  ["UTC", true],
  ["Europe/Berlin", true],
  ["Etc/GMT+5", true],
  ["Mars/Olympus", false],
  ["", false],
  ["+02:00", false],
  ["constructor", false],
] as const)("%j is a time zone: %j", ([timezone, expected]) => {
  expect(isTimezone(timezone)).toBe(expected);
});

const ticks = [
  ["the next working day", "0 9 * * 1-5", "Europe/Berlin", "2026-11-20T08:00Z", "2026-11-23T08:00"],
  ["a tick is not its own next", "0 9 * * *", "UTC", "2026-11-20T09:00Z", "2026-11-21T09:00"],
  ["the very next millisecond", "0 9 * * *", "UTC", "2026-11-20T08:59:59.999Z", "2026-11-20T09:00"],
  ["summer time", "0 9 * * *", "Europe/Berlin", "2026-07-01T00:00Z", "2026-07-01T07:00"],
  ["a leap day", "0 0 29 2 *", "UTC", "2026-07-01T00:00Z", "2028-02-29T00:00"],
  ["day of month or day of week", "0 0 13 * 5", "UTC", "2026-11-01T00:00Z", "2026-11-06T00:00"],
  ["2:30 where it does not exist", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T01:00"],
  ["2:30 the first time", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T00:30"],
  ["2:30 not a second time", "30 2 * * *", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-26T01:30"],
  ["a list of hours, not twice", "0 2,14 * * *", "Europe/Berlin", "2026-10-25T00:00Z", "2026-10-25T13:00"],
  ["every minute, twice all the same", "* * * * *", "Europe/Berlin", "2026-10-25T01:00Z", "2026-10-25T01:01"],
  [
    "half an hour of summer time",
    "30 2 * * *",
    "Australia/Lord_Howe",
    "2026-10-03T00:00Z",
    "2026-10-03T15:30",
  ],
] as const;
test.for(ticks)("next tick: %s", ([, cron, timezone, after, expected]) => {
  expect(iso(nextTick(cron, timezone, at(after)))).toBe(expected);
});

test.for(["0 0 30 2 *", "0 0 31 4,6,9,11 *", "59 23 31 2 *"])(
  "%s never comes, and is known at once",
  (cron) => {
    expect(nextTick(cron, "Europe/Berlin", at("2026-11-20T00:00Z"))).toBe(null);
    expect(lastTick(cron, "Europe/Berlin", at("2026-11-20T00:00Z"))).toBe(null);
  },
);

test.for([
  ["*/20 * * * *", "UTC"],
  ["30 2 * * *", "Europe/Berlin"],
  ["0,30 2 * * *", "America/New_York"],
  ["*/7 1-3 * * *", "Europe/Berlin"],
  ["59 1 * * *", "Australia/Lord_Howe"],
] as const)("the last tick of %s in %s is the one that going forward meets last", ([cron, timezone]) => {
  const met: [string, string | null][] = [];
  const told: [string, string | null][] = [];
  for (const day of ["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]) {
    const begin = at(`${day}T00:00Z`) - 86_400_000;
    let last: number | null = null;
    for (let now = begin; now < begin + 3 * 86_400_000; now += 17 * 60_000 + 1) {
      for (let next = nextTick(cron, timezone, last ?? begin); next !== null && next <= now; ) {
        last = next;
        next = nextTick(cron, timezone, next);
      }
      if (last === null) continue;
      met.push([new Date(now).toISOString(), iso(last)]);
      told.push([new Date(now).toISOString(), iso(lastTick(cron, timezone, now))]);
    }
  }
  expect(told).toEqual(met);
});

test("a tick is its own last", () => {
  expect(iso(lastTick("0 9 * * *", "UTC", at("2026-11-20T09:00Z")))).toBe("2026-11-20T09:00");
  expect(iso(lastTick("0 9 * * *", "UTC", at("2026-11-20T08:59:59.999Z")))).toBe("2026-11-19T09:00");
});
