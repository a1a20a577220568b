import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { problemCommand, problemText } from "../../src/cli/format.ts";
import { validateCommand } from "../../src/cli/validate.ts";

const files: Readonly<Record<string, string>> = {
  "good/.hishamos/bug.yml": "name: W\nsteps:\n  - {id: a, agent: poet}\n",
  "good/.hishamos/agents/poet.yml": "agent: {name: poet, instructions: Write.}\n",
  "good/.hishamos/config.yml": "vars: {greeting: Hello}\n",
  "good/.hishamos/tests/bug.yml": "workflow: bug\nexpect: {state: completed, steps: [a]}\n",
  "good/node_modules/x/.hishamos/broken.yml": "nonsense\n",
  "bad/.hishamos/b.yml":
    "name: W\nsteps:\n  - id: a\n    delay: 1s\n    on_success: biuld\n  - id: build\n    delay: 1s\n  - id: build\n    delay: 1s\n",
  "bad/.hishamos/a.yml": "name: W\nsteps:\n  - {id: a, agent: broken}\n",
  "bad/.hishamos/agents/broken.yml": "agent: {name: broken}\n",
  "ugly/.hishamos/parent.yml": "name: W\nsteps:\n  - {id: qa, workflow: ./child.yml}\n",
  "ugly/.hishamos/child.yml": "name: C\nsteps:\n  - {id: look, delay: 1s}\n",
  "ugly/.hishamos/lost.yml": "name: L\nsteps:\n  - {id: qa, workflow: ./nowhere.yml}\n",
  "ugly/.hishamos/config.yml": "var: {a: 1}\n",
  "ugly/.hishamos/tests/parent.yml":
    "workflow: parent\nexpect: {state: completed}\nanswers:\n  qa/look: {output: 1}\n  qua: {output: 1}\n",
  "ugly/.hishamos/tests/who.yml": "workflow: parnt\nexpect: {}\n",
  "far/.hishamos/pinned.yml": `name: P\nsteps:\n  - {id: qa, workflow: acme/tools/.hishamos/qa.yml@${"0".repeat(40)}}\n`,
  "far/.hishamos/shipped.yml":
    "name: S\npermissions: {issues: write, contents: read}\nsteps:\n  - {id: fix, workflow: library/bug-lifecycle@1.0.0}\n",
  "far/.hishamos/used.yml": "name: U\nuses: library/bug-lifecycle@1.0.0\n",
  "library/one.yml": "name: W\nsteps:\n  - {id: a, delay: 1s}\n",
  "library/two.json": '{"name": "W", "steps": [{"id": "a", "delay": "1s"}]}',
  "typo/.hishamos/a.yml": "name: S\nuses: library/bug-lifecyle@1.0.0\n",
  "typo/.hishamos/b.yml": "name: S\nuses: library/bug-lifecycle@99.0.0\n",
  "empty/readme.md": "",
};
let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "hishamos-validate-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

async function validate(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const io = { stdout: (text: string) => void (out += text), stderr: (text: string) => void (err += text) };
  const code = await validateCommand(
    args.map((each) => (each.startsWith("/") ? join(root, each) : each)),
    io,
  );
  return { code, out: out.replaceAll(root, ""), err: err.replaceAll(root, "") };
}

const valid: readonly (readonly [what: string, path: string, checked: number])[] = [
  ["a file", "/library/one.yml", 1],
  ["a workflow that names an agent beside it", "/good/.hishamos/bug.yml", 1],
  ["a repository: its workflows, agents, settings and tests, not its packages", "/good", 4],
  [".hishamos itself", "/good/.hishamos", 4],
  ["what refers to other repositories, which are not at hand", "/far", 3],
  ["a folder of workflows", "/library", 2],
  ["a folder of workflows with a slash", "/library/", 2],
];
test.for(valid)("%s is valid", async ([, path, checked]) => {
  const count = `${checked} definition${checked === 1 ? "" : "s"}`;
  expect(await validate(path)).toEqual({ code: 0, out: `${count} checked, no problems\n`, err: "" });
});

test("what refers to the library is held to what ships", async () => {
  const { code, out } = await validate("/typo");
  expect(code).toBe(1);
  expect(out).toMatch(/a.yml:2:7 HOS\d+ .*Did you mean "bug-lifecycle"\?/);
  expect(out).toMatch(/b.yml:2:7 HOS\d+ .*Of library\/bug-lifecycle this release has (?:\S+, )*1\.0\.0/);
});

test("the library that ships is valid", async () => {
  expect(await validate("workflows-library")).toMatchObject({ code: 0 });
});

test("problems are told with their line, a mark, and the other place", async () => {
  const { code, out } = await validate("/bad");
  expect(code).toBe(1);
  expect(out).toContain(`/bad/.hishamos/b.yml:5:17 HOS204 unknown step "biuld". Did you mean "build"?
  |
5 |     on_success: biuld
  |                 ^
`);
  expect(out).toContain(`  6:9 "build" is first here
  |
6 |   - id: build
  |         ^
`);
  expect(out).toContain('/bad/.hishamos/agents/broken.yml:1:8 HOS221 the key "instructions" is missing');
  // A broken agent exists, so its users are not blamed.
  expect(out).not.toContain("a.yml");
  expect(out).toMatch(/3 definitions checked, 3 problems\n$/);
});

test("what is wrong with settings, children and tests is told in their files", async () => {
  const { code, out } = await validate("/ugly", "--format", "json");
  expect(code).toBe(1);
  const { problems } = JSON.parse(out) as {
    problems: { path: string; code: string; position: { line: number; column: number } }[];
  };
  expect(problems.map(({ path, code: each, position }) => `${path}:${position.line} ${each}`)).toEqual([
    "/ugly/.hishamos/config.yml:1 HOS201",
    expect.stringMatching(/^\/ugly\/\.hishamos\/lost\.yml:3 HOS2\d\d$/),
    "/ugly/.hishamos/tests/parent.yml:4 HOS813",
    "/ugly/.hishamos/tests/parent.yml:5 HOS812",
    "/ugly/.hishamos/tests/who.yml:1 HOS811",
  ]);
});

test("as JSON", async () => {
  const { code, out } = await validate("/bad", "--format", "json");
  expect(code).toBe(1);
  const { files: checked, problems } = JSON.parse(out) as { files: string[]; problems: { code: string }[] };
  expect(checked).toEqual([
    "/bad/.hishamos/a.yml",
    "/bad/.hishamos/agents/broken.yml",
    "/bad/.hishamos/b.yml",
  ]);
  expect(problems.map((problem) => problem.code)).toEqual(["HOS221", "HOS204", "HOS230"]);
});

test("as annotations of GitHub Actions", async () => {
  const { code, out } = await validate("/bad/.hishamos/b.yml", "--format=github");
  expect(code).toBe(1);
  expect(out.split("\n")[0]).toBe(
    '::error file=/bad/.hishamos/b.yml,line=5,col=17,title=HOS204::unknown step "biuld". Did you mean "build"?',
  );
});

const misuse: readonly (readonly [args: readonly string[], says: RegExp])[] = [
  [[], /there is no file or folder "\.hishamos"/],
  [["/nowhere.yml"], /there is no file or folder "\/nowhere.yml"/],
  [["/empty"], /there is no definition under "\/empty"/],
  [["/library", "--format", "xml"], /unknown format "xml": use text, json, github/],
  [["/library", "--loud"], /--loud/],
];
test.for(misuse)("%j is wrong usage", async ([args, says]) => {
  const { code, out, err } = await validate(...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(says);
});

test("--help shows the usage", async () => {
  expect(await validate("--help")).toMatchObject({
    code: 0,
    err: "",
    out: expect.stringMatching(/^Usage: hishamos validate/),
  });
});

test("an annotation's special characters are escaped", () => {
  const problem = {
    code: "HOS210",
    message: "50%\r\n::error::x",
    path: "a,b:c%.yml",
    position: { line: 1, column: 2 },
  };
  expect(problemCommand(problem)).toBe(
    "::error file=a%2Cb%3Ac%25.yml,line=1,col=2,title=HOS210::50%25%0D%0A::error::x",
  );
});

const excerpts: readonly (readonly [what: string, text: string, column: number, shown: string])[] = [
  ["tabs are kept, so that the mark stands right", "a\tb: x\r\n", 3, "1 | a\tb: x\n  |  \t^"],
  ["wide characters take two columns", "a: 🐞 b", 7, "1 | a: 🐞 b\n  |       ^"],
  ["control characters don't reach the terminal", "a\u001b[31m: b", 2, "1 | a�[31m: b\n  |  ^"],
];
test.for(excerpts)("%s", ([, text, column, shown]) => {
  expect(problemText({ code: "HOS210", message: "m", position: { line: 1, column } }, text)).toContain(shown);
});

test("of a very long line the part around the place is shown", () => {
  const shown = problemText(
    { code: "X", message: "m", position: { line: 1, column: 5_001 } },
    `${"a".repeat(5_000)}b${"c".repeat(5_000)}`,
  );
  expect(shown.length).toBeLessThan(400);
  const [, , line = "", mark = ""] = shown.split("\n");
  expect(line[mark.indexOf("^")]).toBe("b");
});
