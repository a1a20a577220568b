import { describe, expect, test } from "vitest";
import type { Workflow } from "../../../src/core/workflow.ts";
import {
  type Change,
  compareAgents,
  compareSettings,
  compareWorkflows,
} from "../../../src/definition/compare/index.ts";
import { loadAgent, loadConfig, loadWorkflow } from "../../../src/definition/index.ts";

function workflowOf(text: string, files?: ReadonlyMap<string, string>): Workflow {
  const loaded = loadWorkflow(text, ".hishamos/test.yml", files ? { files } : {});
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems, null, 1));
  return loaded.workflow;
}

/** `! permissions contents: read -> write`, the mark where it loosens. */
function shown({ part, name, before, after, loosens }: Change): string {
  return `${loosens ? "! " : ""}${part} ${name}: ${before ?? "-"} -> ${after ?? "-"}`;
}

function changes(before: string, after: string): readonly string[] {
  return compareWorkflows(workflowOf(before), workflowOf(after)).map(shown);
}

const step = "- { id: a, action: issues.addLabels, inputs: { labels: [bug] } }";
const around = (top: string) =>
  `name: Test\non: { issues: {} }\npermissions: { issues: write }\n${top}\nsteps:\n  ${step}\n`;

const tops: readonly (readonly [string, string, readonly string[]])[] = [
  ["", "", []],
  ["version: '1'", "version: '2'", ["workflow version: 1 -> 2"]],
  ["", "status: draft", ["workflow status: active -> draft"]],
  ["cancel_on: [closed]", "cancel_on: []", ["workflow cancel_on: closed -> nothing"]],
  [
    "limits: { timeout: 2h, tokens: 5 }",
    "limits: { timeout: 90s }",
    ["workflow limits.timeout: 2h -> 90s", "workflow limits.tokens: 5 -> -"],
  ],
  [
    "concurrency: { group: 'a-{{subject.number}}' }",
    "concurrency: { group: '{{subject.number}}', on_conflict: queue }",
    [
      "workflow concurrency.group: a-{{subject.number}} -> {{subject.number}}",
      "workflow concurrency.on_conflict: - -> queue",
    ],
  ],
  ["outputs: { x: 1, y: 2 }", "outputs: { x: 1, y: '2 ' }", ["workflow outputs.y: 2 -> 2 "]],
  ["report: { comment: none }", "", ["workflow report.comment: none -> -"]],
  [
    "inputs: { size: { type: integer, default: 1 } }",
    "inputs: { size: { type: integer, default: 2, required: true } }",
    ["inputs size.default: 1 -> 2", "inputs size.required: no -> yes"],
  ],
  [
    "commands: { cancel: [olga] }",
    "commands: { cancel: [olga, mona] }",
    ["! commands cancel: olga -> olga, mona"],
  ],
  [
    "commands: { cancel: [olga, mona] }",
    "commands: { cancel: [olga] }",
    ["commands cancel: olga, mona -> olga"],
  ],
  ["", "commands: { run: ['role:read'] }", ["! commands run: - -> role:read"]],
  ["", "commands: { run: ['role:admin'] }", ["commands run: - -> role:admin"]],
  ["commands: { run: ['role:admin'] }", "", ["! commands run: role:admin -> -"]],
  ["commands: { run: ['role:read'] }", "commands: { run: [mona] }", ["commands run: role:read -> mona"]],
];

test.for(tops)("%j -> %j", ([before, after, expected]) => {
  expect(changes(around(before), around(after))).toEqual(expected);
});

const permissions: readonly (readonly [string, string, readonly string[]])[] = [
  ["", "contents: read", ["! permissions contents: - -> read"]],
  ["contents: read", "contents: write", ["! permissions contents: read -> write"]],
  ["contents: write", "contents: read", ["permissions contents: write -> read"]],
  ["contents: write", "", ["permissions contents: write -> -"]],
];

test.for(permissions)("permissions %j -> %j", ([before, after, expected]) => {
  const text = (more: string) =>
    `name: Test\npermissions: { issues: write${more && `, ${more}`} }\nsteps:\n  ${step}\n`;
  expect(changes(text(before), text(after))).toEqual(expected);
});

const triggers: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "push: {}",
    "push: {}\n  issues: { types: [opened], outsiders: hold }",
    ["on issues: - -> issues", "on issues.types: - -> opened", "on issues.outsiders: - -> hold"],
  ],
  ["push: {}\n  issues: {}", "push: {}", ["on issues: issues -> -"]],
  ["issues: { labels: [bug] }", "issues: { labels: [bug, help] }", ["on issues.labels: bug -> bug, help"]],
  ["issues: { outsiders: ignore }", "issues: { outsiders: hold }", ["! on issues.outsiders: ignore -> hold"]],
  ["issues: { outsiders: hold }", "issues: { outsiders: run }", ["! on issues.outsiders: hold -> run"]],
  ["issues: { outsiders: run }", "issues: { outsiders: hold }", ["on issues.outsiders: run -> hold"]],
  ["issues: {}", "issues: { own: true }", ["! on issues.own: - -> true"]],
  ["issues: { own: true }", "issues: {}", ["on issues.own: true -> -"]],
  ["issues: { roles: write }", "issues: { roles: triage }", ["! on issues.roles: write -> triage"]],
  ["issues: { roles: write }", "issues: {}", ["! on issues.roles: write -> -"]],
  ["issues: {}", "issues: { roles: write }", ["on issues.roles: - -> write"]],
  [
    "issues: { condition: 'true' }",
    "issues: { condition: event.issue.number > 3 }",
    ["on issues.condition: true -> event.issue.number > 3"],
  ],
  [
    "slash_command: { name: deploy }",
    "slash_command: { name: deploy, roles: read }",
    ["! on /deploy.roles: - -> read"],
  ],
];

test.for(triggers)("on %j -> %j", ([before, after, expected]) => {
  const text = (on: string) =>
    `name: Test\non:\n  ${on}\npermissions: { issues: write }\nsteps:\n  ${step}\n`;
  expect(changes(text(before), text(after))).toEqual(expected);
});

describe("steps", () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "- { id: a, agent: qa-agent }",
      "- { id: a, agent: qa-agent }\n- { id: b, delay: 2h }",
      ["steps b: - -> delay: 2h"],
    ],
    ["- { id: a, delay: 1h }\n- { id: b, delay: 2h }", "- { id: a, delay: 1h }", ["steps b: delay: 2h -> -"]],
    [
      "- { id: a, delay: 1h }\n- { id: b, delay: 2h }",
      "- { id: b, delay: 2h }\n- { id: a, delay: 1h }",
      ["steps order: a → b -> b → a"],
    ],
    [
      "- { id: a, agent: qa-agent, inputs: { one: '{{event.action}}', two: 2 } }",
      "- { id: a, agent: qa-agent, inputs: { one: event.action, two: 2, three: [1] } }",
      ["steps a.inputs.one: {{event.action}} -> event.action", "steps a.inputs.three: - -> [1]"],
    ],
    [
      "- { id: a, agent: qa-agent, timeout: 2h, condition: 'true' }",
      "- { id: a, agent: code-reviewer, timeout: 90m, condition: 'false', retry: { max_attempts: 2 } }",
      [
        "steps a.agent: qa-agent -> code-reviewer",
        "steps a.condition: true -> false",
        "steps a.timeout: 2h -> 90m",
        expect.stringMatching(/^steps a\.retry: - -> \{"maxAttempts":2/),
      ],
    ],
    [
      "- { id: a, agent: qa-agent, on_success: b }\n- { id: b, agent: qa-agent }",
      "- { id: a, agent: qa-agent, on_success: b, on_failure: b }\n- { id: b, agent: qa-agent }",
      ["steps a.on_failure: - -> b"],
    ],
    [
      "- { id: g, parallel: { steps: [{ id: x, agent: qa-agent }] } }",
      "- { id: g, parallel: { join: any, steps: [{ id: x, agent: qa-agent, max_visits: 2 }, { id: y, delay: 1s }] } }",
      ["steps g.parallel: join all -> join any", "steps g/x.max_visits: - -> 2", "steps g/y: - -> delay: 1s"],
    ],
    [
      "- { id: a, delay: 1h }",
      "- { id: a, delay: 1h }\nfinally:\n- { id: z, agent: qa-agent }",
      // An agent's work is held where an outsider asks for it.
      ["on issues.outsiders: run -> hold", "steps finally/z: - -> agent: qa-agent"],
    ],
    [
      "- { id: a, approval: { from: [olga] } }",
      "- { id: a, approval: { from: [olga, mona] } }",
      ["! steps a.approval: olga -> olga, mona"],
    ],
    [
      "- { id: a, approval: { from: ['role:admin'], count: 2 } }",
      "- { id: a, approval: { from: ['role:maintain'], count: 1, exclude: [author] } }",
      [
        "! steps a.approval: role:admin -> role:maintain",
        "! steps a.count: 2 -> -",
        "! steps a.exclude: actor, author -> author",
      ],
    ],
    [
      "- { id: a, approval: {} }\n- { id: b, delay: 1h }",
      "- { id: b, delay: 1h }",
      ["! steps a: approval: role:write -> -"],
    ],
    [
      "- { id: a, approval: {} }",
      "- { id: a, approval: {}, condition: 'event.x == 1' }",
      ["! steps a.condition: - -> event.x == 1"],
    ],
    [
      "- { id: a, agent: qa-agent }",
      "- { id: a, agent: qa-agent, safe_outputs: { comment: {} } }",
      [expect.stringMatching(/^! steps a\.safe_outputs: - -> /)],
    ],
    [
      "- { id: a, agent: qa-agent, for_each: { in: '{{ event.list }}' } }",
      "- { id: a, agent: qa-agent, for_each: { in: '{{ event.list }}', max_parallel: 2 } }",
      ["steps a.for_each.max_parallel: 10 -> 2"],
    ],
    [
      "- { id: a, agent: qa-agent, repeat: { until: self.ok, every: 1m, max: 3 } }",
      "- { id: a, agent: qa-agent, repeat: { until: 'self.ok == true', max: 4 } }",
      [
        "steps a.repeat.until: self.ok -> self.ok == true",
        "steps a.repeat.every: 1m -> -",
        "steps a.repeat.max: 3 -> 4",
      ],
    ],
    [
      "- { id: a, wait_for: { event: issues.closed } }",
      "- { id: a, wait_for: { event: [issues.closed, issues.deleted] }, on_timeout: b, timeout: 1d }\n- { id: b, delay: 1s }",
      [
        "steps a.wait_for: issues.closed -> issues.closed, issues.deleted",
        "steps a.on_timeout: - -> b",
        "steps a.timeout: - -> 1d",
        "steps b: - -> delay: 1s",
      ],
    ],
  ];

  test.for(rows)("%j -> %j", ([before, after, expected]) => {
    const text = (steps: string) => `name: Test\non: { issues: {} }\nsteps:\n${steps}\n`;
    expect(changes(text(before), text(after))).toEqual(expected);
  });
});

test("of a new workflow all that its author wrote is new, and what it may is widened", () => {
  const text = `name: Test\non: { issues: { outsiders: run } }\npermissions: { issues: write }\nsteps:\n  ${step}\n`;
  expect(compareWorkflows(null, workflowOf(text)).map(shown)).toEqual([
    "! permissions issues: - -> write",
    "on issues: - -> issues",
    "! on issues.outsiders: - -> run",
    "workflow name: - -> Test",
    "workflow status: - -> active",
    "steps a: - -> action: issues.addLabels",
  ]);
});

test("a child workflow with another text is named, and its steps are not told again", () => {
  const text = "name: Test\nsteps:\n  - { id: a, workflow: ./qa.yml }\n";
  const child = (agent: string) =>
    new Map([[".hishamos/qa.yml", `name: QA\nsteps: [{ id: x, agent: ${agent} }]\n`]]);
  const compared = compareWorkflows(
    workflowOf(text, child("qa-agent")),
    workflowOf(text, child("code-reviewer")),
  );
  expect(compared.map(shown)).toEqual([expect.stringMatching(/^workflows .*qa\.yml: \w{7} -> \w{7}$/)]);
});

describe("agents", () => {
  const agent = (text: string) => {
    const loaded = loadAgent(`name: helper\ninstructions: Help.\n${text}`, ".hishamos/agents/helper.yml");
    if (!("agent" in loaded)) throw new Error(JSON.stringify(loaded.problems));
    return loaded.agent;
  };

  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ["", "tools: [repo.read_file]", ["! agents helper.tools: - -> repo.read_file"]],
    [
      "tools: [repo.read_file, issues.search]",
      "tools: [repo.read_file]",
      ["agents helper.tools: repo.read_file, issues.search -> repo.read_file"],
    ],
    [
      "limits: { tokens: 5, timeout: 5m }",
      "limits: { tokens: 6 }",
      ["agents helper.limits.tokens: 5 -> 6", "agents helper.limits.timeout: 5m -> -"],
    ],
    ["engine: human", "engine: [model, human]", ["agents helper.engine: human -> model, human"]],
  ];

  test.for(rows)("%j -> %j", ([before, after, expected]) => {
    expect(compareAgents("helper", agent(before), agent(after)).map(shown)).toEqual(expected);
  });

  test("those of the workflow's own file are compared with it", () => {
    const text = (words: string) =>
      `name: Test\nagents: { helper: { instructions: ${words} } }\nsteps: [{ id: a, agent: helper }]\n`;
    expect(changes(text("Help."), text("Help more."))).toEqual([
      "agents helper.instructions: Help. -> Help more.",
    ]);
  });
});

test("settings: variables, and who may use which command", () => {
  const settings = (text: string) => {
    const loaded = loadConfig(text, ".hishamos/config.yml");
    if (!("config" in loaded)) throw new Error(JSON.stringify(loaded.problems));
    return loaded.config;
  };
  const before = settings("vars: { team: core, size: 1 }\ncommands: { skip: ['role:admin'] }\n");
  const after = settings("vars: { team: web, size: 1 }\ncommands: { skip: ['role:triage'] }\n");
  expect(compareSettings(before, after).map(shown)).toEqual([
    "! commands skip: role:admin -> role:triage",
    "vars team: core -> web",
  ]);
});
