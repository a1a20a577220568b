import { jsonFunctions } from "./json.ts";
import { listFunctions } from "./lists.ts";
import { numberFunctions } from "./numbers.ts";
import { patternFunctions } from "./patterns.ts";
import type { FunctionRecord } from "./record.ts";
import { statusFunctions } from "./status.ts";
import { stringFunctions } from "./strings.ts";
import { timeFunctions } from "./time.ts";

/** Every function that any expression may call, by family; the documentation is generated from it. */
export const functions: readonly FunctionRecord[] = [
  ...stringFunctions,
  ...listFunctions,
  ...numberFunctions,
  ...jsonFunctions,
  ...patternFunctions,
  ...timeFunctions,
];

const everywhere = byLowerCase(functions);
const inFinally = byLowerCase([...functions, ...statusFunctions]);
const onlyInFinally = byLowerCase(statusFunctions);

/** Functions by name, in lower case: as in Actions, `fromJson` and `fromJSON` are the same. */
export function functionsFor(statusToo: boolean): ReadonlyMap<string, FunctionRecord> {
  return statusToo ? inFinally : everywhere;
}

export function isStatusFunction(name: string): boolean {
  return onlyInFinally.has(name.toLowerCase());
}

function byLowerCase(records: readonly FunctionRecord[]): ReadonlyMap<string, FunctionRecord> {
  return new Map(records.map((record) => [record.name.toLowerCase(), record]));
}
