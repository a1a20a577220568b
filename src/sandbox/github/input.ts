import { invalid, invalidRequest } from "./refusal.ts";

/** A JSON object from a request; each reader refuses with 422 what has the wrong form. */
export type Input = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Input {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function optionalText(input: Input, field: string): string | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string")
    throw invalidRequest(`For 'properties/${field}', ${JSON.stringify(value)} is not a string.`);
  return value;
}

export function requiredText(input: Input, field: string, resource: string): string {
  const value = optionalText(input, field);
  if (value === undefined || value === "") throw invalid(resource, field, "missing_field");
  return value;
}

export function optionalNumber(input: Input, field: string): number | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number")
    throw invalidRequest(`For 'properties/${field}', ${JSON.stringify(value)} is not an integer.`);
  return value;
}

export function flag(input: Input, field: string): boolean {
  return input[field] === true;
}

/** The list at `field`, or undefined where the field is absent. */
export function optionalList(input: Input, field: string): readonly unknown[] | undefined {
  const value = input[field];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value))
    throw invalidRequest(`For 'properties/${field}', ${JSON.stringify(value)} is not an array.`);
  return value;
}

/** Names given as strings or as `{ name }`, as GitHub takes labels. */
export function optionalNames(input: Input, field: string): string[] | undefined {
  return optionalList(input, field)?.map((item) => {
    if (typeof item === "string") return item;
    if (isObject(item) && typeof item["name"] === "string") return item["name"];
    throw invalidRequest(`For 'items/${field}', ${JSON.stringify(item)} is not a string.`);
  });
}

export function oneOf<T extends string>(
  input: Input,
  field: string,
  allowed: readonly T[],
  resource: string,
): T | undefined {
  const value = optionalText(input, field);
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalid(resource, field, "invalid");
  return found;
}
