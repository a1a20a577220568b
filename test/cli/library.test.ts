import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { testCommand } from "../../src/cli/test.ts";
import { readTests } from "../../src/definition/tests/index.ts";
import { verdictOn } from "../../src/sandbox/workflow-tests/verdict.ts";

// More cases than one thread takes: this runs the pool, too.
test("the tests of the library that ships pass", async () => {
  let out = "";
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (out += text) };
  const code = await testCommand(["workflows-library", "--format", "json"], io);
  const { passed, failed, cases } = JSON.parse(out) as {
    passed: number;
    failed: number;
    cases: { name: string; passed: boolean }[];
  };
  expect(cases.filter((each) => !each.passed)).toEqual([]);
  expect({ code, failed }).toEqual({ code: 0, failed: 0 });
  expect(passed).toBeGreaterThan(6);
});

test("the example of docs/tests.md passes", async () => {
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(readFileSync("docs/tests.md", "utf8")) ?? [];
  const read = readTests(example, "docs/tests.md");
  const text = readFileSync("workflows-library/bug-lifecycle.yml", "utf8");
  const cases = "cases" in read ? read.cases : [];
  expect(cases).toHaveLength(2);
  for (const one of cases) {
    const { problems, detail } = await verdictOn({
      test: one,
      path: ".hishamos/bug-lifecycle.yml",
      text,
      files: {},
    });
    expect([...problems, ...detail]).toEqual([]);
  }
});
