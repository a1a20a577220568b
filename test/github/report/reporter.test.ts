import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Execution, Run } from "../../../src/core/execution.ts";
import type { Workflow } from "../../../src/core/workflow.ts";
import type { Message } from "../../../src/engine/ports/index.ts";
import { silentLog } from "../../../src/engine/ports/log.ts";
import type { ReportStore } from "../../../src/engine/ports/store.ts";
import { createClients } from "../../../src/github/clients.ts";
import { createPacing } from "../../../src/github/pacing/index.ts";
import { createReporter, type ReporterOptions } from "../../../src/github/report/index.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../../src/sandbox/github/index.ts";
import { nextRevision } from "../../support/execution.ts";
import { aWorkflow } from "../../support/workflow.ts";
import { hastyClock } from "../actions/support.ts";
import { PacingRows } from "../pacing/support.ts";
import { aLifecycle, approval, aReportStore, completed, person, running, withRuns } from "./support.ts";

const repo = "octo-org/octo-repo";
const clock = hastyClock();
let github: SandboxGitHub;
let base: Partial<Execution>;

async function open(permissions?: Readonly<Record<string, "read" | "write">>) {
  github = await startSandboxGitHub(permissions ? { app: { permissions } } : {});
  const { id, installationId } = github.createRepository({
    owner: "octo-org",
    name: "octo-repo",
    files: { "a.txt": "one\n" },
    collaborators: { dev: "write", reporter: "read" },
  });
  github.as("reporter").openIssue({ repo, title: "It does not start" });
  github
    .as("dev")
    .push({ repo, branch: "fix", from: "main", message: "Fix it", files: { "a.txt": "two\n" } });
  github.as("dev").openPullRequest({ repo, title: "Fix it", head: "fix" });
  base = {
    id: "execution",
    repository: { id, owner: "octo-org", name: "octo-repo" },
    installation: installationId,
    startedAt: Date.now(),
  };
}

beforeEach(() => open());
afterEach(() => github.close());

function aReporter(over: Partial<ReporterOptions> & { reports?: ReportStore; workflow?: Workflow } = {}) {
  const reports = over.reports ?? aReportStore();
  const executions = new Map<string, Execution>();
  const sent: Message[] = [];
  const pacing = createPacing({ store: new PacingRows(), clock, log: silentLog });
  const service = createReporter({
    pacing,
    clients: createClients({
      pacing,
      now: () => clock.now(),
      appId: github.app.id,
      privateKey: github.app.privateKey,
      baseUrl: `${github.url}/api/v3`,
    }),
    stores: {
      reports,
      executions: {
        load: async (id: string) => executions.get(id) ?? null,
      } as ReporterOptions["stores"]["executions"],
    },
    clock,
    log: silentLog,
    workflowOf: async () => over.workflow ?? aLifecycle(),
    send: async (message) => sent.push(message),
    ...over,
  });
  // As the engine tells it: saved before.
  const changed = (execution: Execution) => {
    executions.set(execution.id, execution);
    service.changed(execution);
  };
  const reporter = { ...service, changed };
  return { reporter, reports, executions, sent };
}

const runsAt = (runs: Readonly<Record<string, Run>>, over: Partial<Execution> = {}) =>
  withRuns(runs, { ...base, ...over });
const headOf = () => github.pullRequests(repo)[0]?.head.sha ?? "";
const linked = (head_sha = headOf()) =>
  [{ number: 2, url: "", branch: "fix", head_sha, state: "open" }] as const;
const bodies = (number = 1) => github.comments(repo, number).map(({ body }) => body);
const writes = () =>
  github
    .requests()
    .filter(({ method, path }) => method !== "GET" && !path.endsWith("/access_tokens"))
    .map(
      ({ method, path }) =>
        `${method} ${path.replace(/^\/repos\/octo-org\/octo-repo/, "").replace(/\d{4,}/, "ID")}`,
    );

describe("states that follow quickly", () => {
  test("collapse into the newest, with few writes", async () => {
    const { reporter, reports } = aReporter();
    let execution = runsAt({ triage: running() });
    for (let visit = 1; visit <= 20; visit++) {
      execution = nextRevision(execution, runsAt({ triage: running(null, { visit }) }));
      execution = { ...execution, revision: visit };
      reporter.changed(execution);
    }
    await reporter.idle();
    expect(bodies()).toHaveLength(1);
    expect(bodies()[0]).toMatch(/triage \| running \| 20×/);
    expect(writes().length).toBeLessThanOrEqual(2);
    expect(await reports.get("execution")).toMatchObject({ revision: 20 });
  });

  test("that come while one is being shown are shown afterwards, only the last of them", async () => {
    const { reporter } = aReporter();
    reporter.changed(runsAt({ triage: running() }, { revision: 1 }));
    await github.until(() => github.requests().some(({ path }) => path.endsWith("/comments")));
    for (const visit of [2, 3, 4])
      reporter.changed(runsAt({ triage: running(null, { visit }) }, { revision: visit }));
    await reporter.idle();
    expect(bodies()[0]).toMatch(/4×/);
    expect(writes()).toEqual(["POST /issues/1/comments", "PATCH /issues/comments/ID"]);
  });

  test("an older state never replaces a newer one", async () => {
    const { reporter } = aReporter();
    reporter.changed(runsAt({ triage: running(null, { visit: 2 }) }, { revision: 2 }));
    reporter.changed(runsAt({ triage: running() }, { revision: 1 }));
    await reporter.idle();
    expect(bodies()[0]).toMatch(/2×/);
  });
});

test("people are asked first, then the sticky comment, then the check run", async () => {
  const { reporter } = aReporter();
  reporter.changed(runsAt({ deploy: running(approval) }, { linked: linked() }));
  await reporter.idle();
  expect(writes()).toEqual(["POST /issues/1/comments", "POST /issues/1/comments", "POST /check-runs"]);
  expect(bodies()[0]).toMatch(/Approval needed/);
  expect(bodies()[1]).toMatch(/Bug Lifecycle: ▶️ running/);
  expect(github.checkRuns(repo, 2)).toMatchObject([
    { conclusion: "action_required", external_id: "execution/deploy/1", actions: [{}, {}, {}] },
  ]);
});

test("the same question is asked once, over pauses and many states", async () => {
  const { reporter } = aReporter();
  const runs = { triage: running(person) };
  for (const [i, state] of (["running", "paused", "running", "running"] as const).entries()) {
    reporter.changed(runsAt(runs, { state, revision: i + 1 }));
    await reporter.idle();
  }
  expect(bodies().filter((body) => body.includes("A person is needed"))).toHaveLength(1);
});

test("a state that shows nothing new writes nothing", async () => {
  const { reporter } = aReporter();
  reporter.changed(runsAt({ triage: running() }, { revision: 1, linked: linked() }));
  await reporter.idle();
  const before = writes().length;
  reporter.changed(runsAt({ triage: running() }, { revision: 2, linked: linked() }));
  await reporter.idle();
  expect(writes()).toHaveLength(before);
});

describe("a crash before anything was noted", () => {
  test("leaves one sticky comment, one question and one check run", async () => {
    const asked = runsAt({ deploy: running(approval) }, { revision: 1, linked: linked() });
    const broken = aReportStore();
    broken.put = () => Promise.reject(new Error("the database is gone"));
    const first = aReporter({ reports: broken, clock: { now: () => clock.now(), at: () => () => {} } });
    first.reporter.changed(asked);
    await github.until(() => github.checkRuns(repo, 2).length === 1);
    await first.reporter.stop();

    const second = aReporter();
    second.executions.set("execution", asked);
    (second.reports as ReturnType<typeof aReportStore>).behindIds = ["execution"];
    await second.reporter.start();
    await second.reporter.idle();
    expect(bodies()).toHaveLength(2);
    expect(github.checkRuns(repo, 2)).toHaveLength(1);
    expect(await second.reports.get("execution")).toMatchObject({ revision: 1 });
  });
});

describe("GitHub in trouble", () => {
  test.for([
    ["an answer is lost", { drop: "after" }],
    ["a request is lost", { drop: "before" }],
    ["a 502 hides a success", { status: 502, performed: true }],
  ] as const)("%s: every comment and check run is there once", async ([, fault]) => {
    github.failNext({ ...fault, method: "POST", path: /\/comments$/, times: 2 });
    github.failNext({ ...fault, method: "POST", path: /\/check-runs$/ });
    const { reporter } = aReporter();
    reporter.changed(runsAt({ deploy: running(approval) }, { linked: linked() }));
    await reporter.idle();
    expect(bodies()).toHaveLength(2);
    expect(github.checkRuns(repo, 2)).toHaveLength(1);
  });

  test("a rate limit is waited for as long as GitHub says", async () => {
    github.failNext({ method: "POST", path: /\/comments$/, status: 429, headers: { "retry-after": "120" } });
    const { reporter } = aReporter();
    clock.waits.length = 0;
    reporter.changed(runsAt({ triage: running() }));
    await reporter.idle();
    expect(clock.waits).toEqual([120_000]);
    expect(bodies()).toHaveLength(1);
  });

  test("pauses between failures grow to five minutes and no further", async () => {
    github.failNext({ path: /\/comments$/, status: 503, times: 11 });
    const { reporter } = aReporter();
    clock.waits.length = 0;
    reporter.changed(runsAt({ triage: running() }));
    await reporter.idle();
    expect(clock.waits.map((ms) => ms / 1000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  });

  test("while our own database is away it is looked for again every few seconds, however long that takes", async () => {
    let asked = 0;
    const workflowOf = async () => {
      asked += 1;
      if (asked <= 10) throw new Error("the database is gone");
      return aLifecycle();
    };
    const { reporter } = aReporter({ workflowOf });
    clock.waits.length = 0;
    reporter.changed(runsAt({ triage: running() }));
    await reporter.idle();
    expect(clock.waits.map((ms) => ms / 1000).slice(0, 10)).toEqual([1, 2, 4, 5, 5, 5, 5, 5, 5, 5]);
    expect(bodies()).toHaveLength(1);
  });

  test("a definition that can't be read yet is tried again", async () => {
    let asked = 0;
    const workflowOf = async () => {
      asked += 1;
      if (asked === 1) throw new Error("the database is gone");
      return aLifecycle();
    };
    const { reporter } = aReporter({ workflowOf });
    reporter.changed(runsAt({ triage: running() }));
    await reporter.idle();
    expect(bodies()).toHaveLength(1);
  });

  test("what the App may not do is left out, and the rest is shown", async () => {
    await github.close();
    await open({ metadata: "read", issues: "write", pull_requests: "write", contents: "write" });
    const { reporter, reports } = aReporter();
    reporter.changed(runsAt({ deploy: running(approval) }, { linked: linked() }));
    await reporter.idle();
    expect(bodies()).toHaveLength(2);
    expect(await reports.get("execution")).toMatchObject({ revision: 1 });
  });

  test("a sticky comment that somebody deleted is written anew", async () => {
    const { reporter } = aReporter();
    reporter.changed(runsAt({ triage: running() }, { revision: 1 }));
    await reporter.idle();
    github.as("dev").deleteComment(github.comments(repo, 1)[0]?.id ?? 0);
    reporter.changed(runsAt({ triage: completed() }, { revision: 2 }));
    await reporter.idle();
    expect(bodies()).toHaveLength(1);
  });
});

describe("the check run", () => {
  test("that asked for approval is followed by a new one in progress, which then ends", async () => {
    const { reporter } = aReporter();
    const steps = [
      runsAt({ deploy: running(approval) }, { revision: 1, linked: linked() }),
      runsAt({ deploy: completed(), close: running() }, { revision: 2, linked: linked() }),
      runsAt(
        { close: completed() },
        { revision: 3, linked: linked(), state: "completed", endedAt: Date.now() },
      ),
    ];
    for (const execution of steps) {
      reporter.changed(execution);
      await reporter.idle();
    }
    expect(github.checkRuns(repo, 2).map(({ conclusion }) => conclusion)).toEqual([
      "action_required",
      "success",
    ]);
  });

  test("of a new head is a new one, and that at the old head ends", async () => {
    const { reporter } = aReporter();
    const before = headOf();
    reporter.changed(runsAt({ fix: running() }, { revision: 1, linked: linked() }));
    await reporter.idle();
    github.as("dev").push({ repo, branch: "fix", message: "More", files: { "a.txt": "three\n" } });
    reporter.changed(runsAt({ fix: running() }, { revision: 2, linked: linked() }));
    await reporter.idle();
    expect(github.checkRuns(repo, before)).toMatchObject([{ status: "completed", conclusion: "neutral" }]);
    expect(github.checkRuns(repo, 2)).toMatchObject([{ status: "in_progress" }]);
  });
});

describe("which comments are wanted", () => {
  const pull = {
    type: "pull_request",
    number: 2,
    title: "Fix it",
    author: "dev",
    labels: [],
    url: "",
    head_sha: null,
    is_fork: false,
    state: "open",
  } as const;
  test.for([
    ["auto", null, "working", 1],
    ["auto", pull, "working", 0],
    ["auto", pull, "asked", 2],
    ["sticky", pull, "working", 1],
    ["when_asked", null, "working", 0],
    ["when_asked", null, "asked", 2],
    ["none", null, "asked", 0],
  ] as const)("comment: %s on %o while %s: %i", async ([comment, subject, state, count]) => {
    const { reporter } = aReporter({
      workflow: aLifecycle({ report: { comment, check: null, issue: "auto" } }),
    });
    const runs = { triage: running(state === "asked" ? person : null) };
    reporter.changed(runsAt(runs, subject ? { subject } : {}));
    await reporter.idle();
    expect(bodies(subject ? 2 : 1)).toHaveLength(count);
  });

  test("without a subject the linked pull request is asked on", async () => {
    const { reporter } = aReporter();
    reporter.changed(runsAt({ triage: running(person) }, { subject: null, linked: linked() }));
    await reporter.idle();
    expect(bodies(2)).toHaveLength(2);
  });
});

test("an execution without GitHub shows nothing, and is owed no longer once it has ended", async () => {
  const { reporter, reports } = aReporter();
  reporter.changed(runsAt({ triage: running() }, { installation: null, revision: 1 }));
  await reporter.idle();
  expect(await reports.get("execution")).toBeNull();
  reporter.changed(runsAt({}, { installation: null, revision: 2, state: "completed" }));
  await reporter.idle();
  expect(await reports.get("execution")).toMatchObject({ revision: 2 });
  expect(writes()).toEqual([]);
});

test("after stop nothing more is written", async () => {
  const { reporter } = aReporter();
  await reporter.stop();
  reporter.changed(runsAt({ triage: running() }));
  await reporter.idle();
  expect(writes()).toEqual([]);
});

describe("an execution without an issue", () => {
  const nowhere = (over: Partial<Execution> = {}) =>
    runsAt({ triage: running(person) }, { id: "a".repeat(32), subject: null, revision: 1, ...over });
  const opened = () => github.issues(repo).filter(({ user }) => user?.login === "hishamos[bot]");

  test("gets one when it first needs a person, and that is its subject from then on", async () => {
    const { reporter, sent } = aReporter();
    reporter.changed(nowhere());
    await reporter.idle();
    const [issue, ...others] = opened();
    expect(others).toEqual([]);
    expect(issue?.title).toBe("Bug Lifecycle needs a person");
    expect(bodies(issue?.number)).toEqual([expect.stringMatching(/How bad is it\?/)]);
    expect(sent).toMatchObject([
      { executionId: "a".repeat(32), body: { type: "subject_adopted", subject: { number: issue?.number } } },
    ]);
  });

  test("gets no second one when the process dies before it is known", async () => {
    const refusing = { send: () => Promise.reject(new Error("the store is gone")) };
    const first = aReporter(refusing);
    first.reporter.changed(nowhere());
    await github.until(() => opened().length > 0);
    await first.reporter.stop();
    const second = aReporter();
    second.reporter.changed(nowhere());
    await second.reporter.idle();
    expect(opened()).toHaveLength(1);
    expect(second.sent).toHaveLength(1);
  });

  test("gets none where the workflow wants none, or while nobody is needed", async () => {
    const report = { comment: "auto", check: null, issue: "none" } as const;
    const { reporter } = aReporter({ workflow: aLifecycle({ report }) });
    reporter.changed(nowhere());
    await reporter.idle();
    const working = aReporter();
    working.reporter.changed(runsAt({ triage: running() }, { subject: null, revision: 1 }));
    await working.reporter.idle();
    expect(opened()).toEqual([]);
  });

  /** Asks on an issue of its own, and hears then that it has one. */
  async function asked() {
    const { reporter, sent } = aReporter();
    reporter.changed(nowhere());
    await reporter.idle();
    const [message] = sent;
    const subject = message?.body.type === "subject_adopted" ? message.body.subject : null;
    const show = async (over: Partial<Execution>, shower = reporter) => {
      shower.changed(nowhere({ subject, ...over }));
      await shower.idle();
      const issue = github.issue(repo, subject?.number ?? 0);
      return [issue.state, issue.state_reason ?? null, bodies(subject?.number).filter(isLast).length];
    };
    return { show, number: subject?.number ?? 0 };
  }
  const isLast = (body: string) => /^(?:✅|🚫) \*\*/.test(body);
  const ended = (state: "completed" | "cancelled" | "failed", over: Partial<Execution> = {}) => ({
    state,
    ending: { state, error: null },
    endedAt: Date.now(),
    ...over,
  });

  test.for([
    ["completed", ["closed", "completed", 1]],
    ["cancelled", ["closed", "not_planned", 1]],
    ["failed", ["open", null, 0]],
  ] as const)("that is %s leaves it %j, once", async ([state, left]) => {
    const { show, number } = await asked();
    expect(await show({ revision: 2 })).toEqual(["open", null, 0]);
    expect(await show(ended(state, { revision: 3 }))).toEqual(left);
    if (state === "failed") expect(bodies(number).join()).toContain("/hishamos retry");
    // A person may open it again, to talk.
    if (state !== "failed") github.as("dev").reopenIssue(number);
    const [now, , words] = await show(ended(state, { revision: 4 }));
    expect([now, words]).toEqual(["open", left[2]]);
  });

  test("that is cancelled says why there", async () => {
    const { show, number } = await asked();
    const timeline = [{ at: 1, by: "maya", what: "cancel", step: null, reason: "not now" }];
    await show(ended("cancelled", { revision: 2, timeline }));
    const last = bodies(number).find(isLast);
    expect(last).toMatch(/^🚫 \*\*Bug Lifecycle\*\* is cancelled: a cancel by `maya`: not now\. /);
  });

  test("that is taken up again opens it again, and closes it at that end", async () => {
    const { show } = await asked();
    await show(ended("cancelled", { revision: 2 }));
    expect((await show({ revision: 3, round: 2 })).slice(0, 1)).toEqual(["open"]);
    const again = ended("completed", { revision: 4, round: 2 });
    expect(await show(again)).toEqual(["closed", "completed", 2]);
  });

  test.for([
    ["the closing", { method: "PATCH", path: /\/issues\/\d+$/ }],
    ["the last word", { method: "POST", path: /\/comments$/ }],
  ] as const)("a lost answer to %s leaves one last word and a closed issue", async ([, fault]) => {
    const { show } = await asked();
    github.failNext({ ...fault, drop: "after" });
    expect(await show(ended("completed", { revision: 2 }))).toEqual(["closed", "completed", 1]);
  });

  test("closes it once, though what was shown was lost", async () => {
    const { show } = await asked();
    await show(ended("completed", { revision: 2 }));
    const before = writes().length;
    const end = await show(ended("completed", { revision: 2 }), aReporter().reporter);
    expect(end).toEqual(["closed", "completed", 1]);
    // The table alone: nobody knows any more what it showed.
    expect(writes().slice(before)).toEqual(["PATCH /issues/comments/ID"]);
  });

  test("leaves alone an issue of ours that was opened for something else", async () => {
    const { reporter } = aReporter();
    reporter.changed(nowhere());
    await reporter.idle();
    const [issue] = opened();
    if (!issue) throw new Error("none was opened");
    const subject = { ...runsAt({}).subject, number: issue.number, author: "hishamos[bot]" };
    const other = ended("completed", { revision: 1, subject } as Partial<Execution>);
    reporter.changed(runsAt({}, { ...other, id: "c".repeat(32) }));
    await reporter.idle();
    expect(github.issue(repo, issue.number).state).toBe("open");
  });

  test("shares that of the execution above it, which gets it where it has none", async () => {
    const { reporter, executions, sent } = aReporter();
    const run = { round: 1, path: "qa", visit: 1, attempt: 1 };
    const top = runsAt({}, { id: "b".repeat(32), subject: null, revision: 1 });
    executions.set(top.id, top);
    reporter.changed(nowhere({ parent: { execution: top.id, run } }));
    await reporter.idle();
    expect(opened()).toHaveLength(1);
    expect(sent.map(({ executionId }) => executionId)).toEqual([top.id, "a".repeat(32)]);
  });
});

describe("a child", () => {
  const ids = { top: "a".repeat(32), child: "b".repeat(32) };
  const qa = { name: "QA", stem: "qa", path: ".hishamos/qa.yml", commit: null, hash: "h" };
  const below = aLifecycle({ name: "QA" });
  const above = aWorkflow([{ id: "check", kind: { kind: "workflow", workflow: "./qa.yml" } }], {
    report: { comment: "auto", check: null, issue: "auto" },
    children: new Map([["./qa.yml", below]]),
  });
  const workflowOf = async ({ parent }: Execution) => (parent === null ? above : below);
  const parent = { execution: ids.top, run: { round: 1, path: "check", visit: 1, attempt: 1 } };
  const top = () =>
    runsAt({ check: running({ for: "child", execution: ids.child }) }, { id: ids.top, revision: 1 });
  const child = (runs: Readonly<Record<string, Run>>, over: Partial<Execution> = {}) =>
    runsAt(runs, { id: ids.child, workflow: qa, parent, revision: 1, ...over });

  test("is told by what it does, and where it asks, in the table of the one above it, which follows", async () => {
    const { reporter, executions } = aReporter({ workflowOf });
    const tell = async (execution: Execution) => {
      executions.set(execution.id, execution);
      reporter.changed(execution);
      await reporter.idle();
      return bodies().find((body) => body.includes("Drawing"));
    };
    expect(await tell(top())).toContain("waits for its workflow, execution bbbbbbbb");
    const asking = child({ triage: running(person) });
    const shown = await tell(asking);
    const ask = github.comments(repo, 1).find(({ body }) => body.includes("A person is needed"));
    const words = `[\`qa\`](${ask?.html_url}): \`triage\` waits for a person's answer (bug-triage-agent)`;
    expect(shown).toContain(`| check | waiting | 1× | ${words} |`);
    expect(shown).toContain(`\`check\` waits for ${words}`);
    const working = child({ triage: completed(), fix: running() }, { revision: 2 });
    expect(await tell(working)).toContain(`[\`qa\`](${asking.subject?.url}): \`fix\` is at work |`);
    const paused = child({ fix: running() }, { revision: 3, state: "paused", pausedAt: 1 });
    expect(await tell(paused)).toContain("): paused |");
    expect(bodies()).toHaveLength(2);
  });

  test("is told also where it came while the one above was being shown", async () => {
    const { reporter, executions } = aReporter({ workflowOf });
    executions.set(ids.top, top());
    reporter.changed(top());
    await github.until(() => github.requests().some(({ path }) => path.endsWith("/comments")));
    executions.set(ids.child, child({ fix: running() }));
    reporter.changed(child({ fix: running() }));
    await reporter.idle();
    expect(bodies()).toEqual([expect.stringContaining("`fix` is at work |")]);
  });

  test("of a child is told through it", async () => {
    const { reporter, executions } = aReporter({ workflowOf: async () => above });
    const inner = { execution: ids.child, run: parent.run };
    const last = "c".repeat(32);
    executions.set(ids.top, top());
    executions.set(ids.child, child({ check: running({ for: "child", execution: last }) }));
    const lowest = runsAt({ check: running() }, { id: last, revision: 1, parent: inner });
    executions.set(last, lowest);
    reporter.changed(lowest);
    await reporter.idle();
    expect(bodies()[0]).toMatch(
      /\[`qa`\]\(\S+\): `check` waits for \[`bug-lifecycle`\]\(\S+\): `check` is at work \|/,
    );
  });
});

test("a start that waits to be allowed is shown by the sticky comment, on a pull request, too", async () => {
  const { reporter } = aReporter();
  const subject = { ...runsAt({}).subject, type: "pull_request", number: 2, head_sha: headOf() };
  const held = { held: "eve", state: "paused", pausedAt: 1, revision: 1, subject } as Partial<Execution>;
  reporter.changed(runsAt({}, held));
  await reporter.idle();
  expect(bodies(2)).toEqual([expect.stringMatching(/because of `eve`/)]);
});
