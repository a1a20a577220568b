import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";

/** The properties an output schema declares, by name. */
export function propertiesOf(schema: JsonObject | null): ReadonlyMap<string, JsonObject> {
  const properties = schema === null ? undefined : own(schema, "properties");
  if (!isObject(properties)) return new Map();
  return new Map(Object.entries(properties).map(([name, value]) => [name, isObject(value) ? value : {}]));
}

/** Names of the properties an answer must have. */
export function requiredOf(schema: JsonObject | null): readonly string[] {
  const required = schema === null ? undefined : own(schema, "required");
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}

/** Keywords by which a schema can name properties outside its own `properties`. */
const elsewhere = ["patternProperties", "allOf", "anyOf", "oneOf", "if", "$ref"];

/** Whether keys that `properties` does not name are refused: always, unless the schema speaks of them. */
export function isClosed(schema: JsonObject): boolean {
  const additional = own(schema, "additionalProperties");
  const open =
    additional === true || isObject(additional) || elsewhere.some((key) => own(schema, key) !== undefined);
  return !open && own(schema, "properties") !== undefined;
}

/** The schema's types, as `["integer", "null"]`; empty for any. */
export function typesOf(schema: JsonObject): readonly string[] {
  const type = own(schema, "type");
  if (typeof type === "string") return [type];
  return Array.isArray(type) ? type.filter((one) => typeof one === "string") : [];
}

export function enumOf(schema: JsonObject): readonly Json[] | null {
  const values = own(schema, "enum");
  if (Array.isArray(values)) return values;
  const constant = own(schema, "const");
  return constant === undefined ? null : [constant];
}

const typeWords: ReadonlyMap<string, string> = new Map([
  ["integer", "a whole number"],
  ["number", "a number"],
  ["boolean", "true or false"],
  ["string", "text"],
  ["array", "a list, as a,b"],
  ["object", "a JSON object"],
  ["null", "null"],
]);

/** What a value must be, for people: `a whole number from 1 to 5`, `approve or request_changes`. */
export function describeValue(schema: JsonObject): string {
  const values = enumOf(schema);
  if (values !== null) return values.map(plain).join(" or ");
  const words = typesOf(schema).map((type) => typeWords.get(type) ?? type);
  return `${words.length === 0 ? "any value" : words.join(" or ")}${range(schema)}`;
}

function range(schema: JsonObject): string {
  const least = own(schema, "minimum");
  const most = own(schema, "maximum");
  if (typeof least === "number" && typeof most === "number") return ` from ${least} to ${most}`;
  if (typeof least === "number") return ` of at least ${least}`;
  return typeof most === "number" ? ` of at most ${most}` : "";
}

function plain(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
