import { describe, expect, test } from "vitest";
import { openJobGitHub, repo } from "./sandbox-job.ts";

const bug = `name: Bug
on:
  issues: { types: [labeled], labels: [bug] }
permissions: { issues: write }
outputs: { severity: "{{ steps.triage.output.severity }}" }
agents:
  judge:
    instructions: Judge it.
    output_schema: { type: object, required: [severity], properties: { severity: { type: integer } } }
steps:
  - { id: thank, action: issues.createComment, inputs: { body: Thank you. } }
  - { id: taken, action: issues.removeLabel, inputs: { name: bug } }
  - { id: triage, agent: judge, timeout: 1d }
  - { id: fix, agent: coding-agent, timeout: 1d }
  - id: review
    approval: { from: ["role:write"], by: [review, command], message: Please review. }
    timeout: 1d
  - { id: merged, wait_for: { event: pull_request.closed }, timeout: 1d }
  - { id: close, action: issues.update, inputs: { state: closed } }
`;
const ask = `name: Ask
inputs: { what: { type: string, default: this } }
permissions: { issues: write }
steps:
  - { id: say, action: issues.createComment, inputs: { body: "About {{ input.what }}." } }
  - { id: go, approval: { from: ["role:write"], message: "Shall {{ input.what }} go?" }, timeout: 1d }
`;
const say = `name: Say
inputs: { what: { type: string, required: true } }
outputs: { said: "{{ input.what }}" }
steps:
  - { id: end, action: repos.get }
`;
const label = `name: Label
permissions: { issues: write }
report: { comment: none }
steps:
  - { id: comment, action: issues.createComment, inputs: { body: Hello. } }
`;
const checks = `name: Checks
permissions: { checks: read, contents: read, pull_requests: read, statuses: read }
report: { check: Checks }
steps:
  - { id: green, wait_for: { checks: all }, timeout: 1d }
`;
const tidy = `name: Tidy
on: { schedule: [{ cron: "0 6 * * *" }] }
steps:
  - { id: go, approval: { from: ["role:write"], message: Shall it go? }, timeout: 1d }
`;
const deploy = `name: Deploy
on: { slash_command: { name: deploy } }
steps:
  - { id: look, action: repos.get }
`;
const shipped = `name: Triage
on: { issues: { types: [opened] } }
permissions: { issues: write, contents: read }
uses: library/issue-triage@1.0.0
`;
const files = {
  ".hishamos/shipped.yml": shipped,
  ".hishamos/checks.yml": checks,
  ".hishamos/deploy.yml": deploy,
  ".hishamos/tidy.yml": tidy,
  ".hishamos/bug.yml": bug,
  ".hishamos/ask.yml": ask,
  ".hishamos/say.yml": say,
  ".hishamos/label.yml": label,
  ".hishamos/broken.yml": "name: Broken\nsteps: []\n",
  ".hishamos/draft.yml": "name: Draft\nstatus: draft\nsteps: [{ id: rest, delay: 1d }]\n",
};

async function openBug() {
  const github = await openJobGitHub(files);
  const { number } = github.sandbox.as("mona").openIssue({ title: "It is broken" });
  github.sandbox.as("mona").label(number, "bug");
  return { ...github, number, event: { eventName: "issues", payload: github.payload("issues") } };
}

describe("a workflow in a job", () => {
  test("may be one of the library, by its name and version", async () => {
    const { sandbox, run, payload } = await openJobGitHub(files);
    const { number } = sandbox.as("mona").openIssue({ title: "How do I start it?" });
    const step = run({ workflow: "shipped" }, { eventName: "issues", payload: payload("issues") });
    await step.said(/waits for a person's answer/);
    sandbox.as("hubot").comment(number, "/hishamos cancel");
    expect((await step.ended).outputs["state"]).toBe("cancelled");
  });

  test("goes from the label to the close, with people who answer in comments, a pull request and a review", async () => {
    const { sandbox, run, written, number, event } = await openBug();
    const step = run({ workflow: "bug" }, event);
    await step.said(/^triage: waits for a person's answer/);
    sandbox.as("hubot").comment(number, "/hishamos done triage severity=3");
    await step.said(/^fix: waits/);
    sandbox.as("mona").push({ branch: "fix", message: "Fix", files: { "a.txt": "fixed\n" } });
    const pull = sandbox
      .as("mona")
      .openPullRequest({ title: "Fix", body: `Closes #${number}`, head: "fix" }).number;
    await step.said(/^review: waits for/);
    sandbox.as("hubot").review(pull, "APPROVE");
    await step.said(/^merged: waits/);
    sandbox.as("hubot").merge(pull);
    const ended = await step.ended;
    expect(ended).toMatchObject({ status: 0, annotations: [] });
    expect(ended.outputs).toMatchObject({ state: "completed", outputs: '{"severity":3}' });
    expect(ended.summary).toContain("<td>close</td><td>completed");
    expect(sandbox.issue(repo, number).state).toBe("closed");
    const all = written(number);
    expect(all.filter((body) => body.includes("Thank you."))).toHaveLength(1);
    expect(all.filter((body) => body.includes("### Bug: ✅ completed"))).toHaveLength(1);
    expect(sandbox.checkRuns(repo, pull).slice(-1)).toMatchObject([
      { status: "completed", conclusion: "success", actions: [] },
    ]);
  });

  test("is told to wait, to go on and to end as on a service, and fails as it is rejected", async () => {
    const { sandbox, run, written, number, event } = await openBug();
    const step = run({ workflow: "ask" }, event);
    await step.said(/^go: waits for/);
    sandbox.as("mona").comment(number, "/hishamos pause");
    await step.said(/is paused/);
    sandbox.as("mona").comment(number, "/hishamos resume");
    sandbox.as("tess").comment(number, "/approve");
    sandbox.as("hubot").comment(number, "/hishamos reject not today");
    const ended = await step.ended;
    expect(ended).toMatchObject({
      status: 1,
      outputs: { state: "failed" },
      annotations: [
        { title: "HOS906", message: expect.stringMatching(/Ask has failed in the step go: .*rejected/) },
      ],
    });
    expect(written(number).join("\n")).toContain("run the job again when the cause is gone");
    expect(written(number).join("\n")).not.toContain("/hishamos retry");
  });

  test("takes inputs where it is run by hand, and is about the subject that is named", async () => {
    const { sandbox, run, written, number } = await openBug();
    const options = { eventName: "workflow_dispatch", payload: { inputs: {}, ref: "refs/heads/main" } };
    const said = await run({ workflow: "say", inputs: "what: hello" }, options).ended;
    expect(said).toMatchObject({ status: 0, outputs: { state: "completed", outputs: '{"said":"hello"}' } });
    const step = run({ workflow: "ask", inputs: "what: it", subject: String(number) }, options);
    await step.said(/^go: waits for/);
    // Whoever starts it does not approve it.
    sandbox.as("hubot").comment(number, "/approve");
    expect((await step.ended).status).toBe(0);
    expect(written(number).join("\n")).toContain("About it.");
  });
});

test("a job about no issue opens one where a person is needed, and closes it at the end", async () => {
  const { sandbox, run } = await openJobGitHub(files);
  const payload = { schedule: "0 6 * * *" };
  const step = run({ workflow: "tidy" }, { eventName: "schedule", payload });
  const [issue] = await sandbox.until(() => (sandbox.issues(repo).length > 0 ? sandbox.issues(repo) : null));
  expect(issue).toMatchObject({ title: "Tidy needs a person", user: { login: "github-actions[bot]" } });
  await step.said(/^go: waits for/);
  sandbox.as("hubot").comment(issue?.number ?? 0, "/approve");
  expect(await step.ended).toMatchObject({ status: 0, outputs: { state: "completed" } });
  expect(sandbox.issue(repo, issue?.number ?? 0).state).toBe("closed");
});

test("a job looks at checks again when they move, but for the workflow's own", async () => {
  const { sandbox, run, payload } = await openJobGitHub(files);
  sandbox.as("mona").push({ branch: "fix", message: "Fix", files: { "a.txt": "fixed\n" } });
  const pull = sandbox.as("mona").openPullRequest({ title: "Fix", head: "fix" }).number;
  sandbox.reportCheck(repo, { at: pull, name: "build" });
  const step = run({ workflow: "checks" }, { eventName: "pull_request", payload: payload("pull_request") });
  await step.said(/^green: waits for/);
  await sandbox.until(() => sandbox.checkRuns(repo, pull).some(({ name }) => name === "Checks"));
  sandbox.reportCheck(repo, { at: pull, name: "build", conclusion: "success" });
  expect(await step.ended).toMatchObject({ status: 0, outputs: { state: "completed" } });
});

test("a comment starts what its command is for, and nothing else", async () => {
  const { sandbox, run, number, payload } = await openBug();
  const comment = (body: string) => {
    sandbox.as("mona").comment(number, body);
    return { eventName: "issue_comment", payload: payload("issue_comment") };
  };
  const [other, deployed] = await Promise.all(
    ["How is it?", "/deploy"].map((body) => run({ workflow: "deploy" }, comment(body)).ended),
  );
  expect(other).toMatchObject({
    status: 0,
    outputs: {},
    annotations: [{ message: expect.stringContaining("no command that starts it") }],
  });
  expect(deployed).toMatchObject({ status: 0, outputs: { state: "completed" } });
});

test("a job does nothing, and ends well, where its event is none that the workflow wants", async () => {
  const github = await openBug();
  const { event, run, sandbox, number } = github;
  const rows = [
    [{ ...event.payload, label: { name: "docs" } }, /it is for the label bug/],
    [{ ...event.payload, action: "opened" }, /it is for issues labeled, and this is opened/],
    [{ ...event.payload, sender: { login: "renovate[bot]", type: "Bot" } }, /a bot has caused/],
  ] as const;
  await Promise.all(
    rows.map(async ([payload, why]) => {
      expect(await run({ workflow: "bug" }, { ...event, payload }).ended).toMatchObject({
        status: 0,
        outputs: {},
        annotations: [{ level: "notice", message: expect.stringMatching(why) }],
        summary: expect.stringMatching(why),
      });
    }),
  );
  sandbox.as("mona").unlabel(number, "bug");
  const late = await run({ workflow: "bug" }, event).ended;
  const why = expect.stringContaining(`#${number} has lost the label`);
  expect(late).toMatchObject({ status: 0, outputs: {}, annotations: [{ level: "notice", message: why }] });
  expect(sandbox.requests().filter(({ method }) => method !== "GET")).toEqual([]);
});

describe("a job fails and says why", () => {
  test("where the workflow can't be run", async () => {
    const { run } = await openBug();
    const rows: readonly (readonly [Readonly<Record<string, string>>, RegExp, string?])[] = [
      [{ workflow: "broken" }, /not valid on the default branch/],
      [{ workflow: "say" }, /what/, "HOS321"],
      [{ workflow: "bugg" }, /no workflow bugg .*Did you mean "?bug"?/],
      [{ workflow: "draft" }, /is a draft/],
      [{ workflow: "ask", subject: "99" }, /#99/],
    ];
    const steps = rows.map(async ([inputs, message, title = "HOS908"]) => {
      const ended = await run(inputs).ended;
      expect(ended).toMatchObject({ status: 1, outputs: {} });
      expect(ended.annotations[0]).toMatchObject({ title, message: expect.stringMatching(message) });
      return ended.annotations[1];
    });
    expect((await Promise.all(steps))[0]).toMatchObject({
      title: expect.stringMatching(/^HOS2/),
      file: ".hishamos/broken.yml",
      line: "2",
    });
  });

  test("where GitHub refuses its token", async () => {
    const { run, event } = await openBug();
    const ended = await run({ workflow: "bug", token: "ghs_over" }, event).ended;
    expect(ended).toMatchObject({ status: 1, outputs: {} });
    expect(ended.annotations).toMatchObject([
      { title: "HOS908", message: expect.stringMatching(/Bad credentials.*The token was refused/) },
    ]);
  });

  test("where its token lacks what a step needs, and only warns where it lacks what shows it", async () => {
    const { run, event } = await openBug();
    const read = { issues: "read", contents: "read" } as const;
    const ended = await run({ workflow: "ask" }, { ...event, permissions: read }).ended;
    expect(ended.status).toBe(1);
    const levels = Object.groupBy(ended.annotations, ({ level }) => level);
    expect(levels["error"]).toMatchObject([
      {
        title: "HOS906",
        message: expect.stringMatching(/step say: .*Add `issues: write` under `permissions:`/),
      },
    ]);
    expect(levels["warning"]).toMatchObject([
      { title: "HOS910", message: expect.stringContaining("`issues: write`") },
    ]);
  });

  test("when the time is over, which cancels the execution", async () => {
    const { run, event, written, number } = await openBug();
    const ended = await run({ workflow: "ask", timeout: "1s" }, event).ended;
    expect(ended).toMatchObject({ status: 1, outputs: { state: "cancelled" } });
    expect(ended.annotations).toMatchObject([
      {
        title: "HOS909",
        message: expect.stringMatching(
          /1s of the input timeout are over.*it waited in go for approval.*command: start/,
        ),
      },
    ]);
    const shown = written(number).join("\n");
    expect(shown).toMatch(/### Ask: 🚫 cancelled[\s\S]*timeout are over/);
    // Nobody would hear it any more.
    expect(shown).not.toContain("/hishamos retry");
  });

  test("when the job is cancelled", async () => {
    const { run, event, written, number } = await openBug();
    const step = run({ workflow: "ask" }, event);
    await step.said(/^go: waits for/);
    step.signal("SIGINT");
    step.signal("SIGTERM");
    const ended = await step.ended;
    expect(ended.annotations).toMatchObject([
      { title: "HOS909", message: expect.stringContaining("the job was cancelled") },
    ]);
    expect(ended).toMatchObject({ status: 1, outputs: { state: "cancelled" } });
    expect(written(number).join("\n")).toContain("### Ask: 🚫 cancelled");
  });
});

test("a run that is run again finds what its first attempt has written before it was killed", async () => {
  const { run, event, sandbox, written, number } = await openBug();
  const first = run({ workflow: "ask" }, event);
  await first.said(/^go: waits for/);
  await sandbox.until(() => written(number).some((body) => body.includes("Shall this go?")));
  first.signal("SIGKILL");
  await first.ended;
  const before = written(number).length;
  const second = run({ workflow: "ask" }, { ...event, runAttempt: "2" });
  await second.said(/^go: waits for/);
  sandbox.as("hubot").comment(number, "/approve");
  const ended = await second.ended;
  expect(ended.outputs["state"]).toBe("completed");
  expect(written(number).filter((body) => body.includes("About this."))).toHaveLength(1);
  expect(written(number)).toHaveLength(before);
});
