import { expect, test } from "vitest";
import { labelled, told, verdict } from "./stage.ts";

const head = `workflow: w\n${labelled}\n`;
const onIssue = "on: { issues: { types: [labeled], labels: [bug] } }\npermissions: { issues: write }\n";

const parallel = `name: Checks
${onIssue}steps:
  - id: checks
    parallel:
      join: all
      steps:
        - { id: security, agent: security-agent, timeout: 1d }
        - { id: speed, agent: performance-agent, timeout: 1d }
  - { id: say, action: issues.createComment, inputs: { body: Checked } }
finally:
  - { id: bye, action: issues.addLabels, inputs: { labels: [done] } }
`;

const passing: readonly (readonly [
  says: string,
  workflow: string,
  tests: string,
  files?: Record<string, string>,
])[] = [
  [
    "branches are answered by their path, and by their id alone",
    parallel,
    `${head}answers: { checks/security: SAFE, speed: FAST }
expect: { state: completed, steps: [checks, checks/security, checks/speed, say, finally/bye], labels: [bug, done] }`,
  ],
  [
    "what is inside a group counts only where the list speaks of it",
    parallel,
    `${head}answers: { security: SAFE, speed: FAST }
expect: { steps: [checks, say] }`,
  ],
  [
    "a branch that fails fails the whole, and finally still runs",
    parallel,
    `${head}answers: { security: { fail: error }, speed: FAST }
expect: { state: failed, steps: { checks: failed, checks/security: failed, finally/bye: completed } }`,
  ],
  [
    "items are answered one by one, or all alike",
    `name: Each\n${onIssue}steps:
  - { id: each, for_each: { in: [a, b, c], as: file, max_parallel: 1 }, agent: poet, inputs: { file: "{{ file }}" } }
agents: { poet: { instructions: Write., output_schema: { type: object, properties: { line: { type: string } } } } }
outputs: { lines: "{{ steps.each.output }}" }\n`,
    `${head}answers: { each: { output: { line: la } }, "each[1]": { output: { line: li } } }
expect: { state: completed, steps: [each, "each[0]", "each[1]", "each[2]"], outputs: { lines: [{ line: la }, { line: li }, { line: la }] } }`,
  ],
  [
    "a repeat goes on until its answers say so",
    `name: Poll\n${onIssue}steps:
  - { id: poll, repeat: { until: self.ready, every: 1h, max: 10 }, agent: poet }
agents: { poet: { instructions: Look., output_schema: { type: object, properties: { ready: { type: boolean } } } } }\n`,
    `${head}answers: { poll: [{ output: { ready: false } }, { output: { ready: false } }, { output: { ready: true } }] }
expect: { state: completed, steps: { "poll[]": { visits: 3 }, poll: { output: { ready: true } } } }`,
  ],
  [
    "the steps of a child workflow are named below the step that runs it",
    `name: Parent\n${onIssue}steps:
  - { id: qa, workflow: ./qa.yml }
  - { id: say, action: issues.createComment, inputs: { body: "{{ steps.qa.output.verdict }}" } }\n`,
    `${head}answers: { qa/look: { output: { passed: true, notes: Fine } } }
expect: { state: completed, steps: [qa, qa/look, say], comments: ["good"] }`,
    {
      ".hishamos/qa.yml":
        "name: QA\nsteps:\n  - { id: look, agent: qa-agent }\noutputs: { verdict: \"{{ steps.look.output.passed ? 'good' : 'bad' }}\" }\n",
    },
  ],
  [
    "a child in a group is answered by its whole path, or by the step's id alone",
    `name: Parent\n${onIssue}steps:
  - id: checks
    parallel:
      steps:
        - { id: qa, workflow: ./qa.yml }
        - { id: security, agent: security-agent }
  - { id: say, action: issues.createComment, inputs: { body: "{{ steps.checks.output.qa.by }}" } }\n`,
    `${head}answers:
  security: SAFE
  checks/qa/test: { output: { passed: true, notes: Fine }, by: tom }
  agree: { approve: quinn, after: 1h }
expect: { state: completed, steps: { checks/qa: completed, checks/qa/test: completed, agree: completed }, comments: [quinn] }`,
    {
      ".hishamos/qa.yml":
        'name: QA\nsteps:\n  - { id: test, agent: qa-agent }\n  - { id: agree, approval: { from: [quinn] } }\noutputs: { by: "{{ steps.agree.output.by }}" }\n',
    },
  ],
  [
    "children of items are answered item by item",
    `name: Parent\n${onIssue}steps:
  - { id: each, for_each: { in: [a, b], max_parallel: 1 }, workflow: ./qa.yml }
outputs: { notes: "{{ steps.each.output }}" }\n`,
    `${head}answers:
  "each[0]/test": { output: { passed: true, notes: First } }
  "each[1]/test": { output: { passed: true, notes: Second } }
expect: { state: completed, outputs: { notes: [{ notes: First }, { notes: Second }] } }`,
    {
      ".hishamos/qa.yml":
        'name: QA\nsteps:\n  - { id: test, agent: qa-agent }\noutputs: { notes: "{{ steps.test.output.notes }}" }\n',
    },
  ],
];

test.for(passing)("%s", async ([, workflow, tests, files]) => {
  const answered = tests
    .replaceAll("SAFE", "{ output: { risk: none, summary: Fine } }")
    .replaceAll("FAST", "{ output: { acceptable: true, summary: Fine } }");
  expect(told(await verdict(workflow, answered, files))).toBe("");
});
