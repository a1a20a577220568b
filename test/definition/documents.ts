import * as fc from "fast-check";
import type { Json, JsonObject } from "../../src/core/index.ts";

export interface Schema {
  readonly [keyword: string]: unknown;
}

/** How deep steps are nested within steps. */
const deepest = 3;

/** Documents that are valid by the schema. It knows the keywords that our schemas are made of, and throws at others. */
export function documentsOf(schema: Schema): fc.Arbitrary<JsonObject> {
  return new Documents(schema).of(schema, 0) as fc.Arbitrary<JsonObject>;
}

const known = new Set(
  `$schema $id $defs $ref title description examples type enum pattern minimum maximum minItems maxItems items
  properties required additionalProperties oneOf if then else`.split(/\s+/),
);

class Documents {
  readonly #root: Schema;
  readonly #made = new Map<Schema, Map<number, fc.Arbitrary<Json>>>();

  constructor(root: Schema) {
    this.#root = root;
  }

  of(schema: Schema, depth: number): fc.Arbitrary<Json> {
    const byDepth = this.#made.get(schema) ?? new Map<number, fc.Arbitrary<Json>>();
    this.#made.set(schema, byDepth);
    const made = byDepth.get(depth) ?? this.#make(schema, depth);
    byDepth.set(depth, made);
    return made;
  }

  #make(schema: Schema, depth: number): fc.Arbitrary<Json> {
    const strange = Object.keys(schema).filter((keyword) => !known.has(keyword));
    if (strange.length > 0) throw new Error(`the generator doesn't know ${strange.join(", ")}`);
    const reference = schema["$ref"];
    if (typeof reference === "string") return this.#reference(reference, depth);
    if (schema["if"] !== undefined) return this.#choice(schema, depth);
    const types = [(schema["type"] ?? "any") as string | readonly string[]].flat();
    return fc.oneof(...types.map((type) => this.#ofType(type, schema, depth)));
  }

  #reference(reference: string, depth: number): fc.Arbitrary<Json> {
    const definitions = this.#root["$defs"] as Readonly<Record<string, Schema>>;
    const name = reference.slice("#/$defs/".length);
    const found = definitions[name];
    if (found === undefined) throw new Error(`no ${reference}`);
    return this.of(found, name === "step" ? depth + 1 : depth);
  }

  /** Of `if`, only that a key is required is understood: the branches are told apart by it. */
  #choice(schema: Schema, depth: number): fc.Arbitrary<Json> {
    const [key] = (schema["if"] as Schema)["required"] as readonly string[];
    const yes = schema["then"] as Schema;
    const required = typeof yes["$ref"] === "string" ? yes : { type: "object", required: [key], ...yes };
    return fc.oneof(this.of(required, depth), this.of(schema["else"] as Schema, depth));
  }

  #ofType(type: string, schema: Schema, depth: number): fc.Arbitrary<Json> {
    switch (type) {
      case "null":
        return fc.constant(null);
      case "boolean":
        return fc.boolean();
      case "integer":
        return fc.integer({ min: schema["minimum"] as number, max: (schema["maximum"] as number) ?? 1_000 });
      case "number":
        return fc.double({ min: schema["minimum"] as number, max: schema["maximum"] as number, noNaN: true });
      case "string":
        return textOf(schema);
      case "array":
        return this.#list(schema, depth);
      case "object":
        return this.#map(schema, depth);
      case "any":
        return anything;
      default:
        throw new Error(`the generator doesn't know the type ${type}`);
    }
  }

  #list(schema: Schema, depth: number): fc.Arbitrary<Json> {
    const least = (schema["minItems"] as number | undefined) ?? 0;
    const items = schema["items"] as Schema | undefined;
    return fc.array(items ? this.of(items, depth) : anything, { minLength: least, maxLength: least + 1 });
  }

  #map(schema: Schema, depth: number): fc.Arbitrary<Json> {
    const properties = (schema["properties"] ?? {}) as Readonly<Record<string, Schema>>;
    const required = (schema["required"] as readonly string[] | undefined) ?? [];
    const one = (schema["oneOf"] as readonly Schema[] | undefined)?.flatMap(
      (each) => (each["required"] as readonly string[] | undefined) ?? [],
    );
    const more = schema["additionalProperties"];
    const others =
      typeof more === "object" && more !== null
        ? fc.dictionary(fc.constantFrom(...names), this.of(more as Schema, depth), { maxKeys: 2 })
        : fc.constant({});
    const named = (kind: string | undefined): fc.Arbitrary<JsonObject> => {
      const keys = Object.keys(properties).filter((key) => key === kind || !one?.includes(key));
      const deep = depth > deepest ? keys.filter((key) => required.includes(key) || key === kind) : keys;
      const must = deep.filter((key) => required.includes(key) || key === kind);
      const may = deep.filter((key) => !must.includes(key));
      // A document of a few keys at a time says as much, and is read sooner.
      return fc.subarray(may, { maxLength: Math.min(6, may.length) }).chain((some) => {
        const model = [...must, ...some].map((key) => [key, this.of(properties[key] ?? {}, depth)] as const);
        return fc.record<Record<string, Json>>(Object.fromEntries(model));
      });
    };
    // Where steps are nested deeply enough, a kind that holds none.
    const kinds = depth > deepest ? one?.filter((kind) => !["parallel", "steps"].includes(kind)) : one;
    const own = kinds ? fc.oneof(...kinds.map(named)) : named(undefined);
    return fc.tuple(others, own).map(([other, given]) => ({ ...other, ...given }));
  }
}

const names = ["issues", "pull_request", "contents", "a", "b", "approve", "retry"];

const anything: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, 1, "x", "{{ input.x }}", [], {}),
  fc.constantFrom<Json>(["a", { b: 1 }], { type: "object" }, { a: ["{{ steps.a.output }}"] }),
);

const words = [
  "a",
  "b",
  "qa-agent",
  "issues.addLabels",
  "./qa.yml",
  "steps.a.output",
  "{{ input.x }}",
  "1h",
  "",
];

function textOf(schema: Schema): fc.Arbitrary<string> {
  const { enum: values, pattern } = schema;
  if (Array.isArray(values)) return fc.constantFrom(...(values as readonly string[]));
  if (typeof pattern !== "string") return fc.constantFrom(...words);
  const form = new RegExp(pattern);
  const fitting = words.filter((word) => form.test(word));
  return fitting.length > 0 ? fc.constantFrom(...fitting) : fc.stringMatching(form);
}
