import { expect, test } from "vitest";
import type { Execution } from "../../../src/core/execution.ts";
import { findTarget, isMeant, takers } from "../../../src/github/commands/target.ts";
import { anExecution } from "../../support/execution.ts";
import { approval, completed, running, withRuns } from "../report/support.ts";

const run = { round: 1, path: "qa", visit: 1, attempt: 1 };
const id = (digit: string) => digit.repeat(32);
const qa = { name: "QA", stem: "qa", path: ".hishamos/qa.yml", commit: null, hash: "h" };
const root = withRuns({ qa: running({ for: "child", execution: id("b") }) }, { id: id("a") });
const child = (digit: string, runs = { gate: running(approval) }): Execution =>
  withRuns(runs, { id: id(digit), workflow: qa, parent: { execution: id("a"), run } });

/** `name` of the command and the line behind it, said where these run: the first digit of whom it reaches. */
const rows: readonly (readonly [
  string,
  Parameters<typeof findTarget>[0],
  string,
  readonly Execution[],
  string,
])[] = [
  ["cancel means the whole", "cancel", "", [child("b"), root], "a"],
  ["a child is cancelled by its name", "cancel", "qa", [child("b"), root], "b"],
  ["a child is cancelled by its id", "cancel", "bbbbbbbb", [child("b"), root], "b"],
  ["pause means the whole", "pause", "", [child("b"), root], "a"],
  ["an approval is the child's that asks", "approve", "", [child("b"), root], "b"],
  ["of two children that ask, one has to be named", "approve", "", [child("b"), child("c"), root], "several"],
  ["of two children that ask, one is named", "approve", "cccccccc gate", [child("b"), child("c"), root], "c"],
  ["a step tells whose it is", "skip", "qa", [child("b"), root], "b"],
  [
    "a step that has ended is not meant",
    "reject",
    "gate no",
    [child("c", { gate: completed() }), child("b"), root],
    "b",
  ],
  [
    "what is queued is not meant while another runs",
    "cancel",
    "",
    [anExecution({ id: id("d"), wants: "group" }), anExecution({ id: id("e") })],
    "e",
  ],
  [
    "what is queued is meant where nothing runs",
    "cancel",
    "",
    [anExecution({ id: id("d"), wants: "g" })],
    "d",
  ],
  [
    "allow finds what is held",
    "allow",
    "",
    [anExecution({ id: id("e") }), anExecution({ id: id("d"), state: "paused", held: "eve" })],
    "d",
  ],
];

test.for(rows)("%s: /hishamos %s %s", ([, name, rest, executions, expected]) => {
  const target = findTarget(name, rest, executions);
  expect("execution" in target ? target.execution.id[0] : Object.keys(target)[0]).toBe(expected);
});

test("what is held is not resumed", () => {
  const held = anExecution({ state: "paused", held: "eve" });
  expect(takers("resume", [held])).toEqual([]);
  expect(takers("allow", [held])).toEqual([held]);
  expect(takers("allow", [anExecution()])).toEqual([]);
});

test.for([
  ["build", true],
  ["each/build", true],
  ["each[3]/build", true],
  ["each[2]/build", false],
  ["each", false],
] as const)("each[3]/build is called %s: %j", ([name, meant]) => {
  expect(isMeant("each[3]/build", name)).toBe(meant);
});
