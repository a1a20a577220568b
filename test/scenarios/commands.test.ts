import { rehearsal } from "./rehearsal.ts";

const ask = "on: { issues: { types: [opened] } }\nsteps: [{ id: a, agent: bot }]";
const opened = "event: { issues.opened: {} }";
/** Somebody says something while `a` waits for an answer. */
const says = (by: string, text: string, expected: string, more = "") =>
  `${opened}\nanswers: { a: { as: ${by}, comments: ${JSON.stringify(text)} } }\n${more}\nexpect: { ${expected} }`;

rehearsal("command-line", ask, says("mona", "Thanks.\n/hishamos cancel", "state: cancelled"));
for (const [more, text] of [
  ["within a line", "Please /hishamos cancel"],
  ["in a code block", "```\n/hishamos cancel\n```"],
  ["in a quote", "> /hishamos cancel"],
] as const) {
  rehearsal("command-line", ask, says("mona", text, "state: running"), { more });
}
rehearsal("command-short", ask, says("mona", "/cancel", "state: cancelled"));
rehearsal("command-short", ask, says("mona", "/approve", "state: running, comments: [{ not: no step }]"), {
  more: "nothing can take it",
});
const reader = "github: { collaborators: { eve: read } }";
rehearsal(
  "command-role",
  ask,
  says("eve", "/hishamos cancel", 'state: running, comments: ["role write"]', reader),
);
rehearsal("command-role", ask, says("eve", "/hishamos status", 'comments: ["running"]', reader), {
  more: "status",
});
rehearsal(
  "command-who",
  `${ask}\ncommands: { cancel: [eve] }`,
  says("eve", "/hishamos cancel", "state: cancelled", reader),
);
rehearsal(
  "command-who",
  ask,
  says(
    "eve",
    "/hishamos cancel",
    "state: cancelled",
    'github: { collaborators: { eve: read }, files: { .hishamos/config.yml: "commands: { cancel: [eve] }" } }',
  ),
  { more: "config.yml" },
);
rehearsal(
  "command-who",
  `${ask}\ncommands: { cancel: ["role:admin"] }`,
  says(
    "eve",
    "/hishamos cancel",
    "state: running",
    'github: { files: { .hishamos/config.yml: "commands: { cancel: [eve] }" } }',
  ),
  { more: "the workflow first" },
);
rehearsal(
  "command-done",
  ask,
  says(
    "mona",
    "/hishamos done a severity=5 why='it burns'",
    "state: completed, steps: { a: { output: { severity: 5, why: it burns } } }",
  ),
);
rehearsal(
  "command-done",
  ask,
  says(
    "mona",
    "/hishamos done a\n```yaml\nseverity: 5\ntags: [x, y]\n```",
    "state: completed, steps: { a: { output: { severity: 5, tags: [x, y] } } }",
  ),
  { more: "a YAML block" },
);
rehearsal(
  "command-done-schema",
  `${ask.replace("agent: bot", "agent: judge")}
agents: { judge: { instructions: Judge., output_schema: { type: object, required: [severity], properties: { severity: { type: integer, maximum: 5 } } } } }`,
  says("mona", "/hishamos done a severity=6", 'state: running, comments: ["severity"]'),
);
const gone = "fail: The device is gone, by: mona";
rehearsal(
  "command-fail",
  `on: { issues: { types: [opened] } }
steps: [{ id: g, steps: [{ id: a, agent: bot }], retry: { max_attempts: 3, on: [error] } }]`,
  `${opened}
answers: { g/a: { ${gone} } }
expect: { state: failed, steps: [g: failed, g/a: failed], error: { code: declined, message: "mona says that it can't be done: The device is gone" } }`,
  { more: "as a test's answer" },
);
const writers = "github: { collaborators: { eve: read, mona: write } }";
for (const [commands, by, state] of [
  ["{ done: [eve] }", "eve", "failed"],
  ["{ done: [eve] }", "mona", "running"],
  ["{ done: [mona], fail: [eve] }", "mona", "running"],
  ["{ done: [mona], fail: [eve] }", "eve", "failed"],
] as const) {
  rehearsal(
    "command-fail-who",
    `${ask}\ncommands: ${commands}`,
    says(by, "/hishamos fail a Nobody knows", `state: ${state}`, writers),
    { more: `${by} of ${commands}` },
  );
}
rehearsal(
  "command-run",
  `inputs: { to: { type: string } }
steps: [{ id: a, delay: 1m }]
outputs: { to: "{{ input.to }}" }`,
  `event: { issue_comment.created: { comment: "/hishamos run test to=staging" } }
expect: { state: completed, outputs: { to: staging } }`,
);
