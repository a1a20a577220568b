import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explainCommand, graphCommand } from "../../src/cli/graph.ts";
import { testCommand } from "../../src/cli/test.ts";

const workflow = `name: Hello
on: { issues: { types: [opened] } }
permissions: { issues: write }
steps:
  - { id: hello, agent: poet }
  - { id: say, action: issues.createComment, inputs: { body: "{{ steps.hello.output.poem }}" } }
`;
const cases = (poem: string) => `workflow: hello
event: issues.opened
answers: { hello: { output: { poem: ${poem} } } }
cases:
  - { name: says it, expect: { state: completed, steps: [hello, say], comments: [Roses] } }
  - { name: is no failure, expect: { state: completed } }
`;
const files: Readonly<Record<string, string>> = {
  "good/.hishamos/hello.yml": workflow,
  "good/.hishamos/agents/poet.yml":
    "agent: {name: poet, instructions: Write., output_schema: {type: object, required: [poem], properties: {poem: {type: string}}}}\n",
  "good/.hishamos/tests/hello.yml": cases("Roses are red"),
  "bad/.hishamos/hello.yml": workflow.replace("poet", "qa-agent").replace("poem", "notes"),
  "bad/.hishamos/tests/a.yml": cases("Violets, passed: true").replaceAll("poem", "notes"),
  "bad/.hishamos/tests/b.yml": "workflow: helo\nexpect: {}\n",
  "bad/.hishamos/tests/c.yml": "workflow: hello\nexpects: {}\n",
  "library/hello.yml": workflow.replace("poet", "qa-agent").replace("poem", "notes"),
  "library/tests/hello.yml": cases("Roses, passed: true").replaceAll("poem", "notes"),
  "none/.hishamos/hello.yml": "name: W\nsteps:\n  - {id: a, delay: 1s}\n",
};
let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "hishamos-test-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

type Command = typeof testCommand;

async function call(command: Command, ...args: readonly string[]) {
  let out = "";
  let err = "";
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text) };
  const code = await command(
    args.map((each) => (each.startsWith("/") ? join(root, each) : each)),
    io,
  );
  return { code, out: out.replaceAll(root, ""), err: err.replaceAll(root, "") };
}

const passing: readonly (readonly [what: string, path: string])[] = [
  ["a repository", "/good"],
  [".hishamos", "/good/.hishamos"],
  ["the folder of tests", "/good/.hishamos/tests"],
  ["a test file", "/good/.hishamos/tests/hello.yml"],
  ["a library", "/library"],
];
test.for(passing)("%s: its tests are found, with agents and workflows beside them", async ([, path]) => {
  const { code, out, err } = await call(testCommand, path);
  expect(err).toBe("");
  expect(out).toMatch(/^ok {4}hello: says it \(\d+ ms\)$/m);
  expect(out).toMatch(/2 of 2 cases passed, \d+\.\d\d s\n$/);
  expect(code).toBe(0);
});

test("what fails is shown with its place, and problems of files with their lines", async () => {
  const { code, out } = await call(testCommand, "/bad");
  expect(code).toBe(1);
  expect(out).toContain(
    'tests/b.yml:1:1 HOS811 there is no workflow "helo" in /bad/.hishamos. Did you mean "hello"?',
  );
  expect(out).toContain(
    'tests/c.yml:2:1 HOS810 unknown key "expects". Did you mean "expect"?\n  |\n2 | expects: {}',
  );
  expect(out).toMatch(
    /FAIL {2}hello: says it \(\d+ ms\)\n {6}at \/bad\/\.hishamos\/tests\/a\.yml:5:\d+\n {6}comments: no comment has "Roses" in it/,
  );
  expect(out).toMatch(/1 of 2 cases passed, 2 problems in test files, /);
});

test("as JSON, and as annotations", async () => {
  const json = await call(testCommand, "/bad", "--format", "json");
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({
    passed: 1,
    failed: 1,
    cases: [
      { name: "says it", passed: false, problems: [{ code: "HOS817", position: { line: 5 } }] },
      { name: "is no failure", passed: true },
    ],
    problems: [{ code: "HOS811" }, { code: "HOS810" }],
  });
  const github = await call(testCommand, "/bad", "--format=github");
  expect(github.out).toContain("::error file=/bad/.hishamos/tests/a.yml,line=5,col=");
  expect(github.out.split("\n")).toHaveLength(4);
});

test("cases are chosen by their name", async () => {
  expect((await call(testCommand, "/good", "--name", "no fail")).out).toContain("1 of 1 case passed");
  expect(await call(testCommand, "/good", "--name", "nothing")).toMatchObject({
    code: 2,
    err: 'no case has "nothing" in its name\n',
  });
});

const misuse: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [["/nowhere"], /there is no file or folder "\/nowhere"/],
  [["/none"], /there is no test under "\/none"/],
  [["/good", "--format", "xml"], /unknown format "xml"/],
];
test.for(misuse)("%j is wrong usage", async ([args, says]) => {
  const { code, err } = await call(testCommand, ...args);
  expect(err).toMatch(says);
  expect(code).toBe(2);
});

test("one workflow is drawn as it is, several are headed by their files", async () => {
  const one = await call(graphCommand, "/good/.hishamos/hello.yml");
  expect(one).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^flowchart TD\n/) });
  const several = await call(graphCommand, "/good", "/none");
  expect(several.code).toBe(0);
  expect(several.out.match(/^%% .*$/gm)).toEqual([
    "%% /good/.hishamos/hello.yml",
    "%% /none/.hishamos/hello.yml",
  ]);
});

test("workflows are explained", async () => {
  const { code, out } = await call(explainCommand, "/none");
  expect(code).toBe(0);
  expect(out).toContain("1. **a**: It waits for 1 second.");
  expect(await call(explainCommand)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^name a workflow/),
  });
});

test("a workflow with problems is neither drawn nor explained: they are told", async () => {
  writeFileSync(join(root, "broken.yml"), "name: W\nsteps:\n  - {id: a, agent: qa-agnt}\n");
  for (const command of [graphCommand, explainCommand]) {
    const { code, out, err } = await call(command, "/broken.yml");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain('/broken.yml:3:20 HOS202 unknown agent "qa-agnt". Did you mean "qa-agent"?');
  }
});
