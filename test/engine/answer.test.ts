import { Ajv } from "ajv";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/core/json.ts";
import { parseAnswer, readyAnswer } from "../../src/engine/answer/index.ts";

const triage: JsonObject = {
  type: "object",
  required: ["severity", "summary"],
  additionalProperties: false,
  properties: {
    severity: { type: "integer", minimum: 1, maximum: 5 },
    component: { type: ["string", "null"] },
    summary: { type: "string", minLength: 1, maxLength: 200 },
    duplicate_of: { type: "integer" },
    labels: { type: "array", items: { type: "string" } },
    scores: { type: "array", items: { type: "number" } },
    urgent: { type: "boolean" },
    verdict: { enum: ["approve", "request_changes"] },
    level: { enum: [1, 2, "high"] },
    more: { type: "object", properties: { a: { type: "integer" } } },
    any: {},
  },
};
const base = { severity: 3, summary: "s" };

describe("an answer in words", () => {
  test.for<[words: string, values: object]>([
    ['severity=3 summary="Login fails"', { severity: 3, summary: "Login fails" }],
    ["severity=3 summary='Login fails'", { severity: 3, summary: "Login fails" }],
    ["severity=3 summary=“Login fails”", { severity: 3, summary: "Login fails" }],
    ['severity="3" summary=s', base],
    ["  severity=3\tsummary=s  ", base],
    ['severity=3 summary="say \\"hi\\"\\nto C:\\dir"', { severity: 3, summary: 'say "hi"\nto C:\\dir' }],
    ["severity=3 summary=it's", { severity: 3, summary: "it's" }],
    ["severity=3 summary=a=b", { severity: 3, summary: "a=b" }],
    ["severity=3 summary=null", { severity: 3, summary: "null" }],
    ["severity=3 summary=5", { severity: 3, summary: "5" }],
    ["severity=3 summary=s component=null", { ...base, component: null }],
    ['severity=3 summary=s component="null"', { ...base, component: "null" }],
    ["severity=3 summary=s labels=a,b", { ...base, labels: ["a", "b"] }],
    ['severity=3 summary=s labels="a b, c"', { ...base, labels: ["a b", "c"] }],
    ["severity=3 summary=s labels=[a, b]", { ...base, labels: ["a", "b"] }],
    ['severity=3 summary=s labels=["a, b", "]"]', { ...base, labels: ["a, b", "]"] }],
    ["severity=3 summary=s labels=", { ...base, labels: [] }],
    ["severity=3 summary=s scores=1,2.5,-3", { ...base, scores: [1, 2.5, -3] }],
    ["severity=3 summary=s urgent=yes", { ...base, urgent: true }],
    ["severity=3 summary=s urgent=False", { ...base, urgent: false }],
    ["severity=3 summary=s verdict=Approve", { ...base, verdict: "approve" }],
    ["severity=3 summary=s level=2", { ...base, level: 2 }],
    ["severity=3 summary=s level=high", { ...base, level: "high" }],
    ['severity=3 summary=s more={"a": 1}', { ...base, more: { a: 1 } }],
    ["severity=3 summary=s more='{\"a\": 1}'", { ...base, more: { a: 1 } }],
    ["severity=3 summary=s any=2.5", { ...base, any: 2.5 }],
    ["severity=3 summary=s any=0012345", { ...base, any: "0012345" }],
    ["severity=3 summary=s any=12345678901234567890", { ...base, any: "12345678901234567890" }],
    ['severity=3 summary=s any="true"', { ...base, any: "true" }],
  ])("%s", ([words, values]) => {
    expect(parseAnswer(words, null, triage)).toEqual({ values });
  });
});

describe("an answer as YAML below the command", () => {
  test.for<[block: string, values: object]>([
    ["severity: 3\nsummary: Login fails", { severity: 3, summary: "Login fails" }],
    ["```yaml\nseverity: 3\nsummary: |\n  two\n  lines\n```", { severity: 3, summary: "two\nlines\n" }],
    ["~~~\nseverity: 3\nsummary: s\n~~~\n", base],
    ["severity: 3\r\nsummary: s\r\nlabels:\r\n  - a\r\n  - b\r\n", { ...base, labels: ["a", "b"] }],
    ['{"severity": 3, "summary": "s"}', base],
  ])("%j", ([block, values]) => {
    expect(parseAnswer("", block, triage)).toEqual({ values });
  });

  test("words and block are one answer", () => {
    expect(parseAnswer("severity=3", "summary: s", triage)).toEqual({ values: base });
  });
});

describe("an answer that can't be taken says why", () => {
  test.for<[words: string, block: string | null, messages: string[]]>([
    [
      "",
      null,
      [
        '"severity" is missing. It takes a whole number from 1 to 5: severity=….',
        '"summary" is missing. It takes text: summary=….',
      ],
    ],
    ["severity=high summary=s", null, ['"severity" takes a whole number from 1 to 5, not "high".']],
    ["severity=2.5 summary=s", null, ['"severity" takes a whole number from 1 to 5, not "2.5".']],
    ["severity=9 summary=s", null, ["severity must be <= 5."]],
    ["severty=3 severity=3 summary=s", null, ['unknown key "severty". Did you mean "severity"?']],
    [
      "severity=3 summary=s verdict=maybe",
      null,
      ['"verdict" takes approve or request_changes, not "maybe".'],
    ],
    ["severity=3 summary=s urgent=perhaps", null, ['"urgent" takes true or false, not "perhaps".']],
    ["severity=3 summary=s scores=1,x", null, ['"scores" takes a list, as a,b, not "1,x".']],
    ["severity=3 summary=s more=[1]", null, ['"more" takes a JSON object, not "[1]".']],
    [
      "severity=3 summary=Login fails",
      null,
      ['"fails" has no key. Put quotes around a value with spaces: summary="…".'],
    ],
    ["three summary=s severity=3", null, ['"three" has no key. Write key=value.']],
    [
      'severity=3 summary="Login',
      null,
      [
        'the quote " of "summary" is never closed. Write key="a text in one line", or a YAML block below the command.',
        '"severity" is missing. It takes a whole number from 1 to 5: severity=….',
        '"summary" is missing. It takes text: summary=….',
      ],
    ],
    [
      'severity=3 summary="a "b" c"',
      null,
      [
        'there is text right after the closing quote of "summary". A quote inside a value is written \\".',
        '"severity" is missing. It takes a whole number from 1 to 5: severity=….',
        '"summary" is missing. It takes text: summary=….',
      ],
    ],
    ["severity=3 severity=4 summary=s", null, ['"severity" is given twice. Keep one of them.']],
    ["severity=3 summary=s", "severity: 3", ['"severity" is given twice. Keep one of them.']],
    ['severity=3 summary="…"', null, ['"summary" still says …. Put your answer there.']],
    ["", "severity: 3\nsummary: ''", ["summary must NOT have fewer than 1 characters."]],
  ])("%s %j", ([words, block, messages]) => {
    const answer = parseAnswer(words, block, triage);
    const problems = "problems" in answer ? answer.problems : [];
    expect(problems.map((one) => [one.message, one.hint].filter(Boolean).join(" "))).toEqual(messages);
  });

  test.for<[name: string, block: string]>([
    ["a broken line", "severity: [3"],
    ["an alias bomb", `a: &a [1,1]\nb: &b [*a,*a]\nc: [*b,*b]`],
    ["100 KB of nesting", "[".repeat(60_000)],
    ["deep but closed nesting", `any: ${"[".repeat(60)}${"]".repeat(60)}`],
    ["a list", "- a\n- b"],
    ["a bare text", "all good"],
    ["infinity", "severity: .inf"],
    ["a key twice", "severity: 3\nseverity: 4"],
    ["too long", "x".repeat(70_000)],
  ])("a block with %s", ([, block]) => {
    const answer = parseAnswer("", block, null);
    expect(answer).toMatchObject({ problems: [{ code: expect.stringMatching(/^HOS63[17]$/) }] });
  });
});

test("a thousand mistakes give ten problems that fit a comment", () => {
  const block = Array.from({ length: 1_000 }, (_, index) => `${"k".repeat(50)}${index}: 1`).join("\n");
  const answer = parseAnswer("", block, triage);
  expect("problems" in answer && answer.problems).toHaveLength(10);
});

describe("without a schema", () => {
  test.for<[words: string, block: string | null, values: object]>([
    ["", null, {}],
    ["all good, merged", null, { text: "all good, merged" }],
    ["count=3 name=x ok=true", null, { count: 3, name: "x", ok: true }],
    ["", "count: 3", { count: 3 }],
  ])("%s %j", ([words, block, values]) => {
    expect(parseAnswer(words, block, null)).toEqual({ values });
  });

  test("a key named __proto__ is only a key", () => {
    for (const answer of [
      parseAnswer("__proto__=1", null, null),
      parseAnswer("", "__proto__: {a: 1}", null),
    ]) {
      const values = "values" in answer ? answer.values : {};
      expect(Object.keys(values)).toEqual(["__proto__"]);
      expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
    }
  });
});

describe("a schema that can't be used is a problem, not a crash", () => {
  test.for<[name: string, schema: JsonObject]>([
    ["an unknown type", { type: "strng" }],
    ["a reference to nowhere", { $ref: "https://example.com/x.json" }],
    ["an asynchronous schema", { $async: true }],
    ["a runaway pattern", { properties: { a: { type: "string", pattern: "^(a+)+$" } } }],
  ])("%s", ([, schema]) => {
    expect(parseAnswer(`a=${"a".repeat(40)}!`, null, schema)).toMatchObject({
      problems: [{ code: "HOS636" }],
    });
  });

  test("a newer draft's $schema is no obstacle", () => {
    const schema = { $schema: "https://json-schema.org/draft/2020-12/schema", required: ["a"] };
    expect(parseAnswer("a=1", null, schema)).toEqual({ values: { a: 1 } });
  });

  test("what an object inherits does not count as given", () => {
    expect(parseAnswer("", null, { required: ["constructor"] })).toMatchObject({
      problems: [{ code: "HOS634" }],
    });
  });
});

describe("a ready answer", () => {
  test.for<[schema: JsonObject | null, line: string]>([
    [null, "/hishamos done s"],
    [triage, '/hishamos done s severity=3 summary="…"'],
    [
      { properties: { ok: { type: "boolean" }, v: { enum: ["a b", "c"] } } },
      '/hishamos done s ok=true v="a b"',
    ],
    [
      {
        required: ["t", "n", "o"],
        properties: {
          t: { type: "array", items: { type: "string" } },
          n: { type: "number", minimum: 7 },
          o: { type: "object" },
        },
      },
      '/hishamos done s t="…" n=7 o={}',
    ],
    [
      { required: ["x", "unknown"], properties: { x: { type: "string", default: "main" } } },
      '/hishamos done s x=main unknown="…"',
    ],
  ])("of %j", ([schema, line]) => {
    expect(readyAnswer("s", schema)).toBe(line);
  });
});

const property = fc.oneof(
  fc.record({ type: fc.constantFrom("string", "integer", "number", "boolean", "array", "object", "null") }),
  fc.record({ type: fc.constant(["integer", "null", "string"]) }),
  fc.record({ enum: fc.constantFrom(["a", "b", 1], [true], ["A", "a"]) }),
  fc.record({
    type: fc.constant("integer"),
    minimum: fc.integer({ min: -5, max: 0 }),
    maximum: fc.integer({ min: 1, max: 5 }),
  }),
  fc.record({
    type: fc.constant("array"),
    items: fc.record({ type: fc.constantFrom("integer", "string", "boolean") }),
  }),
  fc.constant({}),
);
const name = fc.constantFrom("a", "b", "c", "__proto__", "constructor");
const schemas = fc.record({
  properties: fc.array(fc.tuple(name, property)).map((all) => Object.fromEntries(all)),
  required: fc.uniqueArray(name, { maxLength: 2 }),
}) as fc.Arbitrary<JsonObject>;
const value = fc.oneof(
  fc.constantFrom(
    "1",
    "-2.5",
    "true",
    "null",
    "a",
    "A",
    "a,b",
    "1,2",
    "[1]",
    '["a"]',
    "{}",
    '{"a":1}',
    '"q"',
    '"',
  ),
  fc.string(),
);
const words = fc
  .array(fc.tuple(name, value).map(([key, text]) => `${key}=${text}`))
  .map((all) => all.join(" "));

test("parseAnswer never throws, and what it accepts fits the schema and survives JSON", () => {
  fc.assert(
    fc.property(
      fc.oneof(words, fc.string()),
      fc.option(fc.oneof(fc.string(), fc.json())),
      fc.option(schemas),
      (text, block, schema) => {
        const answer = parseAnswer(text, block, schema);
        if ("problems" in answer) return answer.problems.length > 0;
        expect(Object.entries(JSON.parse(JSON.stringify(answer.values)))).toStrictEqual(
          Object.entries(answer.values),
        );
        if (schema === null) return true;
        const ajv = new Ajv({ strict: false, ownProperties: true });
        return ajv.validate(schema, answer.values);
      },
    ),
    { numRuns: 1_000 },
  );
});
