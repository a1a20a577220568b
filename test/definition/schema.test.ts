import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject, type Problem } from "../../src/core/index.ts";
import { definitionProblems, loadAgent, loadConfig, loadWorkflow } from "../../src/definition/index.ts";
import { documentsOf, type Schema } from "./documents.ts";

function published(name: string): Schema {
  return JSON.parse(readFileSync(new URL(`../../schema/${name}.json`, import.meta.url), "utf8")) as Schema;
}

const schemas = [
  { name: "workflow", load: (text: string) => loadWorkflow(text, "x.yml").problems },
  { name: "agent", load: (text: string) => loadAgent(text, "x.yml").problems },
  { name: "config", load: (text: string) => loadConfig(text, "x.yml").problems },
].map((each) => {
  const schema = published(each.name);
  const validate = new Ajv({ strict: false }).compile(schema);
  return { ...each, schema, validate, documents: documentsOf(schema) };
});

/** What only the shape of a document can be wrong about; what its values mean is more than a schema knows. */
const structural = (["unknownKey", "syntax", "key", "wrongType", "missingKey", "stepKind"] as const).map(
  (name) => definitionProblems[name].code as string,
);

const ofShape = (problems: readonly Problem[]): readonly string[] =>
  problems.filter(({ code }) => structural.includes(code)).map(({ code, message }) => `${code} ${message}`);

/** The document with something in it changed: a value, a key more or less. */
const spoilt = (documents: fc.Arbitrary<JsonObject>): fc.Arbitrary<Json> =>
  fc
    .record({
      document: documents,
      at: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 8 }),
      change: fc.constantFrom<Json>("drop", "add", 5, "x", true, null, [], [[]], {}),
    })
    .map(({ document, at, change }) => spoil(document, at, change));

function spoil(tree: Json, at: readonly number[], change: Json): Json {
  const [first, ...rest] = at;
  if (typeof tree !== "object" || tree === null || first === undefined) return spoiltValue(tree, change);
  if (Array.isArray(tree)) {
    const index = Math.floor(first * tree.length);
    return tree.map((item: Json, each) => (each === index ? spoil(item, rest, change) : item));
  }
  const entries = Object.entries<Json>(tree);
  const index = Math.floor(first * entries.length);
  return Object.fromEntries(
    entries.flatMap(([key, item], each) => {
      if (each !== index) return [[key, item] as const];
      return rest.length === 0 && change === "drop" ? [] : [[key, spoil(item, rest, change)] as const];
    }),
  );
}

/** "drop" is done where the key is. */
function spoiltValue(tree: Json, change: Json): Json {
  if (change === "drop") return tree;
  return change === "add" ? (isObject(tree) ? { ...tree, unheard_of: 1 } : tree) : change;
}

describe.for(schemas)("the published schema: $name", ({ load, schema, validate, documents }) => {
  test("every document of it has the shape that the reader takes", () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect({ valid: validate(document), errors: validate.errors }).toEqual({ valid: true, errors: null });
        expect(ofShape(load(JSON.stringify(document, null, 1)))).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });

  test("the reader has something against every document that is not of it", () => {
    let found = 0;
    fc.assert(
      fc.property(spoilt(documents), (document) => {
        if (validate(document)) return;
        found += 1;
        expect(load(JSON.stringify(document, null, 1))).not.toEqual([]);
      }),
      { numRuns: 3_000 },
    );
    expect(found).toBeGreaterThan(100);
  });

  test("says of every key what it is for", () => {
    expect(undescribed(schema, "")).toEqual([]);
  });
});

test("tests.json says of every key what it is for, and not only what form it has", () => {
  const tests = published("tests");
  expect(undescribed(tests, "")).toEqual([]);
  const described = JSON.stringify(tests).match(/"description":"[^"]*"/g) ?? [];
  expect(described.filter((each) => !each.endsWith('."'))).toEqual([]);
});

function undescribed(schema: Schema, path: string): readonly string[] {
  const properties = Object.entries((schema["properties"] ?? {}) as Schema) as [string, Schema][];
  const wrapper = path.endsWith("/if");
  const own = properties.flatMap(([key, value]) => [
    ...(value["description"] === undefined && !wrapper ? [`${path}/${key}`] : []),
    ...undescribed(value, `${path}/${key}`),
  ]);
  const inner = ["items", "additionalProperties", "if", "then", "else"].flatMap((keyword) => {
    const value = schema[keyword];
    return typeof value === "object" && value !== null
      ? undescribed(value as Schema, `${path}/${keyword}`)
      : [];
  });
  const definitions = Object.entries((schema["$defs"] ?? {}) as Schema) as [string, Schema][];
  return [
    ...own,
    ...inner,
    ...definitions.flatMap(([name, value]) => undescribed(value, `${path}/$defs/${name}`)),
  ];
}
