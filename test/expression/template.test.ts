import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import {
  listTemplate,
  literalTemplate,
  mapTemplate,
  parseTemplate,
  parseTemplateString,
  recordScope,
  type TemplateOrProblems,
} from "../../src/expression/index.ts";
import { told } from "./told.ts";

const roots = { n: 4, none: null, yes: true, list: [1, "a"], object: { a: null }, text: "{{ n }}" };
const scope = recordScope(roots, 0);

function outcome(parsed: TemplateOrProblems): unknown {
  if ("problems" in parsed) return parsed.problems.map(told);
  return parsed.template.evaluate(scope);
}

const rows: readonly (readonly [string, Json])[] = [
  ["{{ n }}", 4],
  ["{{n}}", 4],
  ["{{ none }}", null],
  ["{{ list }}", [1, "a"]],
  ["{{ object.missing }}", null],
  [" {{ n }}", " 4"],
  ["{{ n }}\n", "4\n"],
  ["a {{ none }} b", "a  b"],
  ["{{ list }}{{ object }}", '[1,"a"]{"a":null}'],
  ["is {{ yes }}", "is true"],
  ["plain } }} { text", "plain } }} { text"],
  ["", ""],
  ["{{ '}}' }}.", "}}."],
  ["{{ 'a\\'}}' }}", "a'}}"],
  ["{{ n }}}", "4}"],
  ['{{ "{" + "{" }}', "{{"],
  ["it's {{ n }} o'clock", "it's 4 o'clock"],
  ["{{ text }} twice is not read", "{{ n }} twice is not read"],
  ["a\n{{\n n\n+ 1 }}", "a\n5"],
];

test.for(rows)("%j is %j", ([source, value]) => {
  expect(outcome(parseTemplateString(source, { roots: Object.keys(roots) }))).toEqual({ value });
});

const wrong: readonly (readonly [string, ...string[]])[] = [
  ["a {{ n", '1:3 HOS110 a "{{" has no "}}"'],
  ["{{ 'n }}", `1:1 HOS110 a "{{" has no "}}" The text that begins with ' is not closed.`],
  ["a {{ }} b", "1:5 HOS110 there is nothing between {{ and }}"],
  ["{{ a {{ b }} }}", '1:6 HOS110 "{{" within {{ }} Names stand there by themselves: {{ steps.a.output }}.'],
  ["${{ n }}", '1:1 HOS108 "${{" is the form of GitHub Actions Write "{{ … }}" without "$".'],
  [
    "{{ '{{ n }}' }}",
    '1:5 HOS109 "{{" inside a quoted text is never replaced Drop the quotes, or write format("… {0} …", value).',
  ],
  [
    "{{ m }}, {{ n + }}\n{{ 1 & n }}",
    '1:4 HOS102 unknown name "m" Did you mean "n"?',
    "1:17 HOS101 expected expression after +",
    '2:6 HOS105 the operator "&" is not part of the language Did you mean &&?',
  ],
];

test.for(wrong)("%j: %s", ([source, ...problems]) => {
  expect(outcome(parseTemplateString(source, { roots: Object.keys(roots) }))).toEqual(problems);
});

test("a problem of evaluation stands at its place in the template", () => {
  expect(outcome(parseTemplateString("ab {{ n + none }}"))).toMatchObject({
    problem: { code: "HOS111", position: { line: 1, column: 9 } },
  });
});

test("a tree keeps its shape, and its keys are literal", () => {
  const tree = { "{{ n }}": ["x{{ n }}", "{{ n }}", 3, null], deep: { list: "{{ list }}" } };
  expect(outcome(parseTemplate(tree))).toEqual({
    value: { "{{ n }}": ["x4", 4, 3, null], deep: { list: [1, "a"] } },
  });
});

test("a tree reports the problems of all its strings, each at its own place", () => {
  const lines = new Map([
    ["a", 3],
    ["b.1", 7],
  ]);
  const parsed = parseTemplate(
    { a: "{{ 1 + }}", b: ["fine", "{{ nowhere }}"] },
    {
      roots: ["n"],
      at: (path) => (offset) => ({ line: lines.get(path.join(".")) ?? 0, column: offset + 1 }),
    },
  );
  expect(outcome(parsed)).toEqual([
    "3:8 HOS101 expected expression after +",
    '7:4 HOS102 unknown name "nowhere" Known here: n.',
  ]);
});

test("a key named __proto__ is a key like others", () => {
  const template = mapTemplate([["__proto__", literalTemplate({ polluted: true })]]);
  const evaluation = template.evaluate(scope);
  const value = "value" in evaluation ? evaluation.value : null;
  expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true}}');
  expect(Reflect.get(Object(value), "polluted")).toBeUndefined();
});

function text(source: string) {
  const parsed = parseTemplateString(source);
  if ("problems" in parsed) throw new Error(source);
  return parsed.template;
}

test("references and literals are known before anything runs", () => {
  const dynamic = mapTemplate([
    ["a", text("x {{ n }} {{ object.a }}")],
    ["b", listTemplate([text("{{ list }}")])],
  ]);
  expect(dynamic.references.map(({ root, path }) => [root, ...path].join("."))).toEqual([
    "n",
    "object.a",
    "list",
  ]);
  expect(dynamic.literal).toBeUndefined();
  expect(mapTemplate([["a", listTemplate([text("x"), text("{{ 1 }}")])]]).literal).toEqual({ a: ["x", 1] });
});
