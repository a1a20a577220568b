import { expect, test } from "vitest";
import { testCommand } from "../../src/cli/test.ts";

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
