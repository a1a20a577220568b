import { describe, expect, test } from "vitest";
import type { Execution, Run } from "../../../src/core/execution.ts";
import { asksOf, checkRunOf, fittingCommands, renderSticky } from "../../../src/github/report/index.ts";
import { startOfTests } from "../../support/execution.ts";
import { aWorkflow, template } from "../../support/workflow.ts";
import {
  aLifecycle,
  approval,
  approvalOptions,
  completed,
  failedRun,
  person,
  running,
  withRuns,
} from "./support.ts";

const workflow = aLifecycle();
const head = "b".repeat(40);
const linked = [{ number: 2, url: "", branch: "fix", head_sha: head, state: "open" }] as const;
const failure = {
  step: "fix",
  code: "http_404",
  message: "gone @everyone <!-- x -->",
  class: "error",
} as const;
const ended = { endedAt: 1, linked };

const states: Readonly<Record<string, Execution>> = {
  working: withRuns({ triage: running() }, { linked }),
  "person asked": withRuns({ triage: running(person) }, { linked }),
  "pull request asked": withRuns({
    fix: running({
      ...person,
      question: "Open a pull request.",
      outputSchema: null,
      produces: "pull_request",
    }),
  }),
  "approval asked": withRuns({ triage: completed(), deploy: running(approval) }, { linked }),
  "event awaited": withRuns(
    { fix: running({ for: "event", events: ["pull_request.closed"], since: 0 }) },
    { linked },
  ),
  paused: withRuns({ triage: completed() }, { state: "paused", pausedAt: 1, linked }),
  completed: withRuns({ triage: completed() }, { state: "completed", ...ended }),
  failed: withRuns(
    { fix: failedRun("gone") },
    { state: "failed", ending: { state: "failed", error: failure }, ...ended },
  ),
  cancelled: withRuns({}, { state: "cancelled", ...ended }),
};

function at(state: string): Execution {
  const execution = states[state];
  if (!execution) throw new Error(`no state ${state}`);
  return execution;
}

test.for([
  ["working", ["/hishamos pause", "/hishamos cancel"], []],
  [
    "person asked",
    [
      "/hishamos done triage severity=1",
      "/hishamos fail triage REASON",
      "/hishamos skip triage",
      "/hishamos pause",
      "/hishamos cancel",
    ],
    [],
  ],
  [
    "pull request asked",
    ["/hishamos fail fix REASON", "/hishamos skip fix", "/hishamos pause", "/hishamos cancel"],
    null,
  ],
  [
    "approval asked",
    ["/approve", "/reject", "/hishamos pause", "/hishamos cancel"],
    ["approve", "reject", "cancel"],
  ],
  ["event awaited", ["/hishamos skip fix", "/hishamos pause", "/hishamos cancel"], []],
  ["paused", ["/hishamos resume", "/hishamos cancel"], ["resume", "cancel"]],
  ["completed", [], []],
  ["failed", ["/hishamos retry"], ["retry"]],
  ["cancelled", ["/hishamos retry"], ["retry"]],
] as const)("%s: %j fit, and the check run's buttons are %j", ([state, commands, buttons]) => {
  expect(fittingCommands(workflow, at(state)).map(({ command }) => command)).toEqual(commands);
  const check = checkRunOf(workflow, at(state));
  expect(check && check.actions.map(({ identifier }) => identifier)).toEqual(buttons);
});

test.for([
  ["working", "in_progress", undefined],
  ["approval asked", "completed", "action_required"],
  ["paused", "completed", "action_required"],
  ["completed", "completed", "success"],
  ["failed", "completed", "failure"],
  ["cancelled", "completed", "cancelled"],
] as const)(
  "%s is the check run %s, %s, at the newest pull request's head",
  ([state, status, conclusion]) => {
    const check = checkRunOf(workflow, at(state));
    expect(check).toMatchObject({ name: "HishamOS / Bug Lifecycle", head_sha: head, status });
    expect(check?.conclusion).toBe(conclusion);
  },
);

test("a check run names its execution, and the asking while an approval waits", () => {
  const asked = at("approval asked");
  expect(checkRunOf(workflow, asked)?.external_id).toBe(`${asked.id}/deploy/1`);
  expect(checkRunOf(workflow, at("working"))?.external_id).toBe(at("working").id);
});

test("work without a pull request has no check run, nor has a workflow that wants none", () => {
  const asked = at("approval asked");
  expect(checkRunOf(workflow, { ...asked, linked: [] })).toBeNull();
  expect(
    checkRunOf(aLifecycle({ report: { comment: "auto", check: null, issue: "auto" } }), asked),
  ).toBeNull();
});

test("buttons keep to GitHub's lengths, however long a step's name is", () => {
  const id = "deploy_to_the_production_cluster_in_the_north_of_europe";
  const long = aWorkflow([{ id, kind: { kind: "approval", ...approvalOptions } }]);
  const check = checkRunOf(long, withRuns({ [id]: running(approval) }, { linked }));
  expect(check?.actions).toHaveLength(3);
  for (const { identifier, label, description } of check?.actions ?? []) {
    expect([identifier.length <= 20, label.length <= 20, description.length <= 40]).toEqual([
      true,
      true,
      true,
    ]);
  }
});

test("of two approvals that wait, each command names its step", () => {
  const kind = { kind: "approval", ...approvalOptions } as const;
  const two = aWorkflow([
    { id: "qa", kind },
    { id: "legal", kind },
  ]);
  const execution = withRuns({ qa: running(approval), legal: running(approval) });
  const commands = fittingCommands(two, execution).map(({ command }) => command);
  expect(commands.slice(0, 4)).toEqual([
    "/hishamos approve qa",
    "/hishamos reject qa",
    "/hishamos approve legal",
    "/hishamos reject legal",
  ]);
});

describe("asks", () => {
  test.for([
    ["working", []],
    [
      "person asked",
      [
        /How bad is it\?[\s\S]*```\n\/hishamos done triage severity=1\n```\n\nIf it can't be done, say why: `\/hishamos fail triage REASON`$/,
      ],
    ],
    [
      "pull request asked",
      [
        /^### 🙋 A person is needed: `fix`\n\nOpen a pull request\.\n\nIf it can't be done, say why: `\/hishamos fail fix REASON`$/,
      ],
    ],
    [
      "approval asked",
      [
        /Who may decide: anyone with the role write or higher; not who started it nor the author\.[\s\S]*commit aaaaaaaaaaaa\.[\s\S]*Review #\d+: an approving review approves[\s\S]*```\n\/approve\n```/,
      ],
    ],
    ["paused", []],
    ["completed", []],
    ["failed", [/failed at `fix`[\s\S]*`http_404`: gone[\s\S]*\/hishamos retry/]],
  ] as const)("%s asks %j", ([state, bodies]) => {
    const asks = asksOf(workflow, at(state));
    expect(asks).toHaveLength(bodies.length);
    for (const [i, body] of bodies.entries()) expect(asks[i]?.body).toMatch(body);
  });

  test("nobody is asked where the workflow wants no comments", () => {
    expect(
      asksOf(aLifecycle({ report: { comment: "none", check: null, issue: "auto" } }), at("person asked")),
    ).toEqual([]);
  });

  test("every asking, visit and round is another question", () => {
    const keys = [
      withRuns({ deploy: running(approval) }, { id: "e" }),
      withRuns({ deploy: running({ ...approval, asking: 2 }) }, { id: "e" }),
      withRuns({ deploy: running(approval, { visit: 2 }) }, { id: "e" }),
      withRuns({ deploy: running(approval, { round: 2 }) }, { id: "e", round: 2 }),
    ].map((execution) => asksOf(workflow, execution)[0]?.key);
    expect(new Set(keys).size).toBe(4);
  });

  test("a reminder is a further comment", () => {
    const execution = withRuns({ deploy: running(approval, { remind: { at: 1, sent: 2 } }) });
    expect(asksOf(workflow, execution).map(({ key }) => key.split("/").slice(4))).toEqual([
      ["1", "1"],
      ["1", "1", "reminder", "2"],
    ]);
  });

  test("a question can't hold a marker of ours", () => {
    const question = "What of <!-- hishamos:1 -->?";
    const body = asksOf(workflow, withRuns({ triage: running({ ...person, question }) }))[0]?.body;
    expect(body).not.toContain("<!--");
  });

  test("strangers call nobody and forge nothing, the workflow's deciders are called", () => {
    const kind = {
      kind: "approval",
      ...approvalOptions,
      from: ["alice", "@octo-org/ops", "role:admin"],
    } as const;
    const strict = aWorkflow([{ id: "deploy", kind }]);
    const message = "ship it @everyone <!-- hishamos:1 --> ![](http://x)";
    const body = asksOf(strict, withRuns({ deploy: running({ ...approval, message }) }))[0]?.body ?? "";
    expect(body).toContain("Who may decide: @alice, @octo-org/ops, anyone with the role admin or higher");
    expect(body).not.toMatch(/@everyone|<!--|!\[\]\(/);
    expect(asksOf(workflow, at("failed"))[0]?.body).not.toMatch(/@everyone|<!--/);
  });
});

describe("the sticky comment", () => {
  test.for([
    ["1×", { attempt: 3, looks: 2 }],
    ["1×, attempt 2", { attempt: 4, looks: 2 }],
  ] as const)("says %s of a step with %j", ([said, run]) => {
    expect(renderSticky(workflow, withRuns({ triage: completed(run) }))).toContain(
      `triage | completed | ${said} |`,
    );
  });

  test("shows state, steps, drawing, pull requests, commands", () => {
    expect(renderSticky(workflow, { ...at("approval asked"), id: "abc" })).toMatchInlineSnapshot(`
      "### Bug Lifecycle: ▶️ running

      \`deploy\` waits for approval

      | | Step | State | Entered | | Time |
      | --- | --- | --- | --- | --- | --- |
      | ✅ | triage | completed | 1× |  | 1 min 5 s |
      | ⬜ | fix | pending | | | |
      | 🟡 | deploy | waiting | 1× | approval | since 2026-01-01 00:00 UTC |
      | ⬜ | close | pending | | | |

      <details><summary>Drawing</summary>

      \`\`\`mermaid
      flowchart TD
        s1(["triage: bug-triage-agent"])
        s1 --> s2
        s2(["fix: coding-agent"])
        s2 --> s3
        s3{{"deploy: approval"}}
        s3 --> s4
        s4["close: issues.update"]
        classDef waiting fill:#9a6700,color:#fff,stroke:#9a6700
        class s3 waiting
        classDef completed fill:#1a7f37,color:#fff,stroke:#1a7f37
        class s1 completed
      \`\`\`

      </details>

      Pull requests: #2 (open)

      Commands that fit now:

      - \`/approve\` approves deploy (anyone with the role write or higher; not who started it nor the author)
      - \`/reject\` rejects deploy (anyone with the role write or higher; not who started it nor the author)
      - \`/hishamos pause\` enters no further step until it is resumed (anyone with the role write or higher)
      - \`/hishamos cancel\` ends it (anyone with the role write or higher)

      <sub>Execution \`abc\` · round 1 · \`.hishamos/bug-lifecycle.yml\` at 0123456789ab</sub>"
    `);
  });

  test.for([
    ["an approved step", { deploy: completed() }, "| deploy | completed | 1× | by quinn |"],
    ["a skipped step", { deploy: { ...completed(), state: "skipped", reason: "command" } }, "| by quinn |"],
    ["a step of which the timeline says nothing", { triage: completed() }, "| triage | completed | 1× |  |"],
  ] as const)("%s: who decided it", ([, runs, row]) => {
    const timeline = [
      { at: startOfTests - 1, by: "earlier", what: "approve", step: "deploy" },
      { at: startOfTests + 1, by: "quinn", what: "approve", step: "deploy" },
      { at: startOfTests + 2, by: "quinn", what: "approve", step: "deploy" },
    ];
    expect(renderSticky(workflow, withRuns(runs as Record<string, Run>, { timeline }))).toContain(row);
  });

  test("stays within GitHub's length, and whole, for a workflow of a thousand steps", () => {
    const steps = Array.from({ length: 1000 }, (_, i) => ({ id: `step_with_a_long_name_${i}` }));
    const text = renderSticky(aWorkflow(steps), withRuns({ step_with_a_long_name_0: running() }));
    expect(text.length).toBeLessThanOrEqual(65_000);
    expect(text).toContain("/hishamos cancel");
    expect(text.match(/```/g)?.length ?? 0).toBe(0);
  });

  test("has no mention, tag or broken table cell from an error's text", () => {
    const execution = withRuns({ fix: failedRun("a | b\n@everyone <b>") }, { state: "failed" });
    const row = renderSticky(workflow, execution)
      .split("\n")
      .find((line) => line.includes("| fix |"));
    expect(row).toMatch(/a \\\| b/);
    expect(row).not.toMatch(/@everyone|<b>/);
  });
});

describe("nested steps", () => {
  const kind = { kind: "approval", ...approvalOptions } as const;
  const nested = aWorkflow(
    [
      { id: "checks", steps: [{ id: "lint" }, { id: "gate", kind }], join: "all" },
      {
        id: "each",
        steps: [{ id: "build" }],
        forEach: { in: template("{{input.list}}"), as: "item", maxParallel: 10, failFast: true },
      },
      { id: "poll", steps: [{ id: "ask" }], repeat: { until: null, everyMs: 0, max: 9 } },
      { id: "after", steps: [{ id: "inner" }] },
    ],
    { finally: aWorkflow([{ id: "notify" }]).steps },
  );
  const around = running({ for: "steps", next: 0 });
  const atWork = withRuns({
    checks: around,
    "checks/lint": completed(),
    "checks/gate": running(approval),
    each: running({ for: "steps", next: 4 }, { input: [1, 2, 3, 4, 5] }),
    "each[0]": completed(),
    "each[0]/build": completed(),
    "each[1]": failedRun("gone"),
    "each[2]": around,
    "each[2]/build": running(),
    "each[10]": around,
    "each[10]/build": running({ for: "delay", until: startOfTests }),
    poll: running({ for: "repeat", iteration: 3, until: null }),
    "poll[]": around,
    "poll[]/ask": running(),
  });

  test("stand below what they are in; of items only those at work or failed", () => {
    const rows = renderSticky(nested, atWork)
      .split("\n")
      .filter((line) => /^\| \S/.test(line))
      .map((line) => line.split(" | ").slice(1, 5).join(" | "));
    expect(rows.slice(2)).toEqual([
      "checks | running | 1× | ",
      "&emsp;lint | completed | 1× | ",
      "&emsp;gate | waiting | 1× | approval",
      "each | running | 1× | 1 of 5 done, 1 failed",
      "&emsp;each[1] | failed | 1× | http_404: gone",
      "&emsp;each[2] | running | 1× | ",
      "&emsp;&emsp;build | running | 1× | ",
      "&emsp;each[10] | running | 1× | ",
      "&emsp;&emsp;build | waiting | 1× | its time, 2026-01-01 00:00 UTC",
      "poll | running | 1× | its iteration 4",
      "&emsp;ask | running | 1× | ",
      "after | pending | | | |",
      "finally: notify | pending | | | |",
    ]);
  });

  test("are named by their paths in the headline, the commands and the question", () => {
    const body = renderSticky(nested, atWork);
    expect(body).toContain("`checks/gate` waits for approval; `each[10]/build` waits for its time");
    expect(body).toContain("`poll[]/ask` is at work");
    expect(body).toContain("`/hishamos skip each[10]/build`");
    const [ask] = asksOf(nested, atWork);
    expect(ask?.body).toContain("Approval needed: `checks/gate`");
  });

  test("are coloured in the drawing, of many items what is at work; the boxes are not", () => {
    const drawn = renderSticky(nested, atWork).split("\n");
    expect(drawn.filter((line) => line.startsWith("  class s"))).toEqual([
      "  class s2_1,s3_1 running",
      "  class s1_2 waiting",
      "  class s1_1 completed",
    ]);
  });

  test("a check run's buttons speak of the nested approval by its path", () => {
    const check = checkRunOf(nested, { ...atWork, linked });
    expect(check?.external_id).toBe(`${atWork.id}/checks/gate/1`);
    expect(check?.output.title).toBe("checks/gate waits for approval");
  });

  test("however many there are, thirty rows are shown, and what runs or failed is among them", () => {
    const many = aWorkflow(Array.from({ length: 40 }, (_, index) => ({ id: `s${index}` })));
    const body = renderSticky(many, withRuns({ s39: failedRun("gone"), s1: completed() }));
    expect(body.split("\n").filter((line) => /^\| \S+ \| s\d/.test(line))).toHaveLength(30);
    expect(body).toContain("| s39 | failed");
    expect(body).toContain("| s1 | completed");
    expect(body).toContain("… and 10 more rows.");
  });
});

test.for([
  [{ held: "eve", state: "paused", pausedAt: 1 }, /because of `eve`.*`\/hishamos allow`/],
  [{ wants: "group" }, /It is queued/],
  [
    { finalizing: true, ending: { state: "failed", error: failure } },
    /It ends as failed \(at `fix`: `http_404`: gone.*the steps of `finally` come first/,
  ],
  [
    {
      state: "paused",
      pausedAt: 1,
      spending: { steps: 1, tokens: 5000, costUsd: 1.5, grants: 0 },
      timeline: [{ at: 1, by: null, what: "budget", step: "fix" }],
    },
    /budget is spent \(5000 tokens and 1.50 USD, last at `fix`\).*`\/hishamos resume`/,
  ],
  [
    { state: "paused", pausedAt: 1, timeline: [{ at: 1, by: "quinn", what: "pause", step: null }] },
    /Paused by `quinn`/,
  ],
] as const)("%j is told in plain words", ([over, words]) => {
  expect(renderSticky(workflow, withRuns({}, over))).toMatch(words);
});

test("a start that waits to be allowed offers that and its end, by command and button", () => {
  const held = withRuns({}, { held: "eve", state: "paused", pausedAt: 1, linked });
  expect(fittingCommands(workflow, held).map(({ command, who }) => [command, who])).toEqual([
    ["/hishamos allow", "anyone else with the role triage or higher"],
    ["/hishamos cancel", "anyone with the role write or higher"],
  ]);
  const check = checkRunOf(workflow, held);
  expect(check).toMatchObject({ status: "completed", conclusion: "action_required" });
  expect(check?.output.title).toBe("waits to be allowed");
  expect(check?.actions.map(({ identifier }) => identifier)).toEqual(["allow", "cancel"]);
});

test("what is queued is a queued check run", () => {
  expect(checkRunOf(workflow, withRuns({}, { wants: "group", linked }))?.status).toBe("queued");
});

test("who may use a command is as the workflow says", () => {
  const strict = aLifecycle({ commands: new Map([["cancel", ["role:admin", "@octo-org/ops"]]]) });
  const cancel = fittingCommands(strict, at("working")).find(({ command }) => command === "/hishamos cancel");
  expect(cancel?.who).toBe("anyone with the role admin or higher, @octo-org/ops");
});

const byMaya = { at: 1, by: "maya", step: null };
test.for([
  [[{ ...byMaya, what: "cancel" }], "Cancelled: a cancel by `maya`."],
  [[{ ...byMaya, what: "cancel", reason: "not @now" }], "Cancelled: a cancel by `maya`: not @\u200dnow."],
  [
    [{ ...byMaya, what: "cancel", reason: `superseded by ${"ab12".repeat(8)}` }],
    "Cancelled: a newer start took its place, execution `ab12ab12`.",
  ],
  [[{ ...byMaya, what: "cancel: closed" }], "Cancelled: the issue was closed by `maya`."],
  [[{ ...byMaya, by: null, what: "cancel: merged" }], "Cancelled: the issue was merged."],
  [
    [{ ...byMaya, what: "cancel: unlabeled" }],
    "Cancelled: the issue lost the label that started it, taken off by `maya`.",
  ],
  [
    [
      { ...byMaya, what: "cancel: closed" },
      { ...byMaya, by: "olga", what: "cancel" },
    ],
    "Cancelled: the issue was closed by `maya`.",
  ],
  [
    [
      { ...byMaya, what: "cancel: closed" },
      { ...byMaya, what: "retry" },
      { ...byMaya, by: "olga", what: "cancel" },
    ],
    "Cancelled: a cancel by `olga`.",
  ],
] as const)("a cancelled execution says why: %j", ([timeline, words]) => {
  const cancelled = { timeline, ending: { state: "cancelled", error: null } } as const;
  const shown = renderSticky(workflow, withRuns({}, { ...cancelled, state: "cancelled", endedAt: 1 }));
  expect(shown.split("\n\n")[1]).toBe(words);
  const cleaning = renderSticky(workflow, withRuns({}, { ...cancelled, finalizing: true }));
  expect(cleaning).toContain(`It ends as cancelled (${words.slice("Cancelled: ".length, -1)})`);
});

test.for([
  ["cancel", "/hishamos cancel", "working", "@olga"],
  ["pause", "/hishamos pause", "working", "anyone with the role admin or higher"],
  ["done", "/hishamos done triage severity=1", "person asked", "@mona"],
  ["fail, as done,", "/hishamos fail triage REASON", "person asked", "@mona"],
  [
    "approve",
    "/approve",
    "approval asked",
    "anyone with the role write or higher; not who started it nor the author; of these @lead",
  ],
] as const)("who may use %s is as the settings say, but where the workflow says it", (row) => {
  const [, wanted, state, who] = row;
  const commands = { cancel: ["mona"], pause: ["role:admin"], done: ["mona"], approve: ["lead"] };
  const strict = aLifecycle({ commands: new Map([["cancel", ["olga"]]]) });
  const shown = fittingCommands(strict, { ...at(state), commands });
  expect(shown.find(({ command }) => command === wanted)?.who).toBe(who);
});

test.for([
  ["person asked", "done", "(@mona may)"],
  ["person asked", "fail", "If it can't be done, say why (@mona may): `/hishamos fail triage REASON`"],
  ["approval asked", "approve", "By the command `approve` only: @mona."],
  ["failed", "retry", "When the cause is gone, @mona can try again"],
] as const)("%s: the ask says who may use %s", ([state, command, words]) => {
  const [ask] = asksOf(workflow, { ...at(state), commands: { [command]: ["mona"] } });
  expect(ask?.body).toContain(words);
});

test("a child asks by its id, and shows nothing else of its own", () => {
  const run = { round: 1, path: "qa", visit: 1, attempt: 1 };
  const parent = { execution: "a".repeat(32), run };
  const child = withRuns({ deploy: running(approval) }, { id: "b".repeat(32), parent, linked });
  const [ask] = asksOf(workflow, child);
  expect(ask?.body).toContain("/hishamos approve bbbbbbbb deploy");
  expect(ask?.body).not.toContain("```\n/approve");
  expect(checkRunOf(workflow, child)).toBeNull();
  const failed = withRuns({}, { parent, state: "failed", ending: { state: "failed", error: failure } });
  expect(asksOf(workflow, failed)).toEqual([]);
});

test("a step about another issue asks there", () => {
  const execution = withRuns({ deploy: running(approval, { subject: 7 }) });
  expect(asksOf(workflow, execution).map(({ place }) => place)).toEqual([7]);
});
