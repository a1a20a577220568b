import { isObject, type Json, own } from "../core/json.ts";
import { unreachable } from "../core/problem.ts";
import { limits } from "./limits.ts";
import { Fault } from "./problems.ts";
import type { Work } from "./work.ts";

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** `a number`, `a list`, as messages say it. */
export function typeName(value: Json): string {
  if (value === null) return "null (a missing value)";
  if (isList(value)) return "a list";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "a number";
  return typeof value === "boolean" ? "true or false" : "an object";
}

/**
 * The entry under a key, or undefined. Only a list's items and an object's own entries exist: nothing inherited,
 * no `length`, and text has no members at all. Numbers and booleans find an object's key as in Actions.
 */
export function find(value: Json, key: Json): Json | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isList(value)) return typeof key === "number" ? value[key] : undefined;
  if (key === null || typeof key === "object") return undefined;
  return own(value as Readonly<Record<string, Json>>, typeof key === "string" ? key : String(key));
}

/** The entry under a key, or null for a missing one. */
export function entry(value: Json, key: Json): Json {
  return find(value, key) ?? null;
}

/** A list's items, an object's values in order, nothing for anything else. */
export function items(value: Json): readonly Json[] {
  if (isList(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

/** Same type and same content, without coercion; lists and objects by content, keys in any order. */
export function equal(left: Json, right: Json, work: Work, depth = 0): boolean {
  chargeTexts(left, right, work);
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (depth > limits.valueDepth) throw tooDeep();
  if (isList(left)) {
    if (!isList(right) || left.length !== right.length) return false;
    work.charge(left.length + 1);
    return left.every((item, index) => equal(item, right[index] ?? null, work, depth + 1));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  work.charge(keys.length + 1);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => {
    const other = own(right, key);
    return other !== undefined && equal(own(left, key) ?? null, other, work, depth + 1);
  });
}

export type Ordering = "<" | "<=" | ">" | ">=";

/** Two numbers by size, or two texts by their UTF-16 units; anything else, a missing value too, is false. */
export function ordered(operator: Ordering, left: Json, right: Json, work: Work): boolean {
  chargeTexts(left, right, work);
  const comparable =
    (typeof left === "number" && typeof right === "number") ||
    (typeof left === "string" && typeof right === "string");
  if (!comparable) return false;
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    default:
      return unreachable(operator);
  }
}

/** Texts come from outside in any length, and an expression may compare them thousands of times. */
function chargeTexts(left: Json, right: Json, work: Work): void {
  if (typeof left === "string" && typeof right === "string") work.charge(Math.min(left.length, right.length));
}

/** Whether a text holds a text, a list an equal item, or an object a key; a missing value holds nothing. */
export function contains(search: Json, item: Json, work: Work): boolean {
  if (search === null) return false;
  if (isList(search)) {
    work.charge(search.length);
    for (const each of search) {
      if (equal(each, item, work)) return true;
    }
    return false;
  }
  if (item === null) return false;
  if (typeof item !== "string") {
    throw new Fault("argument", `${typeName(search)} can't contain ${typeName(item)}`);
  }
  if (isObject(search)) return Object.hasOwn(search, item);
  if (typeof search !== "string") throw new Fault("argument", `${typeName(search)} contains nothing`);
  work.charge(search.length);
  return search.includes(item);
}

/** A value as it is written into text: null is empty, lists and objects are JSON. */
export function textOf(value: Json, work: Work): string {
  if (value === null) return "";
  if (typeof value === "string") return value;
  return typeof value === "object" ? jsonOf(value, work) : String(value);
}

/** Compact JSON, or indented by this many spaces. */
export function jsonOf(value: Json, work: Work, indent = 0): string {
  work.textOf(jsonLength(value, indent));
  return JSON.stringify(value, null, indent);
}

/** An upper bound is enough and needs no recursion, which a hostile webhook could make overflow. */
function jsonLength(value: Json, indent: number): number {
  let length = 0;
  const open: { readonly value: Json; readonly depth: number }[] = [{ value, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: current, depth } = next;
    if (length > limits.textLength) break;
    if (typeof current === "string") length += current.length + 2;
    else if (typeof current !== "object" || current === null) length += String(current).length;
    else {
      if (depth > limits.valueDepth) throw tooDeep();
      length += 2;
      const overhead = 4 + indent * depth;
      if (isList(current)) {
        for (const item of current) open.push({ value: item, depth: depth + 1 });
        length += current.length * overhead;
      } else {
        for (const [key, item] of Object.entries(current)) {
          open.push({ value: item, depth: depth + 1 });
          length += key.length + overhead;
        }
      }
    }
  }
  return length;
}

export function tooDeep(): Fault {
  return new Fault("tooMuch", `the value is nested more than ${limits.valueDepth} levels deep`);
}
