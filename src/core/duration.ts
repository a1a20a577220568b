import type { Json } from "./json.ts";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longestMs = 366 * unitMs.d;

/** Milliseconds of `500ms`, `90s`, `10m`, `2h`, `7d`, or of a plain number of milliseconds; null for anything else. */
export function durationMs(value: Json): number | null {
  if (typeof value === "number")
    return Number.isFinite(value) && value >= 0 && value <= longestMs ? value : null;
  if (typeof value !== "string") return null;
  const match = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(value.trim());
  if (!match) return null;
  const ms = Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
  return ms <= longestMs ? Math.round(ms) : null;
}

/** `259200000` -> `3d`, `5400000` -> `90m`: in the largest unit that needs no fraction, as definitions write it. */
export function durationText(ms: number): string {
  const units = ["d", "h", "m", "s"] as const;
  const unit = units.find((each) => ms > 0 && ms % unitMs[each] === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unitMs[unit]}${unit}`;
}
