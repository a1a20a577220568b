import { describe, expect, test } from "vitest";
import { formatProblem } from "../../../src/core/problem.ts";
import { readTests } from "../../../src/definition/tests/index.ts";
import { aligned } from "../../../src/sandbox/workflow-tests/align.ts";
import { casesOf, labelled, told, triageWorkflow, verdict } from "./stage.ts";

const head = `workflow: w\n${labelled}\ngithub: { collaborators: { maya: maintain } }\n`;
const good = "answers: { triage: { output: { severity: 4, summary: Bad } }, decide: { approve: maya } }\n";

test("steps that came out differently stand side by side, the first deviation marked", async () => {
  const result = await verdict(
    triageWorkflow,
    `${head}${good}expect:
  steps: [triage, decide, urgent, close]
`,
  );
  expect(told(result)).toMatchInlineSnapshot(`
    "steps: expected decide, seen urgent
        expected    seen
        triage      triage
      > decide
        urgent      urgent
                    decide
        close       close"
  `);
});

test("the failed step says why", async () => {
  const result = await verdict(
    triageWorkflow,
    `${head}answers:
  triage: { output: { severity: 4, summary: Bad } }
  urgent: { fail: { code: http_403, message: Forbidden } }
  decide: { approve: maya }
expect:
  state: completed
  steps: [triage, urgent, decide, close]
`,
  );
  expect(told(result)).toMatchInlineSnapshot(`
    "state: expected completed, seen failed at urgent (http_403): Forbidden
    steps: expected decide, seen tell
        expected    seen
        triage      triage
        urgent      urgent: failed (http_403: Forbidden)
      > decide
        close
                    tell
    answers that nothing asked for: decide"
  `);
});

const familyOf = (limit: string, more = "") => `name: Family
on: { issues: { types: [labeled], labels: [bug] } }
${limit}
steps:
  - id: checks
    parallel:
      steps:
        - { id: qa, workflow: ./qa.yml${more} }
        - { id: lint, agent: security-agent }
        - { id: merged, wait_for: push }
`;
const qaOf = (more = "") => `name: QA
steps:
  - { id: test, agent: qa-agent${more} }
  - { id: agree, approval: { from: [maya, role:admin] } }
`;
const tested = "checks/qa/test: { output: { passed: true, notes: Fine } }";
const linted = "lint: { output: { risk: none, summary: Fine } }";

const late: readonly (readonly [
  when: string,
  workflow: string,
  qa: string,
  answers: string,
  said: string,
])[] = [
  [
    "the whole takes too long",
    familyOf("limits: { timeout: 2d }"),
    qaOf(),
    linted,
    "failed (timeout): not finished after 2d; still waiting: checks/merged for an event (push), checks/qa/test for a person (qa-agent)",
  ],
  [
    "a step of a child is answered, and the next one not",
    familyOf("limits: { timeout: 2d }"),
    qaOf(),
    `${linted}, ${tested}`,
    "failed (timeout): not finished after 2d; still waiting: checks/merged for an event (push), checks/qa/agree for an approval (maya, role:admin)",
  ],
  [
    "a step takes too long: nothing but what is in it",
    familyOf("", ", timeout: 1d"),
    qaOf(),
    linted,
    "failed at checks/qa (timeout): no result after 1d; still waiting: checks/qa/test for a person (qa-agent)",
  ],
  [
    "a child's step takes too long",
    familyOf(""),
    qaOf(", timeout: 1d"),
    linted,
    "; still waiting: checks/qa/test for a person (qa-agent)",
  ],
  [
    "nothing is to come any more",
    familyOf(""),
    qaOf(),
    linted,
    "running: checks/merged waits for an event (push), checks/qa/test waits for a person (qa-agent)",
  ],
];
test.for(late)("who kept it waiting is told where %s", async ([, workflow, qa, answers, said]) => {
  const text = `${head}answers: { ${answers} }\nexpect: { state: completed }\n`;
  const shown = told(await verdict(workflow, text, { ".hishamos/qa.yml": qa }));
  expect(shown).toContain(said);
  expect(shown.endsWith(said.slice(-20))).toBe(true);
});

test("who kept it waiting is told below other differences, too", async () => {
  const text = `${head}answers: { ${linted} }\nexpect: { error: rejected }\n`;
  const files = { ".hishamos/qa.yml": qaOf() };
  expect(told(await verdict(familyOf("limits: { timeout: 2d }"), text, files))).toMatchInlineSnapshot(`
    "error: expected {"code":"rejected"}, seen timeout: not finished after 2d
    still waiting: checks/merged for an event (push), checks/qa/test for a person (qa-agent)"
  `);
});

test("one that failed for another reason speaks of nobody who waits", async () => {
  const text = `${head}answers: { lint: { fail: { code: http_500, message: Down } } }\nexpect: { state: completed }\n`;
  const files = { ".hishamos/qa.yml": qaOf() };
  expect(told(await verdict(familyOf(""), text, files))).toMatchInlineSnapshot(
    `"state: expected completed, seen failed at checks/lint (http_500): Down"`,
  );
});

test("comments that came near are shown", async () => {
  const result = await verdict(
    triageWorkflow,
    `${head}expect:
  comments: ["This bug is stuck at triage", "no result after", { not: Stuck }]
`,
  );
  expect(told(result)).toMatchInlineSnapshot(`
    "comments: no comment has "This bug is stuck at triage" in it
      near:
        "> Triage a bug report: judge how severe it is, name the part of the product it belongs to, say in one or two sentences what is wrong, and name an older issue if…"
        "Stuck at triage: no result after 7d"
    comments: expected no comment with "Stuck"
        "Stuck at triage: no result after 7d"
    still waiting: triage for a person (bug-triage-agent)"
  `);
});

test("labels, people, outputs, states and errors are told with what was seen", async () => {
  const result = await verdict(
    triageWorkflow,
    `${head}${good}expect:
  state: failed
  labels: { has: [urgnt], not: [bug] }
  assignees: [tom]
  issue: open
  pull_request: merged
  outputs: { a: 1 }
  error: timeout
  steps: { triage: { visits: 2, output: { severity: 5 } }, close: skipped, tell: completed, decide: { error: rejected } }
`,
  );
  expect(told(result)).toMatchInlineSnapshot(`
    "state: expected failed, seen completed
    steps: triage: expected 2 visits, seen 1
    steps: triage: expected the output {"severity":5}, seen {"severity":4,"summary":"Bad"}
    steps: close: expected skipped, seen completed
    steps: tell: expected completed, seen none
    steps: decide: expected the error rejected, seen none
    labels: expected urgnt among [bug, urgent] (urgent is close)
    labels: expected no bug among [bug, urgent]
    assignees: expected [tom], seen []
    issue: expected open, seen closed
    pull_request: expected merged, seen no pull request
    outputs: expected {"a":1}, seen null
    error: expected {"code":"timeout"}, seen none"
  `);
});

test("what nothing started says what became of the events", async () => {
  const result = await verdict(
    triageWorkflow,
    `workflow: w\nevent: { issues.labeled: { label: question } }\nexpect: { state: completed }\n`,
  );
  expect(told(result)).toMatchInlineSnapshot(`
    "state: expected completed, seen not_started
      label: no trigger fits
      issues: no trigger fits"
  `);
});

test("a deed that GitHub refuses is told", async () => {
  const result = await verdict(
    triageWorkflow,
    `${head}answers: { triage: { as: maya, merges: true } }\nexpect: { state: completed }\n`,
  );
  expect(told(result)).toContain("HOS816 the scenario has opened no issue or pull request yet");
});

describe("what is wrong with a test is told where it stands", () => {
  const rows: readonly (readonly [says: string, tests: string, problems: readonly string[]])[] = [
    [
      "an unknown step in answers and expectations",
      `${head}answers: { triag: { output: 1 } }\nexpect: { steps: [triage, clos] }\n`,
      [
        'tests/t.yml:4:12 HOS812 the workflow "Triage" has no step "triag". Did you mean "triage"?',
        'tests/t.yml:5:11 HOS812 the workflow "Triage" has no step "clos". Did you mean "close"?',
      ],
    ],
    [
      "an unknown step to crash in",
      `${head}crash: [triage, clos]\nexpect: {}\n`,
      ['tests/t.yml:4:1 HOS812 the workflow "Triage" has no step "clos". Did you mean "close"?'],
    ],
    [
      "a crash that never came, because its step was never under way",
      `${head}answers: { triage: { fail: error } }\ncrash: close\nexpect: { state: failed }\n`,
      ["tests/t.yml:5:1 HOS817 crash: close was never under way"],
    ],
    [
      "an answer that does not fit the step",
      `${head}answers: { triage: { approve: maya }, decide: { output: 1 } }\nexpect: {}\n`,
      [
        'tests/t.yml:4:12 HOS813 triage: the step is an agent; "approve" does not answer it. It takes output, fail, pull_request, or something that somebody does (as: LOGIN).',
        'tests/t.yml:4:39 HOS813 decide: the step is an approval; "output" does not answer it. It takes approve, reject, or something that somebody does (as: LOGIN).',
      ],
    ],
    [
      "an output that the agent could not give",
      `${head}answers: { triage: { output: { severity: 9, summary: Bad } } }\nexpect: {}\n`,
      [
        "tests/t.yml:4:12 HOS814 triage: the output of bug-triage-agent severity must be <= 5. It gives severity, component, summary, duplicate_of.",
      ],
    ],
    [
      "an event that does not exist",
      "workflow: w\nevent: issue.labeled\nexpect: {}\n",
      ['tests/t.yml:2:1 HOS815 "issue" is no event that GitHub delivers. Did you mean "issues"?'],
    ],
    [
      "an event without its action",
      "workflow: w\nevent: { issues: {} }\nexpect: {}\n",
      ['tests/t.yml:2:1 HOS815 the event "issues" needs its action. As issues.assigned.'],
    ],
  ];
  test.for(rows)("%s", async ([, tests, problems]) => {
    const result = await verdict(triageWorkflow, tests);
    expect(result.problems.map(formatProblem)).toEqual(problems);
  });
});

describe("what is wrong with the form of a test file is told where it stands", () => {
  const rows: readonly (readonly [says: string, text: string, problem: string])[] = [
    [
      "an unknown key",
      "workflow: w\nexpct: {}\n",
      't:2:1 HOS810 unknown key "expct". Did you mean "expect"?',
    ],
    [
      "no workflow",
      "expect: {}\n",
      't:1:1 HOS810 the key "workflow" is missing. Name the workflow that is tested.',
    ],
    [
      "a state that is none",
      "workflow: w\nexpect: { state: complete }\n",
      't:2:18 HOS810 "complete" is not a state: use completed, failed, cancelled, running, paused, not_started. Did you mean "completed"?',
    ],
    [
      "two deeds",
      "workflow: w\nexpect: {}\nanswers: { a: { output: 1, fail: error } }\n",
      "t:3:15 HOS810 an answer does exactly one thing, this one has output and fail.",
    ],
    [
      "a deed of nobody",
      "workflow: w\nexpect: {}\nanswers:\n  a: { merges: true }\n",
      't:4:6 HOS810 "merges" is something that a person does. Say who: as: LOGIN.',
    ],
    [
      "a reason of nobody",
      "workflow: w\nexpect: {}\nanswers: { a: { fail: No device } }\n",
      't:3:15 HOS810 fail is transient, timeout, error, or a map, not "No device". A person\'s reason says whose it is: by: LOGIN.',
    ],
    [
      "a case without a name",
      "workflow: w\ncases:\n  - expect: {}\n",
      't:3:5 HOS810 the key "name" of cases[0] is missing',
    ],
    [
      "a list of events",
      "workflow: w\nexpect: {}\nevent: [a]\n",
      "t:3:8 HOS810 event must be an event such as issues.labeled, with its payload, not a list",
    ],
    [
      "a role that is none",
      "workflow: w\nexpect: {}\ngithub: { collaborators: { maya: boss } }\n",
      't:3:34 HOS810 "boss" is not a role: use none, read, triage, write, maintain, admin',
    ],
    ["a text that is no YAML", "workflow: [\n", "t:1:11 HOS210 what begins with [ here is never closed"],
  ];
  test.for(rows)("%s", ([, text, problem]) => {
    const read = readTests(text, "t");
    const problems = "problems" in read ? read.problems.map(formatProblem) : [];
    expect(problems[0]).toMatch(problem.slice(0, 1) === "t" ? problem : "");
    expect(problems).toHaveLength(1);
  });
});

test("cases share what stands above them, and add to it", () => {
  const read = readTests(
    `workflow: w
event: issues.opened
github: { labels: [a], collaborators: { maya: read } }
answers: { x: { output: 1 }, y: { output: 1 } }
cases:
  - { name: one, expect: { state: completed } }
  - name: two
    event: issues.closed
    github: { labels: [b], collaborators: { tom: write } }
    answers: { y: { output: 2 } }
    expect: { state: failed }
`,
    "t.yml",
  );
  expect("cases" in read ? read.cases : read).toMatchObject([
    { name: "one", event: { name: "issues.opened" }, answers: { x: { output: 1 }, y: { output: 1 } } },
    {
      name: "two",
      event: { name: "issues.closed" },
      github: { labels: ["a", "b"], collaborators: { maya: "read", tom: "write" } },
      answers: { x: { output: 1 }, y: { output: 2 } },
      places: {
        "": { line: 7, column: 5 },
        "answers.y": { line: 10, column: 16 },
        "answers.x": { line: 4, column: 12 },
      },
    },
  ]);
});

const same = (left: string, right: string) => left === right;
const alignments: readonly (readonly [left: string, right: string, rows: string])[] = [
  ["abc", "abc", "aa bb cc"],
  ["abc", "ac", "aa b- cc"],
  ["ac", "abc", "aa -b cc"],
  ["abd", "acd", "aa b- -c dd"],
  ["", "ab", "-a -b"],
  ["abcabc", "abc", "aa bb cc a- b- c-"],
];
test.for(alignments)("%s beside %s is %s", ([left, right, rows]) => {
  const found = aligned(left.split(""), right.split(""), same);
  expect(found.map((row) => `${row.left ?? "-"}${row.right ?? "-"}`).join(" ")).toBe(rows);
});

test.for([
  ["a file that is one case counts what is there once", "", 1],
  [
    "a case adds to what the file says",
    "cases: [{ name: x, expect: {}, github: { issues: [{ title: b }] } }]",
    2,
  ],
  [
    "an empty list takes away what the file says",
    "cases: [{ name: x, expect: {}, github: { issues: [] } }]",
    0,
  ],
] as const)("%s", ([, cases, count]) => {
  const text = `workflow: w\nevent: schedule\ngithub: { issues: [{ title: a }] }\nexpect: {}\n${cases}\n`;
  expect(casesOf(text).map(({ github }) => github.issues.length)).toEqual([count]);
});
