import { createHash } from "node:crypto";
import type { Execution } from "../core/execution.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { blobReference, inlineLimit } from "../engine/ports/index.ts";

/** Stands in an answer for a value that is too large for it; `href` gives the value itself. */
export interface LargeValue {
  readonly $large: { readonly sha256: string; readonly href: string };
}

/** By value its hash, or null where it is small: values are never changed in place. */
const known = new WeakMap<object, string | null>();

/** The value, or what stands for it, whether it is stored apart already or still in one piece in this process. */
export function shownValue(value: Json, execution: string): Json {
  const sha256 = hashOf(value);
  if (sha256 === null) return value;
  const shown: LargeValue = {
    $large: { sha256, href: `/api/v1/workflows/executions/${execution}/values/${sha256}/` },
  };
  return shown as unknown as JsonObject;
}

/** Hashes of the large values that the execution, as it is stored, shows. */
export function largeValuesOf({ steps, outputs }: Execution): ReadonlySet<string> {
  const values = Object.values(steps).map(({ runs }) => {
    const run = runs.at(-1);
    return run && "output" in run ? run.output : null;
  });
  return new Set([...values, outputs].flatMap((value) => hashOf(value) ?? []));
}

function hashOf(value: Json): string | null {
  if (typeof value !== "object" || value === null) return null;
  const before = known.get(value);
  if (before !== undefined) return before;
  const hash = storedAs(value) ?? hashOfText(JSON.stringify(value));
  known.set(value, hash);
  return hash;
}

function storedAs(value: Json): string | null {
  if (!isObject(value) || Object.keys(value).length !== 1) return null;
  const hash = value[blobReference];
  return typeof hash === "string" ? hash : null;
}

/** As the engine names what it stores apart. */
function hashOfText(text: string): string | null {
  return text.length > inlineLimit ? createHash("sha256").update(text).digest("hex") : null;
}
