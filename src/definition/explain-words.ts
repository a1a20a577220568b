import type { Scope, Template } from "../core/expression.ts";
import type { Json } from "../core/json.ts";
import { valueInWords } from "./explain-condition.ts";

/** `2 hours`, `90 seconds`, `1 day and 12 hours`. */
export function durationInWords(ms: number): string {
  const units = [
    [86_400_000, "day"],
    [3_600_000, "hour"],
    [60_000, "minute"],
    [1_000, "second"],
  ] as const;
  const parts: string[] = [];
  let left = ms;
  for (const [size, name] of units) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(counted(count, name));
  }
  if (parts.length === 0) return ms === 0 ? "no time" : `${ms} milliseconds`;
  return parts.join(" and ");
}

/** `1 day`, `3 days`. */
export function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}

/** `every day`, `every 2 days`. */
export function everyInWords(ms: number): string {
  return `every ${durationInWords(ms).replace(/^1 /, "")}`;
}

/** `once`, `twice`, `3 times`. */
export function times(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

/** `a`, `a or b`, `a, b or c`. */
export function aOr(items: readonly string[]): string {
  return joined(items, "or");
}

export function aAnd(items: readonly string[]): string {
  return joined(items, "and");
}

function joined(items: readonly string[], word: string): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1) ?? ""}`;
}

/** With a capital, and a full stop where there is no end yet. */
export function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:]$/.test(capital) ? capital : `${capital}.`;
}

const nowhere: Scope = { root: () => undefined, now: 0 };

/** The value of a template that reads nothing, else undefined. */
export function fixedValue(template: Template): Json | undefined {
  const evaluation = template.evaluate(nowhere);
  return "value" in evaluation ? evaluation.value : undefined;
}

/** What a template gives, in words; as it is written where it is more than one expression, `fallback` where nobody knows. */
export function templateInWords(template: Template, fallback: string): string {
  const source = "source" in template && typeof template.source === "string" ? template.source : null;
  if (source !== null) {
    const [, only] = /^\s*\{\{((?:(?!\{\{|\}\}).)*)\}\}\s*$/s.exec(source) ?? [];
    if (only !== undefined) return valueInWords(only);
    if (source.includes("{{")) return `\`${source.trim().replaceAll(/[`\s]+/g, " ")}\``;
  }
  const fixed = fixedValue(template);
  if (fixed === undefined) return source === null ? fallback : valueInWords(source);
  if (fixed === null) return fallback;
  return Array.isArray(fixed)
    ? fixed.map(String).join(", ")
    : typeof fixed === "object"
      ? fallback
      : String(fixed);
}
