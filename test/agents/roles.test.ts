import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { shippedRoles } from "../../src/agents/index.ts";
import { readRole } from "../../src/agents/roles.ts";
import { isObject, type JsonObject } from "../../src/core/json.ts";
import { shippedRoles as roleNames } from "../../src/definition/roles.ts";
import { parseAnswer, readyAnswer } from "../../src/engine/answer/index.ts";

const roles = shippedRoles();
const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

test("the roles that ship are those that definitions are checked against", () => {
  const found = [...roles.values()].map(({ name, produces }) => ({ name, produces }));
  expect(found.toSorted(byName)).toEqual([...roleNames].toSorted(byName));
});

/** Places of a schema that say too little: texts and lists without an end, maps that are open, keys nobody explains. */
function unbounded(at: string, schema: JsonObject): readonly string[] {
  const { type, items, properties } = schema;
  const open =
    (type === "string" && schema["maxLength"] === undefined) ||
    (type === "array" && schema["maxItems"] === undefined) ||
    (type === "object" && schema["additionalProperties"] !== false);
  const keys = Object.entries(isObject(properties) ? properties : {}).flatMap(([key, value]) =>
    isObject(value) ? unbounded(`${at}.${key}`, value) : [],
  );
  const mute = Object.entries(at === "output" && isObject(properties) ? properties : {}).flatMap(
    ([key, value]) =>
      isObject(value) && value["description"] === undefined ? [`${at}.${key} is not explained`] : [],
  );
  return [...(open ? [at] : []), ...keys, ...mute, ...(isObject(items) ? unbounded(`${at}[]`, items) : [])];
}

describe.for([...roles.values()])("$name", (role) => {
  test("says what it does in a first paragraph that fits a question", () => {
    expect(role.instructions.split("\n\n")[0]?.length).toBeLessThan(500);
  });

  test("has bounds", () => {
    expect(role.limits).toMatchObject({
      tokens: expect.any(Number),
      timeoutMs: expect.any(Number),
      steps: expect.any(Number),
    });
  });

  test("tells of all that it asks for what it is and how much", () => {
    expect(role.instructions.split(/\s+/).length).toBeGreaterThan(100);
    expect(role.outputSchema === null ? [] : unbounded("output", role.outputSchema)).toEqual([]);
  });

  test("its ready answer is taken once it is filled in", () => {
    if (role.outputSchema === null) return;
    const text = role.outputSchema["properties"] && readyAnswer("s", role.outputSchema);
    const filled = String(text)
      .replace("/hishamos done s ", "")
      .replace('assignee="…"', "assignee=octocat")
      .replace('version="…"', "version=1.2.3")
      .replaceAll('"…"', '"some text"');
    expect(parseAnswer(filled, null, role.outputSchema)).toHaveProperty("values");
  });
});

test("no model claims to have tested or deployed", () => {
  expect(["qa-agent", "devops-agent"].map((name) => roles.get(name)?.engines)).toEqual([
    ["actions", "human"],
    ["actions", "human"],
  ]);
});

describe("what the Bug Lifecycle's roles answer", () => {
  test.for<[role: string, answer: JsonObject, valid: boolean]>([
    ["bug-triage-agent", { severity: 4, summary: "s" }, true],
    ["bug-triage-agent", { severity: 4, summary: "s", component: "auth", duplicate_of: 3 }, true],
    ["bug-triage-agent", { severity: 6, summary: "s" }, false],
    ["bug-triage-agent", { severity: "4", summary: "s" }, false],
    ["project-manager", { assignee: "octocat" }, true],
    ["project-manager", { assignee: "renovate[bot]", priority: "urgent" }, true],
    ["project-manager", { assignee: "@octocat" }, false],
    ["code-reviewer", { verdict: "request_changes", summary: "s" }, true],
    ["code-reviewer", { verdict: "maybe", summary: "s" }, false],
    ["qa-agent", { passed: false, notes: "n" }, true],
    ["qa-agent", { passed: false }, false],
    ["devops-agent", { environment: "production", url: "https://example.com" }, true],
    ["devops-agent", { environment: "production", url: "javascript:alert(1)" }, false],
    ["devops-agent", { environment: "production", succeeded: false, notes: "rolled back" }, true],
  ])("%s %j is valid: %s", ([name, answer, valid]) => {
    expect(new Ajv().validate(roles.get(name)?.outputSchema ?? {}, answer)).toBe(valid);
  });
});

describe("a role's file that is wrong is thrown with its name", () => {
  test.for<[text: string, message: string]>([
    ["a: 1", "agent: is missing"],
    ["agent: { name: y }", "name must be the file's"],
    ["agent: { name: x, nme: y }", "unknown key nme"],
    ["agent: { name: x }", "instructions are missing"],
    ["agent: { name: x, instructions: i, produces: gold }", "produces is wrong"],
    ["agent: { name: x, instructions: i, output_schema: 3 }", "output_schema must be a map"],
    ["agent: { name: x, instructions: i, limits: { timeout: soon } }", "limits are wrong"],
    ["agent: { name: x, instructions: i, output_schema: { tpe: object } }", 'unknown keyword: "tpe"'],
  ])("%s", ([text, message]) => {
    expect(() => readRole("x.yml", text)).toThrow(message);
  });
});
