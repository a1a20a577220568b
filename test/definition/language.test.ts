import { expect, test } from "vitest";
import { allSteps, type Step, type Workflow } from "../../src/core/index.ts";
import { loadWorkflow } from "../../src/definition/index.ts";

function load(text: string): Workflow {
  const loaded = loadWorkflow(text, ".hishamos/w.yml");
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems, null, 2));
  return loaded.workflow;
}

const withKeys = (keys: string): Workflow => load(`name: W\n${keys}\nsteps:\n  - {id: a, delay: 1s}\n`);

function stepOf(keys: string): Step {
  const [step] = load(`name: W\nsteps:\n  - id: a\n    ${keys}\n`).steps.steps;
  if (!step) throw new Error("no step");
  return step;
}

const kinds: readonly (readonly [keys: string, kind: object])[] = [
  ["wait_for: {checks: required}", { kind: "wait_for_checks", checks: "required" }],
  ["wait_for: {checks: all}", { checks: "all" }],
  ["wait_for: {checks: [build, required]}", { checks: ["build", "required"] }],
  ["wait_for: {pull_request: closed}", { kind: "wait_for_pull_request", state: "closed" }],
  ["workflow: ./qa.yml", { kind: "workflow", workflow: "./qa.yml" }],
  ["parallel: {steps: [{id: b, delay: 1s}]}", { kind: "parallel", join: "all" }],
  ["parallel: {join: any, steps: [{id: b, delay: 1s}]}", { join: "any" }],
  ["parallel: {join: 1, steps: [{id: b, delay: 1s}]}", { join: 1, steps: { order: "parallel" } }],
  ["steps: [{id: b, delay: 1s}]", { kind: "steps", steps: { order: "list" } }],
  ["steps: [{id: b, delay: 1s, on_success: c}, {id: c, delay: 1s}]", { steps: { order: "graph" } }],
];
test.for(kinds)("%s", ([keys, kind]) => {
  expect(stepOf(keys).kind).toMatchObject(kind);
});

const modifiers: readonly (readonly [keys: string, step: object])[] = [
  ["for_each: {in: [1, 2]}", { forEach: { as: "item", maxParallel: 10, failFast: true }, repeat: null }],
  [
    "for_each: {in: [1], as: n, max_parallel: 2, fail_fast: false}",
    { forEach: { as: "n", maxParallel: 2, failFast: false } },
  ],
  ["repeat: {}", { repeat: { until: null, everyMs: 0, max: 100 }, forEach: null }],
  [
    "repeat: {until: self.ok, every: 2m, max: 7}",
    { repeat: { until: { source: "self.ok" }, everyMs: 120_000, max: 7 } },
  ],
  ["subject: 7", { subject: { literal: 7 } }],
  ['unique: "key-{{ subject.number }}"', { unique: {} }],
];
test.for(modifiers)("%s", ([keys, step]) => {
  expect(stepOf(`delay: 1s\n    ${keys}`)).toMatchObject(step);
});

const agents: readonly (readonly [keys: string, safeOutputs: readonly object[]])[] = [
  ["", []],
  [
    "safe_outputs: [comment, labels, comment]",
    [
      { type: "comment", max: 1, allowed: [] },
      { type: "labels", max: 3, allowed: [] },
    ],
  ],
  [
    "safe_outputs: {labels: {max: 9, allowed: bug}, issue: }",
    [
      { type: "labels", max: 9, allowed: ["bug"] },
      { type: "issue", max: 1, allowed: [] },
    ],
  ],
];
test.for(agents)("an agent with %s", ([keys, safeOutputs]) => {
  expect(stepOf(`agent: qa-agent\n    ${keys}`).safeOutputs).toEqual(safeOutputs);
});

test("secrets are names, for the headers that ask for them and have no {{ }}", () => {
  const headers = '{X-Both: "${A}:${B}", x-plain: "3", x-title: "{{ event.issue.title }}"}';
  const inputs = `{url: 'https://example.com', headers: ${headers}}`;
  const { secrets, secretHeaders } = stepOf(
    `action: http.request\n    inputs: ${inputs}\n    secrets: [A, B]`,
  );
  expect({ secrets, secretHeaders }).toEqual({ secrets: ["A", "B"], secretHeaders: ["x-both"] });
});

test("steps are known by their paths, those of finally below it", () => {
  const workflow = load(`name: W
steps:
  - id: checks
    parallel:
      steps:
        - {id: lint, delay: 1s}
        - {id: tests, steps: [{id: unit, delay: 1s}]}
finally:
  - {id: tell, steps: [{id: write, delay: 1s}]}
`);
  expect([...allSteps(workflow).keys()]).toEqual([
    "checks",
    "checks/lint",
    "checks/tests",
    "checks/tests/unit",
    "finally/tell",
    "finally/tell/write",
  ]);
});

test("defaults hold for what is inside a group, not for the group", () => {
  const { steps } = load(`name: W
defaults: {retry: 3, timeout: 1h}
steps:
  - {id: group, steps: [{id: a, delay: 1s}]}
  - {id: at_once, parallel: {steps: [{id: b, delay: 1s}]}, retry: 2, timeout: 2h}
`);
  const [group, atOnce] = steps.steps;
  const inner = group?.kind.kind === "steps" ? group.kind.steps.steps[0] : undefined;
  expect([group, atOnce, inner].map((step) => [step?.retry.maxAttempts, step?.timeoutMs])).toEqual([
    [1, null],
    [2, 7_200_000],
    [3, 3_600_000],
  ]);
});

const options: readonly (readonly [keys: string, workflow: object])[] = [
  ["concurrency: releases", { concurrency: { group: { literal: "releases" }, onConflict: null } }],
  ["concurrency: {on_conflict: queue}", { concurrency: { group: null, onConflict: "queue" } }],
  ["cancel_on: none", { cancelOn: [] }],
  ["cancel_on: []", { cancelOn: [] }],
  ["cancel_on: merged", { cancelOn: ["merged"] }],
  ["cancel_on: [unlabeled, closed]", { cancelOn: ["closed", "unlabeled"] }],
  ["report: {issue: none}", { report: { issue: "none", comment: "auto" } }],
  [
    "limits: {max_steps: 5, tokens: 10, cost_usd: 0.5, on_budget: fail}",
    { limits: { timeoutMs: null, maxSteps: 5, tokens: 10, costUsd: 0.5, onBudget: "fail" } },
  ],
];
test.for(options)("%s", ([keys, workflow]) => {
  expect(withKeys(keys)).toMatchObject(workflow);
});

test("commands say who may use them", () => {
  const { commands } = withKeys('commands: {retry: role:admin, cancel: [octocat, "@octo-org/leads"]}');
  expect([...commands]).toEqual([
    ["retry", ["role:admin"]],
    ["cancel", ["octocat", "@octo-org/leads"]],
  ]);
});

test("each time table of a schedule is a trigger", () => {
  const { triggers } = withKeys(
    'on: {schedule: [{cron: "0 6 * * *"}, {cron: "5 4 * * SUN", timezone: Europe/Berlin}]}',
  );
  expect(triggers.map(({ event, schedule, outsiders }) => ({ event, schedule, outsiders }))).toEqual([
    { event: "schedule", schedule: { cron: "0 6 * * *", timezone: "UTC" }, outsiders: "run" },
    { event: "schedule", schedule: { cron: "5 4 * * SUN", timezone: "Europe/Berlin" }, outsiders: "run" },
  ]);
});

test("a slash command keeps its arguments, and where it is heard", () => {
  const { triggers } = load(`name: W
on: {slash_command: {name: rename, args: [from, to], on: issue}}
steps:
  - {id: a, agent: qa-agent, inputs: {from: "{{ input.from }}", to: "{{ input.to }}"}}
`);
  expect(triggers).toMatchObject([{ command: { name: "rename", args: ["from", "to"], on: ["issue"] } }]);
});

const outsiders: readonly (readonly [what: string, step: string, outsiders: string])[] = [
  ["a delay", "{id: a, delay: 1s}", "run"],
  ["an action", "{id: a, action: repos.get}", "run"],
  ["an approval in a parallel", "{id: a, parallel: {steps: [{id: b, approval: }]}}", "run"],
  ["an agent", "{id: a, agent: qa-agent}", "hold"],
  ["an agent in a group", "{id: a, steps: [{id: b, agent: qa-agent}]}", "hold"],
  ["an agent in a parallel", "{id: a, parallel: {steps: [{id: b, agent: qa-agent}]}}", "hold"],
  ["actions.run", "{id: a, action: actions.run, inputs: {workflow: ci.yml}}", "hold"],
  ["a child that isn't known", "{id: a, workflow: ./qa.yml}", "hold"],
];
test.for(outsiders)("outsiders of a workflow with %s", ([, step, expected]) => {
  const head = "name: W\npermissions: {actions: write, metadata: read}\n";
  const on = "on: {issues: , pull_request: {outsiders: ignore}}\n";
  const { triggers } = load(`${head}${on}steps:\n  - ${step}\n`);
  expect(triggers.map((trigger) => trigger.outsiders)).toEqual([expected, "ignore"]);
});

test("an agent in finally holds outsiders back, too", () => {
  const { triggers } = withKeys("on: issues\nfinally: [{id: b, agent: qa-agent}]");
  expect(triggers).toMatchObject([{ outsiders: "hold" }]);
});
