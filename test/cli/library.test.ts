import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readLibrary } from "../../scripts/library/read.ts";
import { scenarioOf } from "../../scripts/library/scenarios.ts";
import { seeded } from "../../scripts/library/seeded.ts";
import { testCommand } from "../../src/cli/test.ts";
import { readTests } from "../../src/definition/tests/index.ts";
import { playAll } from "../../src/sandbox/workflow-tests/pool.ts";
import { verdictOn } from "../../src/sandbox/workflow-tests/verdict.ts";

// All cases and a thousand random scenarios: npm run test:library.
test("of each workflow that ships the good path passes, and the crash in the middle of it", {
  timeout: 120_000,
}, async () => {
  const chosen = [...readLibrary().values()].flatMap(({ cases }) => [
    ...cases.slice(0, 1),
    ...cases.filter(({ test: { crash } }) => crash.length > 0).slice(0, 1),
  ]);
  expect(chosen.length).toBeGreaterThan(12);
  const verdicts = await playAll(chosen, () => {});
  expect(verdicts.filter(({ passed }) => !passed)).toEqual([]);
});

test("random scenarios of the library come to what their cases expect, and most end well", {
  timeout: 120_000,
}, async () => {
  const random = seeded(20261122);
  const scenarios = [...readLibrary().values()].map((played) => scenarioOf(played, random));
  const verdicts = await playAll(
    scenarios.map(({ one }) => one),
    () => {},
  );
  expect(verdicts.filter(({ passed }) => !passed)).toEqual([]);
});

test("the tests of a folder are counted by the command line, on as many threads as there are cores", async () => {
  let out = "";
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (out += text) };
  const path = "workflows-library/tests/bug-lifecycle.yml";
  const code = await testCommand([path, "--format", "json"], io);
  const { passed, failed } = JSON.parse(out) as { passed: number; failed: number };
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
