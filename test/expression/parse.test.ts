import jsep from "jsep";
import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import {
  type ParsedOrProblems,
  parseCondition,
  parseExpression,
  positionIn,
  recordScope,
} from "../../src/expression/index.ts";

function references(parsed: ParsedOrProblems): readonly string[] {
  if ("problems" in parsed) return parsed.problems.map(({ message }) => message);
  return parsed.expression.references.map(({ root, path, position, pathPositions }) => {
    const columns = [position, ...pathPositions].map(({ column }) => column);
    return `${[root, ...path].join("/")} at ${columns.join(" ")}`;
  });
}

const rows: readonly (readonly [string, ...string[]])[] = [
  ["steps.triage.output.severity > 3", "steps/triage/output/severity at 1 7 14 21"],
  ['steps["code-review"].output', "steps/code-review/output at 1 7 22"],
  [
    "contains(event.issue.labels.*.name, input.a)",
    "event/issue/labels/*/name at 10 16 22 29 31",
    "input/a at 37 43",
  ],
  ["steps[input.a].output", "steps at 1", "input/a at 7 13"],
  ["event.commits[0].id", "event/commits/0/id at 1 7 15 18"],
  ["(steps.a).b", "steps/a/b at 2 8 11"],
  ["a ? b : !c", "a at 1", "b at 5", "c at 10"],
  ["[a, 1][0].b", "a at 2"],
  ["1 + 2"],
];

test.for(rows)("%s refers to %s", ([source, ...found]) => {
  expect(references(parseExpression(source))).toEqual(found);
});

const roots = { steps: { a: { severity: 4, name: "x" } }, n: 4 };

const conditions: readonly (readonly [string, Json])[] = [
  ["{{steps.a.severity}} > 3", true],
  ["{{ steps.a.severity }} > {{ n }}", false],
  ["steps.a.severity > 3", true],
  ["{{ steps.a.severity > 3 && n == 4 }}", true],
  ["!{{ n > 9 }}", true],
  ["{{ n - 1 }} * 2 == 6", true],
  ["({{ [1, n] }})[1] == 4", true],
  ["'}}' == '}}' && {{ '}}' == \"}}\" }}", true],
  ["'a\\'b' == {{ \"a'b\" }}", true],
];

test.for(conditions)("condition %s is %j", ([source, value]) => {
  const parsed = parseCondition(source, { roots: Object.keys(roots) });
  expect("expression" in parsed && parsed.expression.evaluate(recordScope(roots, 0))).toEqual({ value });
});

test("a condition keeps the places of its text", () => {
  expect(references(parseCondition("{{steps.triage.output.severity}} > {{ n }}"))).toEqual([
    "steps/triage/output/severity at 3 9 16 23",
    "n at 39",
  ]);
});

test("a value that looks like source stays a value", () => {
  const parsed = parseCondition("{{steps.a.name}} == 'x'");
  const scope = recordScope({ steps: { a: { name: "'x' || true" } } }, 0);
  expect("expression" in parsed && parsed.expression.evaluate(scope)).toEqual({ value: false });
});

test("status functions are known where they are asked for", () => {
  const parsed = parseExpression("[success(), failure(), always()]", { statusFunctions: true });
  const scope = recordScope({ execution: { ending: "failed" } }, 0);
  expect("expression" in parsed && parsed.expression.evaluate(scope)).toEqual({ value: [false, true, true] });
});

test("positions go on over lines", () => {
  const at = positionIn("ab\ncd\n\ne", { line: 5, column: 10 });
  expect([0, 1, 3, 4, 7].map(at)).toEqual([
    { line: 5, column: 10 },
    { line: 5, column: 11 },
    { line: 6, column: 1 },
    { line: 6, column: 2 },
    { line: 8, column: 1 },
  ]);
});

const hook = (env: { node?: unknown }) => {
  env.node = { type: "Literal", value: "hijacked" };
};

test("others in the process keep their own jsep, and we ours", () => {
  const { Jsep } = jsep as unknown as {
    Jsep: { hooks: Record<string, unknown[]>; binary_ops: Record<string, number> };
  };
  const before = { ...Jsep.binary_ops };
  Jsep.hooks["gobble-token"] = [hook];
  try {
    const parsed = parseExpression("1 in [1]");
    expect("expression" in parsed && parsed.expression.evaluate(recordScope({}, 0))).toEqual({ value: true });
    expect(parseExpression("1 +")).toHaveProperty("problems");
    expect(Jsep.hooks["gobble-token"]).toEqual([hook]);
    expect(Jsep.binary_ops).toEqual(before);
  } finally {
    delete Jsep.hooks["gobble-token"];
  }
});
