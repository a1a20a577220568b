/** A value that survives JSON unchanged: what expressions work on and what documents hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** User-named keys live in here: read them with `own`, never with a bare index. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The record's own entry, or undefined: `constructor` or `__proto__` never reaches the prototype. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
