import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Json } from "../../src/core/json.ts";
import { evaluate } from "../../src/expression/index.ts";

interface Case {
  readonly id: string;
  readonly expr: string;
  readonly context: Readonly<Record<string, Json>>;
  readonly want?: Json;
  readonly error?: true;
}

const file = new URL("cases/expression-cases.jsonl", import.meta.url);
const cases = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line): Case => JSON.parse(line));

test("there are 320 cases", () => {
  expect(cases).toHaveLength(320);
});

const wrong = cases.filter((row) => row.error);
const right = cases.filter((row) => !row.error);

// Compared as JSON: it has one zero, as documents have.
test.for(right)("$id: $expr", ({ expr, context, want }) => {
  expect(JSON.stringify(evaluate(expr, context))).toBe(JSON.stringify({ value: want }));
});

test.for(wrong)("$id: $expr is a problem", ({ expr, context }) => {
  expect(evaluate(expr, context)).toHaveProperty("problem");
});
