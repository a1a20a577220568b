import { durationMs } from "../../core/duration.ts";
import type { Json } from "../../core/json.ts";
import { Fault } from "../problems.ts";
import type { Work } from "../work.ts";
import { text, textOrNull, wrong } from "./arguments.ts";
import type { FunctionRecord } from "./record.ts";

/** The same forms as `timeout` and `delay` take. @throws Fault */
function readDuration(given: string): number {
  const ms = durationMs(given);
  if (ms !== null) return ms;
  const hint = "Durations are written 90s, 10m, 2h or 7d, up to 366d.";
  throw new Fault("time", `"${given.slice(0, 40)}" is no duration`, hint);
}

const isoTime =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:?\d\d)?)?$/;

/** Milliseconds since 1970 of an ISO 8601 time, UTC where it names no zone. @throws Fault */
function timeMs(given: string): number {
  const found = isoTime.exec(given);
  const part = (index: number): number => Number(found?.[index] ?? 0);
  const [month, day, hour, minute, second] = [part(2), part(3), part(4), part(5), part(6)];
  const ms = Math.floor(Number(`0.${found?.[7] ?? 0}`) * 1_000);
  const utc = Date.UTC(2000, month - 1, day, hour, minute, second, ms);
  const at = new Date(utc);
  at.setUTCFullYear(part(1), month - 1, day);
  const exists = at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  if (found === null || !exists || hour > 23 || minute > 59 || second > 59) {
    const hint = "Times are written as GitHub does: 2026-11-22T10:00:00Z.";
    throw new Fault("time", `"${given.slice(0, 40)}" is no time`, hint);
  }
  return at.getTime() - zoneMs(found[8] ?? "Z");
}

function zoneMs(zone: string): number {
  if (zone === "Z" || zone === "z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** A time given as milliseconds or as text. @throws Fault */
function moment(args: readonly Json[], name: string): Date | null {
  const value = args[0] ?? null;
  if (value === null) return null;
  if (typeof value === "string") return new Date(timeMs(value));
  if (typeof value !== "number") throw wrong(value, 0, name, "a time");
  const at = new Date(value);
  const year = at.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) throw new Fault("time", `${value} ms is no time from the year 0 to 9999`);
  return at;
}

function now(work: Work): number {
  // A scope without a clock says so by NaN: `evaluate` of the library is not told the time unless it is given.
  if (!Number.isFinite(work.scope.now)) throw new Fault("time", "there is no clock here");
  return work.scope.now;
}

function pad(value: number, length = 2): string {
  return String(value).padStart(length, "0");
}

function formatDate(args: readonly Json[], work: Work): Json {
  const at = moment(args, "formatDate");
  const pattern = args.length > 1 ? text(args, 1, "formatDate") : "YYYY-MM-DDTHH:mm:ssZ";
  if (at === null) return null;
  work.textOf(pattern.length);
  const parts: Readonly<Record<string, string>> = {
    YYYY: pad(at.getUTCFullYear(), 4),
    MM: pad(at.getUTCMonth() + 1),
    DD: pad(at.getUTCDate()),
    HH: pad(at.getUTCHours()),
    mm: pad(at.getUTCMinutes()),
    ss: pad(at.getUTCSeconds()),
  };
  return pattern.replace(/YYYY|MM|DD|HH|mm|ss/g, (token) => parts[token] ?? token);
}

export const timeFunctions: readonly FunctionRecord[] = [
  {
    name: "now",
    minArgs: 0,
    maxArgs: 0,
    signature: "now()",
    description: "The execution's time, in milliseconds since 1970. The same throughout one evaluation.",
    call: (_, work) => now(work),
  },
  {
    name: "duration",
    minArgs: 1,
    maxArgs: 1,
    signature: "duration(text)",
    description: "Milliseconds of 90s, 10m, 2h or 7d; to add to a time or compare with an age.",
    call: (args) => readDuration(text(args, 0, "duration")),
    check: ([given]) => {
      if (typeof given === "string") readDuration(given);
    },
  },
  {
    name: "date",
    minArgs: 1,
    maxArgs: 1,
    signature: "date(text)",
    description:
      "Milliseconds since 1970 of an ISO 8601 time such as GitHub's; UTC where it names no zone. A missing one stays missing.",
    call: (args) => {
      const given = textOrNull(args, 0, "date");
      return given === null ? null : timeMs(given);
    },
    check: ([given]) => {
      if (typeof given === "string") timeMs(given);
    },
  },
  {
    name: "age",
    minArgs: 1,
    maxArgs: 1,
    signature: "age(time)",
    description:
      'Milliseconds from a time until now: age(event.issue.created_at) > duration("7d"). A missing time has none.',
    call: (args, work) => {
      const at = moment(args, "age");
      return at === null ? null : now(work) - at.getTime();
    },
  },
  {
    name: "formatDate",
    minArgs: 1,
    maxArgs: 2,
    signature: "formatDate(time, pattern?)",
    description:
      "A time (milliseconds or ISO text) as text in UTC: YYYY, MM, DD, HH, mm and ss are replaced; ISO 8601 without a pattern.",
    call: formatDate,
  },
  {
    name: "weekday",
    minArgs: 1,
    maxArgs: 1,
    signature: "weekday(time)",
    description: "1 for Monday to 7 for Sunday, in UTC; of a time in milliseconds or ISO text.",
    call: (args) => {
      const at = moment(args, "weekday");
      return at === null ? null : at.getUTCDay() || 7;
    },
  },
];
