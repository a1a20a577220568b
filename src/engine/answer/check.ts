import { createContext, Script } from "node:vm";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
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
const room: { check: () => unknown } = { check: () => null };
const context = createContext(room);

/** Compiling takes milliseconds; a schema is asked again and again. */
const kept = 200;
const compiled = new Map<string, ValidateFunction>();

/** Whether `value` fits a JSON Schema (draft 7). Never throws and ends within a second. */
export function checkAgainst(schema: JsonObject, value: Json): Checked {
  try {
    const validate = validatorOf(schema);
    if ("$async" in validate) return { result: "unusable", reason: "$async is not allowed" };
    room.check = () => validate(value);
    const valid: unknown = call.runInContext(context, { timeout: timeLimitMs });
    if (valid === true) return { result: "valid" };
    return { result: "invalid", errors: (validate.errors ?? []).slice(0, 10).map(describe) };
  } catch (error) {
    return { result: "unusable", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** By the schema's text, since the same one comes from every copy of a definition. */
function validatorOf(schema: JsonObject): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known) return known;
  // An instance per schema: two may carry the same $id. `$schema` may name a draft that is not loaded.
  const ajv = new Ajv({ strict: false, allErrors: true, ownProperties: true, logger: false });
  const { $schema: _draft, ...rest } = schema;
  const validate = ajv.compile(rest);
  compiled.set(text, validate);
  const [oldest] = compiled.keys();
  if (compiled.size > kept && oldest !== undefined) compiled.delete(oldest);
  return validate;
}

function describe(error: ErrorObject): string {
  const place = error.instancePath === "" ? "" : `${error.instancePath.slice(1).replaceAll("/", ".")} `;
  const { allowedValues, additionalProperty } = error.params as Record<string, unknown>;
  if (Array.isArray(allowedValues)) return `${place}must be one of ${allowedValues.map(String).join(", ")}`;
  const extra = typeof additionalProperty === "string" ? ` ("${additionalProperty}")` : "";
  return `${place}${error.message ?? "is not valid"}${extra}`;
}
