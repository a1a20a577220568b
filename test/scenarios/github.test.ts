import { rehearsal } from "./rehearsal.ts";

const on = "on: { issues: { types: [opened] } }";
const opened = "event: { issues.opened: {} }";
const onPull = "on: { pull_request: { types: [opened] } }";
const openedPull = "event: { pull_request.opened: {} }";

const listed = `
steps:
  - { id: wait, delay: 1h }
  - { id: list, action: issues.listComments }
outputs: { shown: '{{ contains(join(steps.list.output.*.body, " "), "mermaid") }}' }`;
const read = "permissions: { issues: read }";
rehearsal(
  "report-sticky",
  `${on}\n${read}\n${listed}`,
  `${opened}\nexpect: { outputs: { shown: true }, comments: [] }`,
);
rehearsal(
  "report-none",
  `${on}\n${read}\nreport: { comment: none }\n${listed}`,
  `${opened}\nexpect: { outputs: { shown: false }, comments: [] }`,
);
rehearsal(
  "report-asks",
  `${on}\nsteps: [{ id: ok, approval: { message: Ship it? } }]`,
  `
${opened}
answers: { ok: { reject: mona } }
expect: { state: failed, comments: ["Ship it?", "failed"] }`,
);
rehearsal(
  "report-none",
  `${on}\nreport: { comment: none }\nsteps: [{ id: ok, approval: { message: Ship it? } }]`,
  `
${opened}
expect: { state: running, comments: [{ not: "Ship it?" }] }`,
  { more: "nor asks" },
);

/** Another workflow, which waits for nothing; what is played looks at the comments later. */
const works = (trigger: string) => ({
  "works.yml": `name: Works\n${trigger}\n${read}\nsteps: [{ id: a, action: issues.get }]`,
});
const looks = (trigger: string) => `${trigger}\n${read}\nreport: { comment: none }\n${listed}`;
rehearsal("report-sticky", looks(on), `${opened}\nexpect: { outputs: { shown: true }, comments: [] }`, {
  more: "of one that waits for nothing",
  files: works(on),
});
rehearsal(
  "report-sticky",
  looks(onPull),
  `${openedPull}\nexpect: { outputs: { shown: false }, comments: [] }`,
  { more: "of one on a pull request", files: works(onPull) },
);

const checks = (more = "") => `
name: Ship
${onPull}
permissions: { checks: read }
${more}
steps:
  - { id: wait, delay: 1h }
  - { id: list, action: checks.listForRef, inputs: { ref: "{{ subject.head_sha }}" } }
outputs: { names: "{{ steps.list.output.check_runs.*.name }}" }`;
rehearsal(
  "report-check",
  checks(),
  `${openedPull}\nexpect: { outputs: { names: ["HishamOS / Ship"] }, comments: [] }`,
);
rehearsal(
  "report-check-none",
  checks("report: { check: none }"),
  `${openedPull}\nexpect: { outputs: { names: [] }, comments: [] }`,
);

const alone = (more: string) => `${more}\nsteps: [{ id: ok, approval: { message: Ship it?, exclude: [] } }]`;
rehearsal(
  "report-issue",
  alone(""),
  `
answers: { ok: { approve: mona } }
expect: { state: completed, issue: closed, comments: ["Ship it?", "is completed"] }`,
);
const counting = (report: string) => `
permissions: { issues: read }
${report}
steps:
  - id: p
    parallel:
      join: any
      steps:
        - { id: ok, approval: { message: Ship it? } }
        - { id: look, steps: [{ id: wait, delay: 1h }, { id: all, action: issues.listForRepo }] }
outputs: { issues: "{{ length(steps.p.output.look.all) }}" }`;
const counted = (issues: number) => `expect: { outputs: { issues: ${issues} }, comments: [] }`;
rehearsal("report-issue", counting(""), counted(1), { more: "just one" });
rehearsal("report-issue-none", counting("report: { issue: none }"), counted(0));

rehearsal(
  "action-filled",
  `
${on}
permissions: { issues: write }
steps: [{ id: a, action: issues.addLabels, inputs: { labels: [seen] } }]`,
  `
${opened}
expect: { state: completed, labels: [seen] }`,
);
rehearsal(
  "action-lists",
  `
${on}
permissions: { issues: write }
steps:
  - { id: all, for_each: { in: [1, 2, 3, 4, 5], max_parallel: 1 }, action: issues.createComment, inputs: { body: "{{ item }}" } }
  - { id: few, action: issues.listComments, inputs: { per_page: 2, max_items: 3 } }
  - { id: many, action: issues.listComments, inputs: { per_page: 2 } }
outputs: { counts: "{{ [length(steps.few.output), length(steps.many.output)] }}" }`,
  `
${opened}
expect: { outputs: { counts: [3, 5] } }`,
);
rehearsal(
  "comment-sticky",
  `
${on}
permissions: { issues: write }
steps:
  - { id: say, max_visits: 2, action: comment.sticky, inputs: { body: "visit {{ execution.round }} {{ steps.wait.visits }}" }, on_success: wait, on_exhausted: list }
  - { id: wait, delay: 1m, on_success: say }
  - { id: list, action: issues.listComments, conclude: completed }
outputs: { bodies: "{{ length(steps.list.output) }}", last: "{{ startsWith(first(steps.list.output).body, 'visit 1 1') }}" }`,
  `
${opened}
expect: { outputs: { bodies: 1, last: true } }`,
);
rehearsal(
  "unique-key",
  `
${on}
permissions: { issues: write }
steps:
  - { id: a, action: issues.create, unique: weekly, inputs: { title: Weekly } }
  - { id: b, action: issues.create, unique: weekly, inputs: { title: Weekly } }
  - { id: c, action: issues.create, inputs: { title: Weekly } }
outputs: { same: "{{ steps.a.output.number == steps.b.output.number }}", other: "{{ steps.a.output.number == steps.c.output.number }}" }`,
  `
${opened}
expect: { outputs: { same: true, other: false } }`,
);

const approval = (options: string) => `${on}\nsteps: [{ id: ok, approval: {${options}} }]`;
const command = (by: string, expected: string, more = "") => `
${opened}
answers: { ok: { as: ${by}, comments: /hishamos approve ok } }
${more}
expect: { state: ${expected} }`;
rehearsal("approval-from", approval(""), command("mona", "completed"));
rehearsal(
  "approval-from",
  approval(""),
  command("eve", "running", "github: { collaborators: { eve: triage } }"),
  { more: "role:write" },
);
rehearsal("approval-from", approval("from: [bob]"), command("mona", "running"), { more: "a login" });
rehearsal(
  "approval-from",
  approval('from: ["@acme/leads"]'),
  command("mona", "completed", "github: { teams: { acme/leads: [mona] } }"),
  { more: "a team" },
);
const labelled = (by: string) => `
event: { issues.labeled: { by: mona, label: bug } }
answers: { ok: { as: ${by}, comments: /hishamos approve ok } }
expect: { state: running }`;
for (const by of ["mona", "reporter"]) {
  const text = "on: { issues: { labels: [bug] } }\nsteps: [{ id: ok, approval: {} }]";
  rehearsal("approval-exclude", text, labelled(by), {
    more: by === "mona" ? "who started it" : "its author",
  });
}
rehearsal("approval-exclude", approval("exclude: []"), command("reporter", "completed"), { more: "nobody" });
rehearsal("approval-by", approval("by: [button]"), command("mona", "running"));
const reviewed = (by: string) => `${onPull}\nsteps: [{ id: ok, approval: { by: [${by}] } }]`;
const review = (event: string, expected: string) => `
${openedPull}
answers: { ok: { as: mona, reviews: { event: ${event}, body: Hm } } }
expect: { state: ${expected} }`;
rehearsal(
  "approval-by",
  reviewed("button"),
  `
${openedPull}
answers: { ok: { as: mona, clicks: approve } }
expect: { state: completed }`,
  { more: "a button" },
);
rehearsal("approval-by", reviewed("command"), review("approve", "running"), { more: "not by review" });
rehearsal("approval-review", reviewed("review"), review("approve", "completed"));
rehearsal("approval-review", reviewed("review"), review("request_changes", "failed"), { more: "changes" });
rehearsal("approval-review", reviewed("review"), review("comment", "running"), { more: "a comment" });

const waits = `${onPull}\npermissions: { checks: read, statuses: read }\nsteps: [{ id: w, wait_for: { checks: [build, test] } }]`;
rehearsal(
  "wait-checks",
  waits,
  `
${openedPull}
answers: { w: { checks: { build: success, test: success } } }
expect: { state: completed }`,
);
rehearsal(
  "wait-checks",
  waits,
  `
${openedPull}
time: 1d
answers: { w: { checks: { build: success } } }
expect: { state: running }`,
  { more: "not all of them" },
);
rehearsal(
  "wait-checks",
  waits,
  `
${openedPull}
answers: { w: { checks: { build: failure, test: success } } }
expect: { state: failed }`,
  { more: "one failed" },
);
const waitsFor = (which: string) =>
  `${onPull}\npermissions: { checks: read, statuses: read, contents: read }\nsteps: [{ id: w, wait_for: { checks: ${which} } }]`;
for (const [which, expected] of [
  ["required", "completed"],
  ["all", "failed"],
] as const) {
  rehearsal(
    "wait-checks-which",
    waitsFor(which),
    `
${openedPull}
github: { required_checks: { main: [build] } }
answers: { w: { checks: { build: success, lint: failure } } }
expect: { state: ${expected} }`,
    { more: which },
  );
}
rehearsal(
  "failed-output",
  waits,
  `
${openedPull}
answers: { w: { checks: { build: failure, test: success } } }
expect: { steps: { w: { state: failed, output: { checks: [{ name: build, conclusion: failure }, { name: test, conclusion: success }] } } } }`,
  { more: "of checks" },
);
rehearsal(
  "failed-output",
  `
${on}
permissions: { actions: write }
steps: [{ id: ci, action: actions.run, inputs: { workflow: ci.yml } }]`,
  `
${opened}
github: { files: { .github/workflows/ci.yml: "on: workflow_dispatch" } }
answers: { ci: { run: { conclusion: failure } } }
expect: { steps: { ci: { state: failed, output: { conclusion: failure } } } }`,
  { more: "of a run" },
);
// Were the first review taken, nobody would be asked again.
rehearsal(
  "approval-review",
  `
${onPull}
permissions: { pull_requests: read }
steps:
  - id: both
    parallel:
      steps:
        - { id: ok, approval: { by: [review] } }
        - { id: more, wait_for: { event: pull_request.synchronize } }
  - { id: all, action: pulls.listReviews }
outputs: { reviews: "{{ length(steps.all.output) }}" }`,
  `
${openedPull}
answers:
  both/ok: { as: mona, reviews: { event: approve, body: Fine } }
  both/more: { as: developer, pushes: { branch: change } }
expect: { state: completed, outputs: { reviews: 2 } }`,
  { more: "of an older head" },
);
const filed = (condition: string) => `
on: { pull_request: { types: [opened], condition: "${condition}" } }
concurrency: { on_conflict: join }
steps:
  - { id: first, action: pulls.get, condition: "subject.files == ['src/a.ts']" }
  - { id: more, wait_for: { event: pull_request.synchronize } }
permissions: { pull_requests: read }
outputs: { files: "{{ subject.files }}", first: "{{ steps.first.state }}" }`;
const withFile = (expected: string) => `
event: { pull_request.opened: { pull_request: { files: { src/a.ts: "1" } } } }
answers: { more: { as: developer, pushes: { branch: change, files: { docs/b.md: "2" } } } }
expect: ${expected}`;
rehearsal(
  "subject-files",
  filed("'src/a.ts' in subject.files"),
  withFile("{ state: completed, outputs: { files: [docs/b.md, src/a.ts], first: completed } }"),
  { more: "of a pull request" },
);
rehearsal("subject-files", filed("'docs/b.md' in subject.files"), withFile("{ state: not_started }"), {
  more: "in the condition of a trigger",
});
rehearsal(
  "actions-run",
  `
${on}
permissions: { actions: write }
steps: [{ id: ci, action: actions.run, inputs: { workflow: ci.yml } }]`,
  `
${opened}
github: { files: { .github/workflows/ci.yml: "on: workflow_dispatch" } }
answers: { ci: { run: { conclusion: success, output: { coverage: 90 } } } }
expect: { steps: { ci: { state: completed, output: { conclusion: success, results: { coverage: 90 } } } } }`,
  { more: "its results" },
);
rehearsal(
  "agent-pull-request",
  `
${on}
steps: [{ id: fix, agent: coding-agent }, { id: z, delay: 1m }]
outputs: { branch: "{{ steps.fix.output.pull_request.branch }}" }`,
  `
${opened}
answers: { fix: { pull_request: { branch: fix/it }, after: 1d } }
expect: { state: completed, outputs: { branch: fix/it } }`,
  { more: "opened by a developer" },
);

rehearsal(
  "agent-human",
  `${on}\nsteps: [{ id: a, agent: bot }]`,
  `
${opened}
answers: { a: { output: { x: 1 }, by: mona, after: 2d } }
expect: { state: completed, comments: ["/hishamos done"], steps: { a: { output: { x: 1 } } } }`,
);
const narrow =
  "{ instructions: Judge., output_schema: { type: object, required: [grade], additionalProperties: false, properties: { grade: { type: integer } } } }";
const graded = (agents: string) =>
  `${on}\nsteps: [{ id: a, agent: qa-agent }]\n${agents}\noutputs: { grade: "{{ steps.a.output.grade }}" }`;
rehearsal(
  "agent-own",
  graded(`agents: { qa-agent: ${narrow} }`),
  `
${opened}
answers: { a: { output: { grade: 3 } } }
expect: { outputs: { grade: 3 } }`,
);
rehearsal(
  "agent-known",
  `${on}\nsteps: [{ id: a, agent: grader }]\noutputs: { grade: "{{ steps.a.output.grade }}" }`,
  `
${opened}
answers: { a: { output: { grade: 3 } } }
expect: { outputs: { grade: 3 } }`,
  {
    more: "of .hishamos/agents/",
    files: {
      "agents/grader.yml": `name: grader\n${narrow.slice(1, -1).replace("Judge., ", "Judge.\n").trim()}`,
    },
  },
);

const delays = `${on}\nsteps:\n  - { id: d, delay: 30d, on_success: a, max_visits: 3, on_exhausted: z }\n  - { id: a, agent: bot, on_success: d }\n  - { id: z, agent: bot, conclude: completed }`;
rehearsal(
  "test-clock",
  delays,
  `
${opened}
answers: { a: { output: 1 }, z: { output: 2 } }
expect: { state: completed, steps: [d, a, d, a, d, a, z] }`,
);
rehearsal(
  "test-answers",
  delays,
  `
${opened}
answers: { a: [{ output: 1 }, { output: 2 }, { output: 3 }], z: { output: 4 } }
expect: { state: completed, steps: { a: { visits: 3, output: 3 } } }`,
);
rehearsal(
  "test-expect",
  delays,
  `
${opened}
time: 40d
answers: { a: { output: 1 } }
expect: { state: running, steps: [d, a, d] }`,
);
rehearsal(
  "approval-exclude",
  `${on}\nsteps: [{ id: fix, agent: coding-agent }, { id: ok, approval: {} }]`,
  `
${opened}
answers: { fix: { pull_request: {}, by: dev }, ok: { as: dev, comments: /hishamos approve ok } }
expect: { state: running }`,
  { more: "the pull request's author" },
);
