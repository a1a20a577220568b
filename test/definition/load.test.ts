import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { AgentDefinition, Step, Workflow } from "../../src/core/index.ts";
import { loadAgent, loadWorkflow, shippedRoles } from "../../src/definition/index.ts";

/** The form that the language is promised to read unchanged, with the targets it leaves out. */
const seed = `workflow:
  name: "Bug Lifecycle"
  version: "1.0"
  steps:
    - id: "triage"
      agent: "bug-triage-agent"
      inputs:
        bug_description: "{{input.bug_description}}"
      on_success: "assign"
      on_failure: "notify_team"
    - id: "assign"
      agent: "project-manager"
      inputs:
        bug_info: "{{steps.triage.output}}"
      condition: "{{steps.triage.output.severity}} > 3"
      on_success: "fix"
    - id: "fix"
      agent: "coding-agent"
    - id: "notify_team"
      agent: "support-agent"
`;

function load(text: string, path = ".hishamos/w.yml"): Workflow {
  const loaded = loadWorkflow(text, path);
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems, null, 2));
  return loaded.workflow;
}

const withSteps = (steps: string, more = ""): Workflow => load(`name: W\n${more}\nsteps:\n${steps}`);
const first = (workflow: Workflow): Step => {
  const [step] = workflow.steps.steps;
  if (!step) throw new Error("no step");
  return step;
};
const stepOf = (keys: string): Step => first(withSteps(`  - id: a\n    ${keys}\n`));

test("the seed form is read unchanged", () => {
  const workflow = load(seed, ".hishamos/bug-lifecycle.yml");
  expect(workflow).toMatchObject({
    name: "Bug Lifecycle",
    stem: "bug-lifecycle",
    version: "1.0",
    description: null,
    status: "active",
    path: ".hishamos/bug-lifecycle.yml",
    hash: createHash("sha256").update(seed).digest("hex"),
    triggers: [],
    inputs: [{ name: "bug_description", schema: null, from: null, default: undefined, required: true }],
    permissions: {},
    report: { comment: "auto", check: "HishamOS / Bug Lifecycle", issue: "auto" },
    limits: { timeoutMs: null, maxSteps: 20_000, tokens: null, costUsd: null, onBudget: "pause" },
    concurrency: { group: null, onConflict: null },
    cancelOn: ["closed", "unlabeled"],
    finally: null,
    outputs: null,
  });
  expect(workflow.steps.order).toBe("graph");
  expect([...workflow.steps.byId.keys()]).toEqual(["triage", "assign", "fix", "notify_team"]);
  expect([...workflow.steps.handlers]).toEqual(["notify_team"]);
  const steps = { triage: { output: { severity: 4 } } };
  const scope = {
    now: 0,
    root: (name: string) => (name === "steps" ? steps : { bug_description: "it breaks" }),
  };
  expect(workflow.steps.byId.get("assign")?.condition?.evaluate(scope)).toEqual({ value: true });
  expect(workflow.steps.byId.get("assign")?.inputs?.evaluate(scope)).toEqual({
    value: { bug_info: { severity: 4 } },
  });
  expect(first(workflow).inputs?.evaluate(scope)).toEqual({ value: { bug_description: "it breaks" } });
});

test("JSON of the same content gives the same workflow", () => {
  const json = JSON.stringify({ name: "W", on: "issues", steps: [{ id: "a", delay: "1s" }] });
  const { hash: _, ...fromJson } = load(json, "w.json");
  const { hash: __, ...fromYaml } = load("name: W\non: issues\nsteps:\n  - id: a\n    delay: 1s\n", "w.json");
  expect(JSON.stringify(fromJson)).toBe(JSON.stringify(fromYaml));
});

test("the caller may hash", () => {
  expect(loadWorkflow(seed, "x.yml", { hash: (text) => `${text.length}` })).toMatchObject({
    workflow: { hash: String(seed.length) },
  });
});

const kinds: readonly (readonly [keys: string, kind: object])[] = [
  ["agent: qa-agent", { kind: "agent", agent: "qa-agent" }],
  ["action: repos.get", { kind: "action", action: "repos.get" }],
  [
    "approval:",
    {
      kind: "approval",
      from: [],
      count: 1,
      by: ["command", "button", "review"],
      exclude: ["actor", "author"],
      message: null,
    },
  ],
  [
    "approval: {from: octocat, count: 2, by: review, exclude: []}",
    { from: ["octocat"], count: 2, by: ["review"], exclude: [] },
  ],
  [
    "wait_for: pull_request.closed",
    { kind: "wait_for", events: ["pull_request.closed"], match: null, since: null },
  ],
  ["wait_for: [issues.closed, push]", { events: ["issues.closed", "push"] }],
  ["wait_for: {event: push, match: event.forced}", { events: ["push"], match: { source: "event.forced" } }],
];
test.for(kinds)("%s", ([keys, kind]) => {
  expect(stepOf(keys).kind).toMatchObject(kind);
});

test("fail_if within wait_for is the step's", () => {
  expect(stepOf("wait_for: {event: push, fail_if: self.forced}").failIf).toMatchObject({
    source: "self.forced",
  });
});

const modifiers: readonly (readonly [keys: string, step: object])[] = [
  [
    "delay: 1s",
    {
      retry: { maxAttempts: 1 },
      timeoutMs: null,
      remind: null,
      maxVisits: null,
      failIf: null,
      conclude: null,
    },
  ],
  [
    "retry: 3",
    {
      retry: {
        maxAttempts: 3,
        initialMs: 10_000,
        factor: 2,
        maxMs: 300_000,
        jitter: true,
        on: ["transient", "timeout", "error"],
      },
    },
  ],
  [
    "retry: {max_attempts: 2, backoff: {initial: 500ms, factor: 1, max: 1h, jitter: false}, on: transient}",
    {
      retry: {
        maxAttempts: 2,
        initialMs: 500,
        factor: 1,
        maxMs: 3_600_000,
        jitter: false,
        on: ["transient"],
      },
    },
  ],
  ["retry: {on: [timeout]}", { retry: { maxAttempts: 3, on: ["timeout"] } }],
  ["timeout: 90s", { timeoutMs: 90_000 }],
  ["timeout: 500ms", { timeoutMs: 500 }],
  ["timeout: 7d", { timeoutMs: 604_800_000 }],
  ["remind: {every: 1d}", { remind: { everyMs: 86_400_000, max: 3 } }],
  ["max_visits: 4", { maxVisits: 4 }],
  ["conclude: failed", { conclude: "failed" }],
];
test.for(modifiers)("%s", ([keys, step]) => {
  expect(stepOf(keys.startsWith("delay") ? keys : `delay: 1s\n    ${keys}`)).toMatchObject(step);
});

test("defaults hold for steps that say nothing else", () => {
  const { steps } = withSteps(
    "  - {id: a, delay: 1s}\n  - {id: b, delay: 1s, retry: 5, timeout: 1m}\n",
    "defaults: {retry: 2, timeout: 1h}",
  );
  expect(steps.steps.map(({ retry, timeoutMs }) => [retry.maxAttempts, timeoutMs])).toEqual([
    [2, 3_600_000],
    [5, 60_000],
  ]);
});

const triggers: readonly (readonly [on: string, expected: readonly object[]])[] = [
  [
    "issues",
    [
      {
        event: "issues",
        types: [],
        labels: [],
        branches: [],
        paths: [],
        role: null,
        condition: null,
        own: false,
        command: null,
      },
    ],
  ],
  [
    "[issues, pull_request]",
    [{ event: "issues" }, { event: "pull_request", types: ["opened", "synchronize", "reopened"] }],
  ],
  ["{issues: {labels: bug}}", [{ types: ["labeled"], labels: ["bug"] }]],
  ["{issues: {types: opened, labels: [bug]}}", [{ types: ["opened"], labels: ["bug"] }]],
  ["{pull_request: {labels: [x]}}", [{ types: ["labeled"], labels: ["x"] }]],
  ["{issue_comment: {labels: [x]}}", [{ types: [], labels: ["x"] }]],
  ["{push: {branches: main, paths: ['src/**']}}", [{ branches: ["main"], paths: ["src/**"] }]],
  ["{push: {roles: [admin, write, maintain]}}", [{ role: "write" }]],
  ["{push: {own: true, condition: event.forced}}", [{ own: true, condition: { source: "event.forced" } }]],
  [
    "{slash_command: {name: fix-it}}",
    [
      {
        event: "slash_command",
        command: { name: "fix-it", args: [], on: ["issue", "pull_request"] },
        types: [],
      },
    ],
  ],
  ["watch", [{ types: ["started"] }]],
  ["{issues: }", [{ event: "issues" }]],
];
test.for(triggers)("on: %s", ([on, expected]) => {
  const found = withSteps("  - {id: a, delay: 1s}\n", `on: ${on}`).triggers;
  expect(found).toHaveLength(expected.length);
  expect(found).toMatchObject(expected);
});

test("permissions have underscores, and none is no permission", () => {
  const { permissions } = withSteps(
    "  - {id: a, delay: 1s}\n",
    "permissions: {pull-requests: write, issues: read, contents: none}",
  );
  expect(permissions).toEqual({ pull_requests: "write", issues: "read" });
});

test("report: none makes no check run", () => {
  expect(withSteps("  - {id: a, delay: 1s}\n", "report: {check: none, comment: none}").report).toEqual({
    comment: "none",
    check: null,
    issue: "auto",
  });
  expect(withSteps("  - {id: a, delay: 1s}\n", "report: {check: CI}").report).toEqual({
    comment: "auto",
    check: "CI",
    issue: "auto",
  });
});

test("inputs keep their schema, source and default", () => {
  const { inputs } = withSteps(
    "  - {id: a, delay: 1s}\n",
    "inputs:\n  t: {type: string, from: event.issue.title, required: true}\n  n: {type: {type: integer}, default: 3}\n  any:",
  );
  expect(inputs).toMatchObject([
    {
      name: "t",
      schema: { type: "string" },
      from: { source: "event.issue.title" },
      default: undefined,
      required: true,
    },
    { name: "n", schema: { type: "integer" }, from: null, default: 3, required: false },
    { name: "any", schema: null, from: null, default: undefined, required: false },
  ]);
});

const graphs: readonly (readonly [
  what: string,
  steps: string,
  order: string,
  handlers: readonly string[],
])[] = [
  ["no routes: a list", "  - {id: a, delay: 1s}\n  - {id: b, delay: 1s}\n", "list", []],
  ["one route: a graph", "  - {id: a, delay: 1s, on_success: b}\n  - {id: b, delay: 1s}\n", "graph", []],
  ["reached by failure", "  - {id: a, delay: 1s, on_failure: b}\n  - {id: b, delay: 1s}\n", "graph", ["b"]],
  [
    "reached by timeout, and what follows it",
    "  - {id: a, delay: 1s, on_timeout: b}\n  - {id: b, delay: 1s, on_success: c}\n  - {id: c, delay: 1s}\n",
    "graph",
    ["b", "c"],
  ],
  [
    "reached by failure and success",
    "  - {id: a, delay: 1s, on_failure: b, on_success: b}\n  - {id: b, delay: 1s}\n",
    "graph",
    [],
  ],
  [
    "reached by a skip",
    "  - {id: a, delay: 1s, on_failure: b, on_skip: b}\n  - {id: b, delay: 1s}\n",
    "graph",
    [],
  ],
];
test.for(graphs)("%s", ([, steps, order, handlers]) => {
  const list = withSteps(steps).steps;
  expect(list.order).toBe(order);
  expect([...list.handlers]).toEqual(handlers);
});

const given = (name: string): AgentDefinition => ({
  name,
  engines: [],
  instructions: "given",
  outputSchema: null,
  produces: null,
  tools: [],
  limits: { tokens: null, costUsd: null, timeoutMs: null, steps: null },
});

test("agents come from the caller and from the file, which wins", () => {
  const text =
    "name: W\nagents:\n  poet: {instructions: own}\nsteps:\n  - {id: a, agent: poet}\n  - {id: b, agent: critic}\n";
  const agents = new Map([given("poet"), given("critic")].map((agent) => [agent.name, agent]));
  const loaded = loadWorkflow(text, "x.yml", { agents });
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  expect([...loaded.workflow.agents].map(([name, { instructions }]) => [name, instructions])).toEqual([
    ["poet", "own"],
    ["critic", "given"],
  ]);
  expect(loadWorkflow(text, "x.yml").problems).toMatchObject([{ code: "HOS202" }]);
});

test("an agent's file", () => {
  const text = `agent:
  name: poet
  engine: [model, human]
  produces: pull_request
  instructions: |
    Write.
  output_schema: { type: object, required: [text] }
  tools: [repo.read_file]
  limits: { tokens: 5, timeout: 5m, steps: 8 }
`;
  expect(loadAgent(text, ".hishamos/agents/poet.yml")).toEqual({
    agent: {
      name: "poet",
      engines: ["model", "human"],
      instructions: "Write.\n",
      outputSchema: { type: "object", required: ["text"] },
      produces: "pull_request",
      tools: ["repo.read_file"],
      limits: { tokens: 5, costUsd: null, timeoutMs: 300_000, steps: 8 },
    },
    problems: [],
  });
  expect(loadAgent("agent: {name: poet}", "x.yml").problems).toMatchObject([
    { code: "HOS221", message: 'the key "instructions" is missing' },
  ]);
});

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

test("every shipped role has its file, which is a valid agent and says what it produces", () => {
  const folder = new URL("../../src/agents/roles/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".yml"));
  const agents = files.map((file) => {
    const loaded = loadAgent(readFileSync(new URL(file, folder), "utf8"), file);
    if (!("agent" in loaded)) throw new Error(JSON.stringify(loaded.problems));
    return { name: loaded.agent.name, produces: loaded.agent.produces };
  });
  expect(agents.toSorted(byName)).toEqual([...shippedRoles].toSorted(byName));
});
