import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { evaluate, parseTemplate, recordScope } from "../../src/expression/index.ts";

function nested(levels: number): Json {
  let value: Json = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

const text = "x".repeat(600_000);
const roots = {
  text,
  texts: Array.from({ length: 50_000 }, () => "x".repeat(50)),
  many: Array.from({ length: 60_000 }, (_, index) => ({ inner: [index, index] })),
  wide: Array.from({ length: 4_000 }, (_, index) => index),
  deep: nested(100_000),
  deeper: nested(100_000),
  fine: nested(150),
};

const rows: readonly (readonly [what: string, source: string, message: string])[] = [
  ["a long source", " ".repeat(21_001), "the expression is longer than 21000 characters"],
  ["deep parentheses", "(".repeat(20_000), "brackets are nested more than 100 deep"],
  ["deep lists", "[".repeat(20_000), "brackets are nested more than 100 deep"],
  ["deep signs", "-".repeat(20_000), "brackets are nested more than 100 deep"],
  ["deep choices", "1 ? 1 : ".repeat(2_000), "brackets are nested more than 100 deep"],
  ["a long sum", `1${"+1".repeat(10_000)}`, "the expression is more than 50 levels deep"],
  ["a long path", `text${".a".repeat(10_000)}`, "the expression is more than 50 levels deep"],
  ["deep indexes", `${"text[".repeat(60)}0${"]".repeat(60)}`, "the expression is more than 50 levels deep"],
  ["two long texts", "text + text", "the text would be longer than 1000000 characters"],
  ["format", "format('{0}{0}', text)", "the text would be longer than 1000000 characters"],
  ["join", "join(texts)", "the text would be longer than 1000000 characters"],
  ["a long separator", "join(wide, text)", "the expression takes too much work"],
  ["JSON", "toJSON([text, text])", "the text would be longer than 1000000 characters"],
  ["split", "split(text, 'x')", "the list would have more than 100000 items"],
  ["star", "many.*.inner.*", "the list would have more than 100000 items"],
  ["deep values compared", "deep == deeper", "the value is nested more than 200 levels deep"],
  ["deep values as JSON", "toJSON(deep)", "the value is nested more than 200 levels deep"],
  ["deep JSON", "fromJSON(join(split('[,[', ',')) )", "fromJSON was given text that is no JSON"],
  ["work", Array(20).fill("text == text + ''").join(" && "), "the expression takes too much work"],
];

test.for(rows)("%s: %s", ([, source, message]) => {
  expect(evaluate(source, roots)).toMatchObject({ problem: { message } });
});

test("JSON text nested too deep is refused after reading, too", () => {
  const json = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  expect(evaluate("fromJSON(json)", { json })).toMatchObject({ problem: { code: "HOS114" } });
});

test("what lies within the bounds works", () => {
  expect(evaluate("fine == fine && length(toJSON(fine))", roots)).toEqual({ value: 301 });
  expect(evaluate(`1${" && 1".repeat(3_000)}`, roots)).toEqual({ value: 1 });
  expect(evaluate(`${"(".repeat(90)}1${")".repeat(90)}`, roots)).toEqual({ value: 1 });
});

test("a template is bounded as a whole", () => {
  const parsed = parseTemplate("{{ text }} {{ text }}");
  expect("template" in parsed && parsed.template.evaluate(recordScope(roots, 0))).toMatchObject({
    problem: { code: "HOS114" },
  });
});
