import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { runStep } from "./job.ts";

const good = "name: Good\nsteps:\n  - { id: rest, delay: 1h }\n";
const bad = "name: Bad\nsteps:\n  - { id: rest, delay: 1h, afterr: x }\n  - { id: rest, delay: soon }\n";

test("what is right is said to be right", async () => {
  const ended = await runStep({ files: { ".hishamos/good.yml": good } }).ended;
  expect(ended).toMatchObject({
    status: 0,
    annotations: [],
    outputs: { problems: "0" },
    lines: ["1 definition checked, no problems"],
  });
  expect(ended.summary).toContain("1 definition checked, no problems");
});

test("each problem is an annotation at its place and a row of the summary, and fails the step", async () => {
  const files = {
    ".hishamos/bad.yml": bad,
    ".hishamos/agents/odd.yml": "agent: { name: odd }\n",
    ".hishamos/config.yml": "varss: {}\n",
    ".hishamos/tests/bad.yml": "tests: [{ name: <b>x</b>, given: 1 }]\n",
  };
  const ended = await runStep({ files }).ended;
  expect(ended.status).toBe(1);
  expect(Number(ended.outputs["problems"])).toBe(ended.annotations.length);
  expect(new Set(ended.annotations.map(({ file }) => file))).toEqual(new Set(Object.keys(files)));
  expect(ended.annotations).toContainEqual({
    level: "error",
    title: expect.stringMatching(/^HOS\d{3}$/),
    file: ".hishamos/bad.yml",
    line: "3",
    col: expect.stringMatching(/^\d+$/),
    message: expect.stringContaining("afterr"),
  });
  expect(ended.summary.match(/<tr>/g)).toHaveLength(ended.annotations.length + 1);
  expect(ended.summary).toContain("<td>.hishamos/bad.yml:3:");
  expect(ended.summary).not.toContain("<b>x</b>");
});

test("GitHub shows ten annotations, and the summary has all", async () => {
  const steps = Array.from({ length: 25 }, (_, at) => `  - { id: s${at}, delay: 1h, odd: 1 }`);
  const ended = await runStep({
    files: { ".hishamos/many.yml": `name: Many\nsteps:\n${steps.join("\n")}\n` },
  }).ended;
  expect(ended.summary.match(/<tr>/g)).toHaveLength(26);
});

test.for([
  [
    "a path that is not there",
    { path: "elsewhere" },
    /there is no file or folder "elsewhere"\. Check the repository out/,
  ],
  ["a folder without definitions", { path: "empty" }, /there is no definition under "empty"/],
  [
    "an unknown command",
    { command: "validat" },
    /the command "validat" is unknown\. It is one of validate, run, start/,
  ],
] as const)("%s fails the step", async ([, inputs, message]) => {
  const ended = await runStep({ inputs, files: { "empty/readme.md": "" } }).ended;
  expect(ended).toMatchObject({ status: 1, annotations: [{ title: "HOS901" }] });
  expect(ended.annotations[0]?.message).toMatch(message);
});

test("action.yml has the inputs and outputs that are read and set, and runs the bundle", () => {
  const action = parse(readFileSync("action.yml", "utf8"));
  expect(action.runs).toEqual({ using: "node24", main: "dist/index.js" });
  const { inputs } = action;
  expect(Object.keys(inputs)).toEqual([
    "command",
    "path",
    "workflow",
    "inputs",
    "subject",
    "token",
    "url",
    "timeout",
    "wait",
  ]);
  expect(inputs.command.default).toBe("validate");
  expect(inputs.token.default).toBe("\u0024{{ github.token }}");
  expect(Object.keys(action.outputs)).toEqual(["problems", "execution", "state", "outputs", "url"]);
});
