import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { explain } from "../../src/definition/explain.ts";
import { conditionInWords, valueInWords } from "../../src/definition/explain-condition.ts";
import { scheduleInWords } from "../../src/definition/explain-triggers.ts";
import { durationInWords } from "../../src/definition/explain-words.ts";
import { loadWorkflow } from "../../src/definition/index.ts";

function explained(text: string, files: Readonly<Record<string, string>> = {}): string {
  const loaded = loadWorkflow(text, ".hishamos/w.yml", { files: new Map(Object.entries(files)) });
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems, null, 2));
  return explain(loaded.workflow);
}

const everything = `
name: Everything
version: "2.0"
description: All kinds and modifiers.
on:
  issues: { types: [opened, labeled], labels: [bug, ui], roles: triage }
  pull_request: { types: [synchronize], branches: [main], paths: ["src/**"] }
  push: { branches: [main, "release/*"] }
  schedule: [{ cron: "30 6 * * 1-5", timezone: Europe/Berlin }, { cron: "*/15 * * * *" }]
  slash_command: { name: deploy, args: [env], on: [issue] }
  issue_comment: { types: [created], outsiders: ignore, own: true }
inputs:
  title: { type: string, required: true }
  env: { type: string, default: staging }
  number: { from: subject.number }
permissions: { issues: write, contents: read, pull-requests: read, actions: write, checks: read, statuses: read }
concurrency: { group: "deploy-{{ repo.name }}", on_conflict: queue }
cancel_on: [closed, merged]
limits: { timeout: 30d, max_steps: 500, tokens: 1000000, cost_usd: 5, on_budget: fail }
report: { comment: when_asked }
commands: { cancel: ["role:admin"] }
steps:
  - id: checks
    parallel:
      join: 2
      steps:
        - { id: lint, action: actions.run, inputs: { workflow: lint.yml }, retry: { max_attempts: 3, backoff: { initial: 10s, factor: 1, max: 10s }, on: [transient, timeout] } }
        - { id: scan, agent: security-agent, fail_if: 'self.risk == "high"' }
        - { id: wait, delay: 90m }
  - id: each
    for_each: { in: "{{ steps.checks.output.scan.findings }}", as: finding, max_parallel: 1, fail_fast: false }
    condition: "!contains(finding, 'minor')"
    action: issues.create
    inputs: { title: "{{ finding }}" }
    unique: "finding-{{ finding }}"
  - id: poll
    repeat: { until: self.status == 200, every: 5m, max: 12 }
    action: http.request
    inputs: { url: "https://example.org", headers: { authorization: "Bearer \${TOKEN}" } }
    secrets: [TOKEN]
  - id: group
    steps:
      - { id: fix, agent: coding-agent, timeout: 14d, remind: { every: 1d, max: 2 }, max_visits: 3, on_success: review, on_exhausted: lost }
      - { id: review, approval: { from: [maya, "@acme/leads", "role:maintain"], count: 2, by: [review], exclude: [] }, on_success: ci, on_failure: fix, on_timeout: lost, timeout: 3d }
      - { id: ci, wait_for: { checks: required }, on_success: merged, on_failure: fix }
      - { id: merged, wait_for: { pull_request: merged } }
      - { id: lost, action: comment.sticky, inputs: { body: Lost } }
  - { id: deployed, wait_for: { event: [deployment_status.created, release.published], match: 'event.deployment_status.state in ["success", "inactive"]' }, timeout: 1h }
  - { id: some, wait_for: { checks: [build, docs] }, timeout: 1h }
  - { id: qa, workflow: ./qa.yml }
  - { id: talk, agent: support-agent, condition: steps.qa.output.passed != true && (steps.group.visits > 1 || input.env == "production"), subject: "{{ steps.each.output[0].number }}", safe_outputs: { comment: { max: 1 }, labels: { max: 2, allowed: [a, b] } } }
  - { id: done, action: issues.addLabels, inputs: { labels: [done] }, conclude: completed }
finally:
  - { id: bye, action: issues.createComment, inputs: { body: Bye }, condition: failure() }
outputs: { url: "{{ steps.group.output.fix.pull_request.url }}" }
`;

test("every kind and every modifier is told", () => {
  const qa =
    'name: QA\nsteps:\n  - { id: look, agent: qa-agent }\noutputs: { passed: "{{ steps.look.output.passed }}" }\n';
  expect(explained(everything, { ".hishamos/qa.yml": qa })).toMatchInlineSnapshot(`
    "**Everything** (version 2.0): All kinds and modifiers.

    It starts:
    - when an issue is opened, or the label bug or ui is put on an issue by somebody with the role triage or above.
    - when a pull request gets new commits, for the branch main that touches src/**.
    - when somebody pushes to main or release/*.
    - on weekdays at 06:30 (Europe/Berlin).
    - every 15 minutes (UTC).
    - when somebody writes \`/deploy ENV\` on an issue.
    - when somebody writes a comment, even if a workflow caused it. What a stranger causes is ignored.

    What a stranger causes waits until somebody of the team allows it, unless said otherwise.
    It works on title, env ("staging" unless given) and number (the subject's number).
    While it runs for the group \`deploy-{{ repo.name }}\`, another start waits for its turn.

    Step by step; where a step fails, the run fails.

    1. **checks**: All of these begin at once, until 2 have succeeded; the others are then cancelled.
       - **lint**: A GitHub Actions workflow is run, and its end awaited (\`actions.run\`). After a failure that may pass or a timeout it is tried up to 3 times in all, 10 seconds apart.
       - **scan**: The agent security-agent does its work. It counts as failed if its output's risk is "high".
       - **wait**: It waits for 90 minutes.
    2. **each**: For each item of the findings of the scan from checks (as finding), and only if "minor" is not in the finding, an issue is opened (\`issues.create\`), one after the other; all are tried before one that failed counts. What was made once under the key \`finding-{{ finding }}\` is used again, not made anew.
    3. **poll**: Again and again, a service outside of GitHub is called (\`http.request\`), until its output's status is 200, at most 12 times, with 5 minutes in between. It uses the secret TOKEN.
    4. **group**: These steps are one piece of work.
       1. **fix**: The agent coding-agent makes a pull request. It may take 14 days, with a reminder every day, twice at most. It is entered 3 times at most; after that lost comes next.
       2. **review**: 2 different people of maya, @acme/leads or somebody with the role maintain or above must approve by a review. It may take 3 days. If it fails, fix comes next. If it takes too long, lost comes next.
       3. **ci**: It waits until all required checks of the pull request have succeeded. If it fails, fix comes next.
       4. **merged**: It waits until the pull request is merged. Here the path ends.
       5. **lost** (only after a failure): Its comment is kept up to date (\`comment.sticky\`). Here the path ends.
    5. **deployed**: It waits until GitHub tells of deployment_status.created or release.published where the deployment status's state is among "success", "inactive". It may take 1 hour.
    6. **some**: It waits until the checks build and docs of the pull request have succeeded. It may take 1 hour.
    7. **qa**: The workflow ./qa.yml is run, and its end awaited.
    8. **talk**: Only if the passed from qa is not true and (the number of visits of group is more than 1 or the input env is "production"), the agent support-agent does its work. It is about another issue or pull request: \`steps.each.output[0].number\`. For it may be done: comments (1 at most) and labels (2 at most, of a or b).
    9. **done**: Labels are added (\`issues.addLabels\`). That ends the run as completed.

    Whatever the end, at the very last:
    1. **bye**: Only if it failed, a comment is written (\`issues.createComment\`).

    It is cancelled when somebody closes the issue or pull request, or when the pull request is merged.
    The whole may take 30 days at most.
    Agents may spend 1,000,000 tokens and 5 US dollars; over that it fails.
    It makes 500 step visits at most.
    Its results are url.
    It comments only where somebody is asked.
    Its actions may write issues, read contents, read pull requests, write actions, read checks and read statuses.
    \`/hishamos cancel\` is for role:admin.
    "
  `);
});

test("the Bug Lifecycle is told so that it can be read aloud", () => {
  const path = new URL("../../workflows-library/bug-lifecycle.yml", import.meta.url);
  const told = explained(readFileSync(path, "utf8"));
  expect(told).toContain(
    'It starts when the label bug is put on an issue, provided that the issue\'s state is "open".',
  );
  expect(told).toContain("Unless said otherwise, a step that fails or takes too long leads to notify_team.");
  expect(told).toContain(
    "3. **backlog**: Only if the severity from triage is at most 2, labels are added (`issues.addLabels`). That ends the run as completed. If it is skipped, urgent comes next.",
  );
  expect(told).toContain("A run that ends in notify_team or give_up has failed");
});

describe("what a run is about is known from what starts it", () => {
  const issue = "It is cancelled when somebody closes the issue";
  const either = "It is cancelled when somebody closes the issue or pull request.";
  const rows: readonly (readonly [on: string, said: string, shown: string])[] = [
    [
      "{ issues: { types: [labeled] } }",
      `${issue}, or when the label that started it is taken away.`,
      "A comment on the issue shows",
    ],
    [
      "issues",
      `${issue}, or when the label that started it is taken away.`,
      "While it runs for the same issue, another",
    ],
    ["{ issues: { types: [opened] } }", `${issue}.`, "A comment on the issue shows how it goes on."],
    [
      "pull_request",
      "It is cancelled when somebody closes the pull request.",
      "While it runs for the same pull request, another start joins it; new",
    ],
    ["{ slash_command: { name: fix } }", either, "A comment on the issue or pull request shows"],
    ["{ slash_command: { name: fix, on: [issue] } }", `${issue}.`, "A comment on the issue shows"],
    [
      "[pull_request_review, issues]",
      "It is cancelled when somebody closes the issue or pull request, or when the label that started it is taken away.",
      "",
    ],
    ['{ schedule: [{ cron: "0 3 * * *" }], issues: { types: [opened] } }', `${issue}.`, ""],
  ];
  test.for(rows)("on: %s", ([on, said, shown]) => {
    const told = explained(`name: W\non: ${on}\nsteps: [{ id: a, delay: 1s }]\n`);
    expect(told.split("\n")).toContain(said);
    expect(told).toContain(shown);
  });

  test("cancel_on: merged is for pull requests", () => {
    const told = (on: string) =>
      explained(`name: W\non: ${on}\ncancel_on: [merged]\nsteps: [{ id: a, delay: 1s }]\n`);
    expect(told("pull_request")).toContain("It is cancelled when the pull request is merged.");
    expect(told("issues")).not.toContain("It is cancelled");
  });

  test.for(['{ schedule: [{ cron: "0 3 * * *" }] }', "push", "release"])("on: %s is about none", (on) => {
    const told = explained(`name: W\non: ${on}\nsteps: [{ id: a, delay: 1s }]\n`);
    expect(told).not.toMatch(/cancelled when|issue or pull request|joins it/);
    expect(told).toContain("Each start is a run of its own.");
    expect(told).toContain("An issue is opened for it where it first needs a person.");
  });
});

describe("a list and a graph say what follows a step, each in its way", () => {
  const rows: readonly (readonly [says: string, steps: string, line: string])[] = [
    [
      "a list says nothing: the next step follows",
      "- { id: a, delay: 1s }\n  - { id: b, delay: 1s }",
      "1. **a**: It waits for 1 second.",
    ],
    [
      "a graph leaves out the step below",
      "- { id: a, delay: 1s, on_success: b }\n  - { id: b, delay: 1s }",
      "1. **a**: It waits for 1 second.",
    ],
    [
      "a graph names another one",
      "- { id: a, delay: 1s, on_success: c, on_failure: b }\n  - { id: b, delay: 1s }\n  - { id: c, delay: 1s }",
      "1. **a**: It waits for 1 second. Next comes c. If it fails, b comes next.",
    ],
    [
      "a path that ends",
      "- { id: a, delay: 1s, condition: input.x, on_skip: b }\n  - { id: b, delay: 1s }",
      "1. **a**: Only if the input x is true, it waits for 1 second. Here the path ends. If it is skipped, b comes next.",
    ],
    [
      "a repeat without until",
      "- { id: a, repeat: { max: 2 }, delay: 1s }",
      "1. **a**: Again and again, it waits for 1 second, 2 times.",
    ],
    [
      "a delay that is computed",
      '- { id: a, delay: "{{ input.pause }}" }',
      "1. **a**: It waits for the input pause.",
    ],
    [
      "the first to succeed",
      "- { id: a, parallel: { join: any, steps: [{ id: b, delay: 1s }, { id: c, delay: 1s }] } }",
      "1. **a**: All of these begin at once, until one has succeeded; the others are then cancelled.",
    ],
  ];
  test.for(rows)("%s", ([, steps, line]) => {
    expect(explained(`name: W\nsteps:\n  ${steps}\n`).split("\n")).toContain(line);
  });
});

const conditions: readonly (readonly [source: string, words: string])[] = [
  ["steps.triage.output.severity > 3", "the severity from triage is more than 3"],
  ["{{ steps.triage.output.severity }} <= 2", "the severity from triage is at most 2"],
  ['contains(event.issue.labels.*.name, "bug")', '"bug" is in the issue\'s labels'],
  ['!contains(event.issue.labels.*.name, "bug")', '"bug" is not in the issue\'s labels'],
  [
    'steps.a.state == "failed" || error.code != "timeout"',
    'the state of a is "failed" or the error\'s code is not "timeout"',
  ],
  ["input.a && (input.b || input.c)", "the input a is true and (the input b is true or the input c is true)"],
  ["!self.passed", "its output's passed is not true"],
  ["!(input.a == 1)", "the input a is not 1"],
  ["event.pull_request.merged == true", "the pull request's merged is true"],
  ["subject.pull_request == null", "the subject's pull request is missing"],
  ["length(steps.a.output.items) >= 2", "the length of the items from a is at least 2"],
  ["actor in vars.team", "who started it is among the setting team"],
  ["success()", "all went well"],
  ["true", "always"],
  ["input.a ? input.b : input.c", "`input.a ? input.b : input.c`"],
  ['matches(input.a, "^`x`$")', 'the input a matches "^`x`$"'],
  ["format(`", "`format( `"],
];
test.for(conditions)("if %s is if %s", ([source, words]) => {
  expect(conditionInWords(source)).toBe(words);
});

const values: readonly (readonly [source: string, words: string])[] = [
  ["event.issue.title", "the issue's title"],
  ["steps.plan.output", "what plan gave"],
  ["steps.plan.output.first.name", "the name of the first from plan"],
  ['default(input.a, "x")', 'the input a, or else "x"'],
  ["input.a || input.b", "the input a, or else the input b"],
  ["steps.a.output[0]", "what a gave[0]"],
];
test.for(values)("%s is %s", ([source, words]) => {
  expect(valueInWords(source)).toBe(words);
});

const times: readonly (readonly [cron: string, words: string])[] = [
  ["30 6 * * *", "every day at 06:30"],
  ["0 9 * * 1", "every Monday at 09:00"],
  ["0 9 * * 1,4", "every Monday and Thursday at 09:00"],
  ["0 9 * * 1-5", "on weekdays at 09:00"],
  ["*/10 * * * *", "every 10 minutes"],
  ["5 * * * *", "every hour, 5 minutes past"],
  ["0 0 1 * *", "on day 1 of every month at 00:00"],
  ["0 0 1 1 *", "at the times of `0 0 1 1 *`"],
];
test.for(times)("%s is %s", ([cron, words]) => {
  expect(scheduleInWords(cron)).toBe(words);
});

const durations: readonly (readonly [ms: number, words: string])[] = [
  [1_000, "1 second"],
  [90_000, "1 minute and 30 seconds"],
  [7_200_000, "2 hours"],
  [604_800_000, "7 days"],
  [250, "250 milliseconds"],
  [0, "no time"],
];
test.for(durations)("%i ms is %s", ([ms, words]) => {
  expect(durationInWords(ms)).toBe(words);
});

test("what is tried again is said once, and of nothing that is only waited for", () => {
  const told = explained(`name: W
defaults: { retry: 2 }
permissions: { issues: write }
steps:
  - { id: a, agent: qa-agent }
  - { id: b, agent: qa-agent }
  - { id: c, agent: qa-agent }
  - { id: d, approval: {} }
  - { id: e, delay: 1h }
  - { id: g, steps: [{ id: h, agent: qa-agent }, { id: i, wait_for: issues.closed }] }
  - { id: once, agent: qa-agent, retry: 1 }
finally: [{ id: z, agent: qa-agent }]
`);
  const lines = told.split("\n").filter((line) => /\btried\b/.test(line));
  expect(lines).toEqual([
    expect.stringMatching(/^Unless said otherwise, what fails is tried once more/),
    expect.stringMatching(/\*\*once\*\*.* It is tried only once\.$/),
  ]);
});
