import { expect } from "vitest";
import type { Subject } from "../../src/core/execution.ts";
import { nextTick } from "../../src/definition/cron.ts";
import { hears, stillHolds } from "../../src/github/triggers.ts";
import { rehearsal } from "./rehearsal.ts";
import { issue, reads } from "./scenario.ts";

const nothing = "steps: [{ id: a, delay: 1m }]";
const works = "steps: [{ id: a, agent: bot }]";

/** Rows of one rule: what happens, and whether that starts the workflow. */
function starts(
  rule: string,
  on: string,
  rows: readonly (readonly [string, string, string])[],
  rest = nothing,
): void {
  for (const [more, play, state] of rows) {
    rehearsal(rule, `on: ${on}\n${rest}`, `${play}\nexpect: { state: ${state} }`, { more });
  }
}

starts("on-default-types", "pull_request", [
  ["opened", "event: { pull_request.opened: {} }", "completed"],
  ["labeled", "event: { pull_request.labeled: { label: bug } }", "not_started"],
]);
starts("on-labels", "{ issues: { labels: [bug] } }", [
  ["the label", "event: { issues.labeled: { label: bug } }", "completed"],
  ["another one", "event: { issues.labeled: { issue: { labels: [bug] }, label: docs } }", "not_started"],
  ["another action", "event: { issues.assigned: { issue: { labels: [bug] } } }", "not_started"],
]);
starts("on-labels-else", "{ issues: { types: [assigned], labels: [bug] } }", [
  ["any of the subject", "event: { issues.assigned: { issue: { labels: [docs, bug] } } }", "completed"],
  ["none of the subject", "event: { issues.assigned: { issue: { labels: [docs] } } }", "not_started"],
]);
starts("on-branches", '{ push: { branches: ["release/*"] } }', [
  ["one that matches", "event: { push: { branch: release/1 } }", "completed"],
  ["* stays within a segment", "event: { push: { branch: release/1/x } }", "not_started"],
]);
starts("on-paths", '{ push: { paths: ["docs/**"] } }', [
  ["one that matches", "event: { push: { files: { docs/a/b.md: x, src/a.ts: y } } }", "completed"],
  ["none that matches", "event: { push: { files: { src/docs.md: x } } }", "not_started"],
]);
starts("on-roles", "{ issues: { types: [labeled], roles: triage } }", [
  ["below", "event: { issues.opened: {} }\ngithub: { collaborators: { reporter: read } }", "not_started"],
  [
    "at least",
    "event: { issues.labeled: { label: bug, by: mona } }\ngithub: { collaborators: { mona: write } }",
    "completed",
  ],
]);
starts(
  "on-condition",
  "{ issues: { types: [opened], condition: \"contains(event.issue.title, 'crash') && vars.on\" } }",
  [
    [
      "true",
      'event: { issues.opened: { issue: { title: a crash } } }\ngithub: { files: { .hishamos/config.yml: "vars: { on: true }" } }',
      "completed",
    ],
    [
      "false",
      'event: { issues.opened: { issue: { title: a crash } } }\ngithub: { files: { .hishamos/config.yml: "vars: { on: false }" } }',
      "not_started",
    ],
  ],
);
starts(
  "status-draft",
  "{ issues: { types: [opened] } }",
  [["a draft", "event: { issues.opened: {} }", "not_started"]],
  `status: draft\n${nothing}`,
);

const byStranger = "event: { issues.opened: {} }\ngithub: { collaborators: { reporter: none } }";
starts("outsiders-hold", "{ issues: { types: [opened] } }", [["a stranger", byStranger, "paused"]], works);
starts("outsiders-run", "{ issues: { types: [opened] } }", [["no agent", byStranger, "completed"]]);
starts(
  "outsiders-run",
  "{ issues: { types: [opened], outsiders: run } }",
  [["an agent", `${byStranger}\nanswers: { a: { output: 1 } }`, "completed"]],
  works,
);
starts("outsiders-ignore", "{ issues: { types: [opened], outsiders: ignore } }", [
  ["a stranger", byStranger, "not_started"],
]);
rehearsal(
  "outsiders-not-self",
  `on: { slash_command: { name: fix, roles: read } }\ncommands: { allow: [eve, mona] }\n${works}`,
  `
event: { issue_comment.created: { by: eve, comment: "/fix\\n/hishamos allow" } }
github: { collaborators: { eve: read } }
expect: { state: paused, comments: ["because of you"] }`,
);

const asked = (by: string) =>
  `event: { issue_comment.created: { by: ${by}, comment: "/deploy staging region=eu" } }\ngithub: { collaborators: { eve: triage } }`;
const deploy = (more = "") => `
inputs: { to: { type: string }, region: {} }
on: { slash_command: { name: deploy, args: [to]${more} } }
${nothing}
outputs: { to: "{{ input.to }} {{ input.region }}" }`;
rehearsal("on-slash-command", deploy(), `${asked("mona")}\nexpect: { state: completed }`);
rehearsal(
  "on-slash-command",
  deploy(),
  `${asked("eve")}\nexpect: { state: not_started, comments: ["needs role write"] }`,
  { more: "role write" },
);
rehearsal("on-slash-command", deploy(", roles: triage"), `${asked("eve")}\nexpect: { state: completed }`, {
  more: "roles",
});
rehearsal("slash-args", deploy(), `${asked("mona")}\nexpect: { outputs: { to: "staging eu" } }`);
rehearsal("slash-on", deploy(", on: pull_request"), `${asked("mona")}\nexpect: { state: not_started }`);
rehearsal(
  "on-own",
  `
on: { issues: { types: [labeled], labels: [second] } }
${nothing}`,
  `
event: { issues.opened: {} }
expect: { state: not_started, labels: [second] }`,
  {
    files: {
      "first.yml": `
name: First
on: { issues: { types: [opened] } }
permissions: { issues: write }
steps: [{ id: x, action: issues.addLabels, inputs: { labels: [second] } }]`,
    },
  },
);
rehearsal(
  "on-own",
  `
on: { issues: { types: [labeled], labels: [second], own: true } }
${nothing}`,
  `
event: { issues.opened: {} }
expect: { state: completed, labels: [second] }`,
  {
    more: "own: true",
    files: {
      "first.yml": `
name: First
on: { issues: { types: [opened] } }
permissions: { issues: write }
steps: [{ id: x, action: issues.addLabels, inputs: { labels: [second] } }]`,
    },
  },
);
rehearsal(
  "config-vars",
  `
on: { issues: { types: [opened] } }
${nothing}
outputs: { team: "{{ vars.team }}" }`,
  `
event: { issues.opened: {} }
github: { files: { .hishamos/config.yml: "vars: { team: blue }" } }
expect: { outputs: { team: blue } }`,
);
rehearsal(
  "file-default-branch",
  `
on: { pull_request: { types: [opened] } }
${nothing}
outputs: { of: main }`,
  `
event: { pull_request.opened: { pull_request: { files: { .hishamos/test.yml: "name: Theirs" } } } }
expect: { state: completed, outputs: { of: main } }`,
);
rehearsal(
  "subject-commands",
  `
on: { issues: { types: [opened] } }
steps: [{ id: fix, agent: coding-agent }, { id: ok, approval: { exclude: [] } }]`,
  `
event: { issues.opened: {} }
answers:
  fix: { pull_request: {} }
  ok: { as: mona, reviews: { event: approve } }
expect: { state: completed, steps: [fix, ok] }`,
);

reads("on-now", `on: { issues: { labels: [bug] } }\n${nothing}`, ({ triggers: [trigger] }) => {
  if (!trigger) throw new Error("there is no trigger");
  const payload = { issue: { number: 7, labels: [{ name: "bug" }] }, label: { name: "bug" } };
  const occasion = { event: "issues", action: "labeled", payload, by: "person" } as const;
  const now = (subject: Subject) =>
    ({ subject, state: "open", role: "write", files: [], root: () => null, now: 0 }) as const;
  expect(hears(trigger, occasion)).toBe(true);
  expect(stillHolds(trigger, occasion, now(issue))).toBe(null);
  expect(stillHolds(trigger, occasion, now({ ...issue, labels: [] }))).toContain("lost the label");
});
reads(
  "on-schedule",
  `on: { schedule: [{ cron: "30 6 * * 1-5", timezone: Europe/Berlin }] }\n${nothing}`,
  ({ triggers }) => {
    const { cron = "", timezone = "" } = triggers[0]?.schedule ?? {};
    const saturday = Date.UTC(2026, 0, 3);
    expect(nextTick(cron, timezone, saturday)).toBe(Date.UTC(2026, 0, 5, 5, 30));
  },
);

const fork = (more: string, by = "by: mona,") => `
event: { pull_request.labeled: { ${by} label: safe, pull_request: { fork: true, author: stranger } } }
github: { collaborators: { stranger: none } }
answers: { a: { output: 1 } }
expect: { state: ${more} }`;
rehearsal("outsiders-fork", `on: { pull_request: { types: [labeled] } }\n${works}`, fork("paused"));
rehearsal(
  "outsiders-fork",
  `on: { pull_request: { types: [labeled], labels: [safe] } }\n${works}`,
  fork("completed"),
  { more: "let in by a label" },
);
rehearsal(
  "outsiders-fork",
  `on: { pull_request: { types: [labeled], roles: write } }\n${works}`,
  fork("completed"),
  { more: "let in by its roles" },
);
rehearsal(
  "on-hops",
  `
on: { issues: { types: [opened], own: true } }
permissions: { issues: write }
steps:
  - { id: more, action: issues.create, inputs: { title: Another } }
  - { id: wait, delay: 1d }
  - { id: all, action: issues.listForRepo }
outputs: { issues: "{{ length(steps.all.output) }}" }`,
  `
event: { issues.opened: {} }
expect: { outputs: { issues: 4 } }`,
);
reads("on-bots", `on: issues\n${nothing}`, ({ triggers: [trigger] }) => {
  if (!trigger) throw new Error("there is no trigger");
  const occasion = { event: "issues", action: "opened", payload: {} };
  expect(hears(trigger, { ...occasion, by: "bot" })).toBe(false);
  expect(hears(trigger, { ...occasion, by: "allowed bot" })).toBe(true);
});
