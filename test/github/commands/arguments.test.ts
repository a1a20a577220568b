import { expect, test } from "vitest";
import type { InputDefinition } from "../../../src/core/workflow.ts";
import { inputsOf, readArguments } from "../../../src/github/commands/arguments.ts";
import { aWorkflow } from "../../support/workflow.ts";

const input = (name: string, type: string): InputDefinition => ({
  name,
  schema: { type },
  from: null,
  default: undefined,
  required: false,
});
const deploy = aWorkflow([{ id: "a" }], { inputs: [input("target", "string"), input("count", "integer")] });

test.for([
  ["", {}],
  ["staging", { target: "staging" }],
  ["staging 3", { target: "staging", count: 3 }],
  ["staging reason=late", { target: "staging", reason: "late" }],
  ['staging 3 "a long reason"', { target: "staging", count: 3, reason: "a long reason" }],
  ['reason="it \\"broke\\"" staging', { target: "staging", reason: 'it "broke"' }],
  ["count=3 staging why", { target: "staging", count: 3, reason: "why" }],
  ["staging [1] x", { problem: /"count" takes/ }],
  ["staging 3 a b", { problem: /"b" is one argument too many/ }],
  ["staging count=many", { problem: /"count" takes/ }],
  ["staging colour=red", { problem: /unknown key "colour"/ }],
  ["staging target=other staging2 3 4", { problem: /one argument too many/ }],
  ['staging "never closed', { problem: /never closed/ }],
] as const)("/deploy %s", ([words, expected]) => {
  const given = readArguments(words, null, ["target", "count", "reason"], deploy);
  if ("problem" in expected) {
    expect("problems" in given && given.problems.map(({ message }) => message).join("\n")).toMatch(
      expected.problem,
    );
  } else expect(given).toEqual({ values: expected });
});

test("a command without names takes key=value only, and a block below", () => {
  expect(readArguments("target=a", "count: 2", [], deploy)).toEqual({ values: { target: "a", count: 2 } });
  expect(readArguments("a", null, [], deploy)).toMatchObject({ problems: [{ code: "HOS632" }] });
});

test("only what the workflow lists as an input is given as one", () => {
  expect(inputsOf({ target: "a", reason: "b" }, deploy)).toEqual({ target: "a" });
});
