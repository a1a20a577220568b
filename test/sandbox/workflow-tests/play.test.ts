import { describe, expect, test } from "vitest";
import { labelled, told, triageWorkflow, verdict } from "./stage.ts";

const head = `workflow: w\n${labelled}\n`;

interface Row {
  readonly says: string;
  readonly workflow?: string;
  readonly tests: string;
  readonly files?: Readonly<Record<string, string>>;
}

const onIssue = "on: { issues: { types: [labeled], labels: [bug] } }\npermissions: { issues: write }\n";
const onPull =
  "on: { pull_request: { types: [opened] } }\npermissions: { issues: write, pull_requests: write, checks: read }\n";

const listing = `name: W
on: { schedule: [{ cron: "0 6 * * *" }] }
permissions: { pull_requests: read }
steps:
  - id: found
    action: search.issuesAndPullRequests
    inputs: { q: "repo:{{ repo.full_name }} is:pr is:open draft:false author:app/dependabot", sort: created, order: asc }
  - id: pull
    action: pulls.get
    inputs: { pull_number: "{{ first(steps.found.output.items).number }}" }
outputs:
  titles: "{{ steps.found.output.items.*.title }}"
  from: "{{ steps.pull.output.head.repo.full_name }}"
  kind: "{{ steps.pull.output.user.type }}"
`;

const rows: readonly Row[] = [
  {
    says: "pull requests of a bot, a fork and a draft are as on GitHub, each on a branch of its own",
    workflow: listing,
    tests: `workflow: w
event: schedule
github:
  pull_requests:
    - { title: Bump a, author: "dependabot[bot]" }
    - { title: Bump b, author: "dependabot[bot]", draft: true, labels: [bug] }
    - { title: Mine, author: tom, fork: true }
expect: { state: completed, outputs: { titles: [Bump a], from: acme/shop, kind: Bot } }`,
  },
  {
    says: "a pull request from a fork has its head there",
    workflow: listing.replace("app/dependabot", "tom"),
    tests: `workflow: w
event: schedule
github: { pull_requests: [{ title: Mine, author: tom, fork: true }] }
expect: { state: completed, outputs: { from: tom/shop, kind: User } }`,
  },
  {
    says: "models answer at once, people approve, and the issue is closed",
    tests: `${head}github: { collaborators: { maya: maintain } }
answers: { triage: { output: { severity: 4, summary: Bad } }, decide: { approve: maya } }
expect:
  state: completed
  steps: [triage, urgent, decide, close]
  labels: [bug, urgent]
  issue: closed`,
  },
  {
    says: "a skipped step counts where the list names it",
    tests: `${head}github: { collaborators: { maya: maintain } }
answers: { triage: { output: { severity: 2, summary: Small } }, decide: { approve: maya } }
expect: { steps: [triage, urgent: skipped, decide, close], labels: { has: [bug], not: [urgent] } }`,
  },
  {
    says: "a skipped step that the list does not name is no difference",
    tests: `${head}github: { collaborators: { maya: maintain } }
answers: { triage: { output: { severity: 2, summary: Small } }, decide: { approve: maya } }
expect: { steps: [triage, decide, close] }`,
  },
  {
    says: "a crash in each step does nothing twice: what was done is found, who was asked is asked once",
    tests: `${head}github: { collaborators: { maya: maintain } }
answers: { triage: { output: { severity: 4, summary: Bad } }, decide: { approve: maya } }
crash: [triage, urgent, decide, close]
expect: { state: completed, steps: [triage, urgent, decide, close], labels: [bug, urgent], issue: closed }`,
  },
  {
    says: "after a crash nobody knows whether what can be done only once was done: it is not done again",
    workflow: `name: W\n${onIssue.replace("issues: write", "contents: write")}steps:\n  - { id: tell, action: repos.createDispatchEvent, inputs: { event_type: built } }\n`,
    tests: `${head}crash: tell\nexpect: { state: failed, error: { step: tell, code: outcome_unknown } }`,
  },
  {
    says: "where nobody answers, a week passes and the timeout is taken",
    tests: `${head}expect:
  state: failed
  steps: [triage: failed, tell]
  error: { step: triage, code: timeout }
  comments: ["Stuck at triage"]`,
  },
  {
    says: "people who may not decide do not decide: the clock goes on",
    tests: `${head}github: { collaborators: { tom: write } }
answers: { triage: { output: { severity: 2, summary: Small } }, decide: { approve: tom } }
expect: { state: failed, steps: { decide: failed, close: { visits: 0 } } }`,
  },
  {
    says: "a rejection has its reason",
    tests: `${head}github: { collaborators: { maya: maintain } }
answers: { triage: { output: { severity: 2, summary: Small } }, decide: { reject: maya, reason: Not now } }
expect: { state: failed, error: rejected, comments: ["Stuck at decide: Not now", { not: Thank you }] }`,
  },
  {
    says: "an answer by a person comes as a comment, after the time they take, and is reminded of",
    tests: `${head}github: { collaborators: { maya: maintain } }
answers:
  triage: { output: { severity: 2, summary: Small }, by: maya, after: 2d }
  decide: { approve: maya }
expect: { state: completed, steps: { triage: { output: { severity: 2 } } }, comments: [/hishamos done triage] }`,
  },
  {
    says: "an action that fails for a while is tried again, and then done",
    tests: `${head}github: { collaborators: { maya: maintain } }
answers:
  triage: { output: { severity: 4, summary: Bad } }
  urgent: { fail: transient, times: 2 }
  decide: { approve: maya }
expect: { state: completed, labels: [bug, urgent] }`,
  },
  {
    says: "an action that always fails takes the failure path, with its own code and message",
    tests: `${head}answers:
  triage: { output: { severity: 4, summary: Bad } }
  urgent: { fail: { class: error, code: http_403, message: Forbidden } }
expect: { state: failed, steps: [triage, urgent: failed, tell], error: { code: http_403 }, comments: ["Forbidden"] }`,
  },
  {
    says: "time can be stopped: it still waits",
    tests: `${head}time: 3d\nexpect: { state: running, steps: [triage: waiting] }`,
  },
  {
    says: "an event that matches no trigger starts nothing",
    tests: `workflow: w
event: { issues.labeled: { label: question, issue: { title: Why } } }
expect: { state: not_started, steps: [] }`,
  },
  {
    says: "a pull request opens, gets changes, and is reviewed",
    workflow: `name: Fix
${onIssue}steps:
  - { id: fix, agent: coding-agent, max_visits: 3, on_success: review }
  - { id: review, approval: { by: [review], exclude: [author] }, on_success: done, on_failure: fix }
  - { id: done, action: issues.createComment, inputs: { body: "{{ steps.fix.output.pull_request.branch }}" } }
`,
    tests: `${head}answers:
  fix: { pull_request: { branch: fix/7, title: Repair it }, by: tom }
  review: [{ reject: quinn, reason: Tests }, { approve: quinn }]
expect:
  state: completed
  steps: [fix, review: failed, fix, review, done]
  comments: [fix/7]
  pull_request: open`,
  },
  {
    says: "a wait is ended by what somebody does",
    workflow: `name: Merge\n${onPull}steps:
  - { id: merged, wait_for: { event: pull_request.closed, match: event.pull_request.merged }, timeout: 3d }
  - { id: say, action: issues.createComment, inputs: { body: Merged } }\n`,
    tests: `workflow: w
event: { pull_request.opened: { pull_request: { title: Add x, author: tom, branch: feature/x } } }
answers: { merged: { as: maya, merges: true, after: 1d } }
expect: { state: completed, pull_request: merged, comments: [Merged] }`,
  },
  {
    says: "a wait is ended by an event with its payload",
    workflow: `name: Wait\n${onIssue}steps:
  - { id: deployed, wait_for: { event: deployment_status.created, match: 'event.deployment_status.state == "success"' }, timeout: 3d }
  - { id: say, action: issues.createComment, inputs: { body: "Deployed to {{ steps.deployed.output.deployment.environment }}" } }\n`,
    tests: `${head}answers:
  deployed: { event: { deployment_status.created: { deployment_status: { state: success }, deployment: { environment: staging } } }, after: 1d }
expect: { state: completed, steps: [deployed, say] }`,
  },
  {
    says: "a workflow without an event takes its inputs",
    workflow: `name: Hand\npermissions: { issues: write }\ninputs: { title: { type: string, required: true } }
steps:\n  - { id: open, action: issues.create, inputs: { title: "{{ input.title }}" } }\noutputs: { number: "{{ steps.open.output.number }}" }\n`,
    tests: `workflow: w\ninput: { title: Hello }\nexpect: { state: completed, outputs: { number: 1 }, steps: { open: { input: { title: Hello } } } }`,
  },
  {
    says: "an event on an issue that is there already",
    tests: `workflow: w
github: { collaborators: { maya: maintain }, issues: [{ title: Old, author: alice }, { title: Broken, author: alice, labels: [ui] }] }
event: { issues.labeled: { issue: 2, label: bug } }
answers: { triage: { output: { severity: 1, summary: Small } }, decide: { approve: maya } }
expect: { state: completed, labels: [ui, bug] }`,
  },
  {
    says: "a stranger's start is held until somebody allows it",
    workflow: `name: Held\non: { issues: { types: [opened] } }\npermissions: { issues: write }\nsteps: [{ id: triage, agent: bug-triage-agent, timeout: 2d }]\n`,
    tests: `workflow: w
github: { collaborators: { eve: none } }
event: { issues.opened: { issue: { title: Spam, author: eve } } }
expect: { state: paused, steps: [] }`,
  },
  {
    says: "an event that the stand-in never sends by itself is delivered as it is given",
    workflow:
      "name: Release\non: { release: { types: [published] } }\npermissions: { issues: write }\nsteps: [{ id: open, action: issues.create, inputs: { title: '{{ event.release.tag_name }}' } }]\n",
    tests: `workflow: w
event: { release.published: { release: { tag_name: v1 }, by: maya } }
expect: { state: completed, steps: { open: { input: { title: v1 } } } }`,
  },
  {
    says: "a push",
    workflow:
      "name: Push\non: { push: { branches: [main], paths: ['src/**'] } }\npermissions: { issues: write }\nsteps: [{ id: open, action: issues.create, inputs: { title: '{{ event.head_commit.message }}' } }]\n",
    tests: `workflow: w
event: { push: { branch: main, files: { src/a.js: "1" }, message: Add a, by: tom } }
expect: { state: completed, steps: { open: { input: { title: Add a } } } }`,
  },
  {
    says: "a schedule's tick",
    workflow:
      "name: Weekly\non: { schedule: [{ cron: '0 9 * * 1' }] }\npermissions: { issues: write }\nsteps: [{ id: open, action: issues.create, inputs: { title: Week } }]\n",
    tests: "workflow: w\nevent: schedule\nexpect: { state: completed, steps: [open] }",
  },
  {
    says: "a schedule's tick is about no issue, and reads the repository's vars",
    workflow:
      "name: Weekly\non: { schedule: [{ cron: '0 9 * * 1' }] }\npermissions: { issues: write }\nsteps: [{ id: open, action: issues.create, inputs: { title: '{{ vars.title }} {{ default(subject.number, 0) }}' } }]\n",
    tests: `workflow: w
event: schedule
github: { issues: [{ title: Old }], files: { .hishamos/config.yml: "vars: { title: Week }" } }
expect: { state: completed, steps: { open: { input: { title: Week 0 } } } }`,
  },
  {
    says: "a slash command with an argument, by somebody who may",
    workflow: `name: Ship
on: { slash_command: { name: ship, args: [env], on: [issue], roles: write } }
permissions: { issues: write }
steps: [{ id: say, action: issues.createComment, inputs: { body: "To {{ input.env }}" } }]\n`,
    tests: `workflow: w
event: { issue_comment.created: { comment: /ship staging, by: tom, issue: { title: Ship it } } }
expect: { state: completed, comments: [To staging] }`,
  },
  {
    says: "a pull request from a fork, merged as the event",
    workflow: `name: Thanks
on: { pull_request: { types: [closed], outsiders: run } }
permissions: { issues: write }
steps: [{ id: say, action: issues.createComment, condition: event.pull_request.merged, inputs: { body: "Thanks {{ event.pull_request.user.login }}" } }]\n`,
    tests: `workflow: w
github: { collaborators: { eve: none } }
event: { pull_request.closed: { pull_request: { title: Typo, author: eve, fork: true, merged: true }, by: tom } }
expect: { state: completed, steps: [say], comments: [Thanks eve], pull_request: merged }`,
  },
  {
    says: "an agent of the repository, and the issue's comment as event",
    workflow: `name: Poem\non: { issue_comment: { types: [created] } }\npermissions: { issues: write }
steps:\n  - { id: write, agent: poet }\n  - { id: say, action: issues.createComment, inputs: { body: "{{ steps.write.output.poem }}" } }\n`,
    files: {
      ".hishamos/agents/poet.yml":
        "agent:\n  name: poet\n  instructions: Write.\n  output_schema: { type: object, required: [poem], properties: { poem: { type: string } } }\n",
    },
    tests: `workflow: w
event: { issue_comment.created: { comment: A poem please, by: maya, issue: { title: Poems, author: maya } } }
answers: { write: { output: { poem: Roses are red } } }
expect: { state: completed, comments: [Roses are red] }`,
  },
];

describe("a case passes", () => {
  test.for(rows)("$says", async ({ workflow = triageWorkflow, tests, files }) => {
    const result = await verdict(workflow, tests, files);
    expect(told(result)).toBe("");
    expect(result.passed).toBe(true);
  });
});
