import { describe, expect, test } from "vitest";
import { readInputs } from "../../src/action/inputs.ts";
import { readJob } from "../../src/action/job.ts";

const start = {
  INPUT_COMMAND: "start",
  INPUT_WORKFLOW: "bug-lifecycle",
  INPUT_URL: "https://hishamos.example/",
};

function linesFor(change: Readonly<Record<string, string>>): readonly string[] {
  const read = readInputs({ ...start, ...change });
  return "problems" in read
    ? read.problems.map(({ code, message, hint }) => `${code} ${message}: ${hint}`)
    : [];
}

describe("an input is refused", () => {
  test.for([
    ["no workflow", { INPUT_WORKFLOW: "" }, /input workflow is missing/],
    ["no workflow to run", { INPUT_COMMAND: "run", INPUT_WORKFLOW: "" }, /input workflow is missing/],
    ["a workflow elsewhere", { INPUT_WORKFLOW: "../other" }, /"\.\.\/other" is no name of a file/],
    ["no address", { INPUT_URL: "" }, /input url is missing/],
    ["an address in the open", { INPUT_URL: "http://hishamos.example" }, /not encrypted.*https:/],
    [
      "an address with a path",
      { INPUT_URL: "https://hishamos.example/api" },
      /more than a service's address/,
    ],
    ["what is no address", { INPUT_URL: "hishamos.example" }, /is no address/],
    ["inputs that are a list", { INPUT_INPUTS: "[1]" }, /is no map/],
    ["inputs that are no YAML", { INPUT_INPUTS: "title: x\nb: [" }, /no YAML, in its line 2/],
    ["a name that stands twice", { INPUT_INPUTS: "a: 1\na: 2" }, /no YAML, in its line 2/],
    ["an alias of nothing", { INPUT_INPUTS: "a: *b" }, /can't be read/],
    ["a time that is none", { INPUT_TIMEOUT: "soon" }, /"soon" is no time.*30m/],
    ["no time at all", { INPUT_TIMEOUT: "0s" }, /"0s" is no time/],
    ["an answer that is none", { INPUT_WAIT: "maybe" }, /"maybe".*true or false/],
    ["a subject in words", { INPUT_SUBJECT: "#7" }, /"#7" is no number/],
  ] as const)("%s", ([, change, line]) => {
    expect(linesFor(change)).toEqual([expect.stringMatching(line)]);
  });

  test("with all others at once", () => {
    expect(linesFor({ INPUT_WORKFLOW: "", INPUT_WAIT: "no", INPUT_SUBJECT: "x" })).toHaveLength(3);
  });
});

describe("an input is read", () => {
  test.for([
    ["nothing but the command", {}, { inputs: {}, subject: null, timeoutMs: 21_600_000, wait: true }],
    ["half an hour for run", { INPUT_COMMAND: "run" }, { timeoutMs: 1_800_000 }],
    ["the address's origin", {}, { url: "https://hishamos.example" }],
    ["a service on this machine", { INPUT_URL: "http://127.0.0.1:3000" }, { url: "http://127.0.0.1:3000" }],
    ["a file for its workflow", { INPUT_WORKFLOW: ".hishamos/work.yml" }, { workflow: "work" }],
    ["YAML", { INPUT_INPUTS: "title: a b\nsize: 3\n" }, { inputs: { title: "a b", size: 3 } }],
    ["JSON", { INPUT_INPUTS: '{"labels": ["a"]}' }, { inputs: { labels: ["a"] } }],
    ["no wait", { INPUT_WAIT: "false" }, { wait: false }],
  ] as const)("%s", ([, change, inputs]) => {
    expect(readInputs({ ...start, ...change })).toMatchObject({ inputs });
  });
});

const job = {
  ...start,
  GITHUB_REPOSITORY: "acme/shop",
  GITHUB_REPOSITORY_ID: "1000",
  GITHUB_EVENT_NAME: "issues",
  GITHUB_EVENT_PATH: "event.json",
  GITHUB_ACTOR: "mona",
  GITHUB_SHA: "c0ffee",
  GITHUB_RUN_ID: "17",
  GITHUB_JOB: "work",
  GITHUB_WORKSPACE: "/work",
  RUNNER_TEMP: "/temp",
};

test.for([
  ["an issue", { issue: { number: 7 } }, {}, 7],
  ["a pull request", { pull_request: { number: 8 } }, {}, 8],
  ["what the input says", { issue: { number: 7 } }, { INPUT_SUBJECT: "9" }, 9],
  ["nothing", { ref: "refs/heads/main" }, {}, null],
] as const)("a job is about %s", ([, payload, change, subject]) => {
  const read = readJob({ ...job, ...change }, () => JSON.stringify(payload));
  expect(read).toMatchObject({ subject, payload, repository: { id: 1000, owner: "acme", name: "shop" } });
});

test("a job without an event's file has an empty payload", () => {
  expect(readJob(job, () => null)).toMatchObject({ payload: {}, subject: null, runAttempt: 1 });
});
