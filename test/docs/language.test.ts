import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatProblem } from "../../src/core/problem.ts";
import { rootNames } from "../../src/core/scope.ts";
import { commandNames, loadAgent, loadWorkflow } from "../../src/definition/index.ts";
import {
  agentSchema,
  configSchema,
  usingSchema,
  workflowSchema,
} from "../../src/definition/schema/workflow.ts";
import { readTests } from "../../src/definition/tests/index.ts";
import { functions } from "../../src/expression/index.ts";

const page = readFileSync("docs/language.md", "utf8");
const rules = [...page.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = ""]) => id);
const told = globSync("test/scenarios/*.test.ts").flatMap((file) =>
  [
    ...readFileSync(file, "utf8").matchAll(
      /\b(?:scenario|mistake|reads|value|rehearsal|starts)\(\s*"([^"]+)"/g,
    ),
  ].map(([, rule = ""]) => rule),
);

test("every rule of the language has a scenario, and every scenario a rule", () => {
  expect(rules.length).toBeGreaterThan(150);
  expect(rules.filter((rule) => !told.includes(rule))).toEqual([]);
  expect(told.filter((rule) => !rules.includes(rule))).toEqual([]);
});

test("a rule is one sentence with an anchor of its own", () => {
  expect(rules.filter((rule, index) => rules.indexOf(rule) !== index)).toEqual([]);
  const lines = page.split("\n").filter((line) => line.startsWith("- "));
  const wrong = lines.filter(
    (line) => !/^- <a id="[a-z0-9-]+"><\/a>.*\.$/.test(line) || /[a-z)`]\. [A-Z`]/.test(line),
  );
  expect(wrong).toEqual([]);
});

test("every example of the page is valid", () => {
  const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = ""]) => text);
  const problems = blocks.flatMap((text) => {
    if (text.startsWith("agent:")) return loadAgent(text, ".hishamos/agents/example.yml").problems;
    if (text.startsWith("workflow:")) {
      const read = readTests(`name: example\n${text}`, "example.yml");
      return "problems" in read ? read.problems : [];
    }
    return loadWorkflow(text, ".hishamos/example.yml").problems;
  });
  expect(problems.map(formatProblem)).toEqual([]);
  expect(blocks.length).toBeGreaterThan(4);
});

/** Words in code of the page, its examples aside. */
const prose = page.replaceAll(/^```[\s\S]*?^```/gm, "");
const words = new Set(
  [...prose.matchAll(/`([^`]+)`/g)].flatMap(([, code = ""]) => code.match(/[A-Za-z_]+/g) ?? []),
);

/** Keys that a schema knows, at any depth. */
function keysOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === "properties" ? Object.keys(value as object) : []),
    ...keysOf(value),
  ]);
}

test.for([
  ["key", [workflowSchema, usingSchema, agentSchema, configSchema].flatMap(keysOf)],
  ["function", functions.map(({ name }) => name)],
  ["root", rootNames],
  ["command", commandNames],
] as const)("the page names every %s", ([, names]) => {
  const examples = page.match(/[A-Za-z_]+(?=:)/g) ?? [];
  const known = new Set([...words, ...examples]);
  expect(names.length).toBeGreaterThan(9);
  expect([...new Set(names)].filter((name) => !known.has(name))).toEqual([]);
});
