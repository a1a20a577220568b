import { describe, expect, test } from "vitest";
import { createHumanEngine, shippedRoles } from "../../src/agents/index.ts";
import type { Execution } from "../../src/core/execution.ts";
import type { Json } from "../../src/core/json.ts";
import type { AgentDefinition } from "../../src/core/workflow.ts";
import { agentNamed, requestFor } from "./support.ts";

async function ask(agent: AgentDefinition, input: Json, execution: Partial<Execution> = {}) {
  const request = requestFor(agent.name, { input, execution });
  const result = await createHumanEngine().run({ agent, request, signal: request.signal });
  if (result.type !== "parked") throw new Error(`expected a question, got ${result.type}`);
  if (result.waiting.for !== "person") throw new Error(`waits for ${result.waiting.for}`);
  return result.waiting;
}

const triage = shippedRoles().get("bug-triage-agent") ?? agentNamed("missing");
const coder = shippedRoles().get("coding-agent") ?? agentNamed("missing");

test("a person gets the role, the inputs and the outputs that are needed", async () => {
  const waiting = await ask(triage, {
    bug_description: "Login fails",
    browser: { name: "x", version: 3 },
    review: null,
  });
  expect(waiting).toMatchObject({
    for: "person",
    agent: "bug-triage-agent",
    outputSchema: triage.outputSchema,
    produces: null,
  });
  expect(waiting.question).toBe(`This step needs a person to do the work of **bug-triage-agent**.

> Triage a bug report: judge how severe it is, name the part of the product it belongs to, say in one or two sentences what is wrong, and name an older issue if this is a duplicate.

**Inputs**

- \`bug_description\`: \`Login fails\`
- \`browser\`: \`{"name":"x","version":3}\`

**Needed**

- \`severity\` (required): integer, 1 to 5 — 1 is cosmetic; 5 is data loss or an outage
- \`component\` (optional): string — the part of the product it belongs to
- \`summary\` (required): string — what is wrong, in one or two sentences
- \`duplicate_of\` (optional): integer, at least 1 — number of the older issue with the same cause`);
});

describe("a pull request is asked for", () => {
  const pull = { number: 9, url: "u", branch: "fix/login", head_sha: "s" };
  test.for<[execution: Partial<Execution>, line: string]>([
    [{}, "a pull request that says `Closes #7` in its description"],
    [{ subject: null }, "a pull request for this work"],
    [{ linked: [{ ...pull, state: "open" }] }, "new commits on #9 (branch `fix/login`)"],
    [{ linked: [{ ...pull, state: "closed" }] }, "a pull request that says `Closes #7`"],
  ])("%j", async ([execution, line]) => {
    const waiting = await ask(coder, null, execution);
    expect(waiting.produces).toBe("pull_request");
    expect(waiting.question).toContain(line);
  });
});

describe("a stranger's text stays inside code", () => {
  test.for<[name: string, text: string, shown: string]>([
    ["a mention", "ask @everyone", "- `text`: `ask @everyone`"],
    ["ticks", "a `b` @c", "- `text`: `` a `b` @c ``"],
    ["a hidden marker", "<!-- hishamos -->", "- `text`: `<\u200b!-- hishamos -->`"],
    ["a fence in many lines", "a\n```\n@b", "- `text`:\n  ````text\n  a\n  ```\n  @b\n  ````"],
    ["an empty text", "", "- `text`: (empty)"],
  ])("%s", async ([, text, shown]) => {
    expect((await ask(agentNamed("a"), { text })).question).toContain(shown);
  });

  test("and is cut where it is too long for a comment", async () => {
    const { question } = await ask(
      agentNamed("a"),
      Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, "x".repeat(5_000)])),
    );
    expect(question).toContain("… 3000 more characters");
    expect(question).toContain("more inputs, too long to be shown here");
    expect(question.length).toBeLessThan(16_000);
  });
});

test.for<[input: Json, shown: string]>([
  ["text", "- `input`: `text`"],
  [[1, 2], "- `input`: `[1,2]`"],
])("an input that is no map is shown too: %j", async ([input, shown]) => {
  expect((await ask(agentNamed("a"), input)).question).toContain(shown);
});
