import type { Json } from "../../core/json.ts";
import { Fault } from "../problems.ts";
import { isList, typeName } from "../values.ts";

/** The argument, where it is text. @throws Fault */
export function text(args: readonly Json[], index: number, name: string): string {
  const value = args[index] ?? null;
  if (typeof value !== "string") throw wrong(value, index, name, "text");
  return value;
}

/** The argument, where it is text or missing. @throws Fault */
export function textOrNull(args: readonly Json[], index: number, name: string): string | null {
  return (args[index] ?? null) === null ? null : text(args, index, name);
}

/** The argument, where it is a number. @throws Fault */
export function number(args: readonly Json[], index: number, name: string): number {
  const value = args[index] ?? null;
  if (typeof value !== "number") throw wrong(value, index, name, "a number");
  return value;
}

/** The argument, where it is a whole number within bounds; the fallback where it isn't given. @throws Fault */
export function whole(
  args: readonly Json[],
  index: number,
  name: string,
  bounds: { readonly from: number; readonly to: number; readonly fallback: number },
): number {
  if (args.length <= index) return bounds.fallback;
  const value = number(args, index, name);
  if (Number.isInteger(value) && value >= bounds.from && value <= bounds.to) return value;
  const expected = `a whole number from ${bounds.from} to ${bounds.to}`;
  throw new Fault("argument", `${name} takes ${expected} as argument ${index + 1}, not ${value}`);
}

/** The argument, where it is a list or missing. @throws Fault */
export function listOrNull(args: readonly Json[], index: number, name: string): readonly Json[] | null {
  const value = args[index] ?? null;
  if (value !== null && !isList(value)) throw wrong(value, index, name, "a list");
  return value;
}

export function wrong(value: Json, index: number, name: string, expected: string): Fault {
  return new Fault("argument", `${name} takes ${expected} as argument ${index + 1}, not ${typeName(value)}`);
}
