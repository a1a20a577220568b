import { Script } from "node:vm";
import { Ajv, type ErrorObject } from "ajv";
import type { Json, JsonObject } from "../../core/json.ts";

export type Checked =
  | { readonly result: "valid" }
  /** At most 10, as `/severity must be <= 5`. */
  | { readonly result: "invalid"; readonly errors: readonly string[] }
  /** The schema itself can't be used, or it takes too long (a runaway pattern). */
  | { readonly result: "unusable"; readonly reason: string };

/** A schema's pattern can make one short text take hours; this ends it. */
const timeLimitMs = 500;
const call = new Script("check()");

/** Whether `value` fits a JSON Schema (draft 7). Never throws and ends within a second. */
export function checkAgainst(schema: JsonObject, value: Json): Checked {
  try {
    // An instance per check: two schemas may carry the same $id. `$schema` may name a draft that is not loaded.
    const ajv = new Ajv({ strict: false, allErrors: true, ownProperties: true, logger: false });
    const { $schema: _draft, ...rest } = schema;
    const validate = ajv.compile(rest);
    if ("$async" in validate) return { result: "unusable", reason: "$async is not allowed" };
    const valid: unknown = call.runInNewContext({ check: () => validate(value) }, { timeout: timeLimitMs });
    if (valid === true) return { result: "valid" };
    return { result: "invalid", errors: (validate.errors ?? []).slice(0, 10).map(describe) };
  } catch (error) {
    return { result: "unusable", reason: error instanceof Error ? error.message : String(error) };
  }
}

function describe(error: ErrorObject): string {
  const place = error.instancePath === "" ? "" : `${error.instancePath.slice(1).replaceAll("/", ".")} `;
  const { allowedValues, additionalProperty } = error.params as Record<string, unknown>;
  if (Array.isArray(allowedValues)) return `${place}must be one of ${allowedValues.map(String).join(", ")}`;
  const extra = typeof additionalProperty === "string" ? ` ("${additionalProperty}")` : "";
  return `${place}${error.message ?? "is not valid"}${extra}`;
}
