import { expect, test } from "vitest";
import { loadWorkflow } from "../../../src/definition/index.ts";
import type { Rehearsal } from "../../../src/engine/ports/index.ts";
import { readHappening } from "../../../src/github/happening.ts";
import type { Work } from "../../../src/github/room.ts";
import type { Kept } from "../../../src/github/validation/occasions.ts";
import { replay, type Versions } from "../../../src/github/validation/replay.ts";
import { sectionOf } from "../../../src/github/validation/section.ts";

const path = ".hishamos/test.yml";
const now = Date.UTC(2026, 0, 10);

function versions(text: string): Versions {
  const loaded = loadWorkflow(text, path);
  if (!("workflow" in loaded)) throw new Error(JSON.stringify(loaded.problems));
  const version = { workflow: loaded.workflow, vars: {} };
  return { before: version, after: version };
}

const steps = "steps: [{ id: a, agent: qa-agent }]\n";

/** An event of acme/shop that came so long ago. */
function kept(event: string, payload: object, ageMs = 0): Kept {
  const happening = readHappening({
    id: event,
    event,
    receivedAt: now - ageMs,
    outcome: null,
    attempts: 1,
    holder: null,
    revision: 1,
    payload: {
      installation: { id: 1 },
      repository: { id: 7, name: "shop", owner: { login: "acme" }, default_branch: "main" },
      sender: { login: "mona", type: "User" },
      ...payload,
    },
  });
  if (happening === null) throw new Error("it has all that is needed");
  return { happening, by: "person" };
}

const walked: Rehearsal = { result: "walked", visits: [], state: "completed", error: null, recorded: true };
const work = {
  room: { clock: { now: () => now }, engine: { rehearse: () => Promise.resolve(walked) } },
} as unknown as Work;
const push = (branch: string, files: readonly string[] = []) => ({
  ref: `refs/heads/${branch}`,
  commits: [{ added: files }],
});

test("once time is over no event more is replayed, and that is said", async () => {
  const looked = { count: 0 };
  const isOver = () => looked.count++ >= 2;
  const all = [1, 2, 3, 4].map(() => kept("push", push("main")));
  const pushed = versions(`name: Test\non: { push: {} }\n${steps}`);
  const cut = await replay(work, pushed, all, isOver);
  expect(cut).toMatchObject({ cut: true, differing: 0 });
  expect(cut.lines).toHaveLength(2);
  const pair = {
    kind: "workflow",
    path,
    former: null,
    changes: [],
    broken: null,
    versions: pushed,
    touched: false,
  } as const;
  expect(sectionOf(pair, cut).replay).toContain("There was no time to replay the events before.");
  const none = await replay(work, pushed, all, () => true);
  expect(sectionOf(pair, none).replay).toEqual(["**Replay**: there was no time for it."]);
});

const issue = { number: 3, title: "Bad", state: "open", labels: [{ name: "bug" }], user: { login: "mona" } };
const pull = {
  number: 4,
  state: "open",
  labels: [],
  head: { ref: "change", sha: "c0ffee", repo: { id: 8 } },
  base: { ref: "main", repo: { id: 7 } },
};
const minute = 60_000;

const rows: readonly {
  readonly on: string;
  readonly event: Kept;
  readonly lines: readonly string[];
}[] = [
  {
    on: "push: { branches: [main] }",
    event: kept("push", push("main")),
    lines: ["- `push` to `main` (just now): same path"],
  },
  { on: "push: { branches: [main] }", event: kept("push", push("topic")), lines: [] },
  { on: "push: {}", event: kept("push", { ...push("main"), deleted: true }), lines: [] },
  {
    on: "push: { paths: ['src/**'] }",
    event: kept("push", push("main", ["src/a/b.ts"])),
    lines: ["- `push` to `main` (just now): same path"],
  },
  { on: "push: { paths: ['src/**'] }", event: kept("push", push("main", ["docs/a.md"])), lines: [] },
  {
    on: "issues: { types: [opened], roles: admin }",
    event: kept("issues", { action: "opened", issue }, minute),
    lines: ["- #3 `issues.opened` (1 minute ago): same path"],
  },
  {
    on: "issues: { types: [opened], labels: [help] }",
    event: kept("issues", { action: "opened", issue }),
    lines: [],
  },
  {
    on: "pull_request: { paths: ['src/**'], condition: subject.is_fork }",
    event: kept("pull_request", { action: "opened", pull_request: pull }, 150 * minute),
    lines: ["- #4 `pull_request.opened` (2 hours ago): same path"],
  },
  {
    on: "slash_command: { name: deploy }",
    event: kept("issue_comment", { action: "created", issue, comment: { id: 1, body: "Now\n/deploy\n" } }),
    lines: ["- #3 `issue_comment.created` (just now): same path"],
  },
  {
    on: "slash_command: { name: deploy }",
    event: kept("issue_comment", { action: "edited", issue, comment: { id: 1, body: "/deploy" } }),
    lines: [],
  },
  {
    on: "slash_command: { name: deploy, on: [pull_request] }",
    event: kept("issue_comment", { action: "created", issue, comment: { id: 1, body: "/deploy" } }),
    lines: [],
  },
  {
    on: "slash_command: { name: deploy }",
    event: kept("issue_comment", {
      action: "created",
      issue,
      comment: { id: 1, body: "/deploy what is this" },
    }),
    lines: [],
  },
  { on: "issues: {}", event: { ...kept("issues", { action: "opened", issue }), by: "us" }, lines: [] },
  { on: "issues: {}", event: { ...kept("issues", { action: "opened", issue }), by: "bot" }, lines: [] },
];

test.for(rows)("on $on: $event.happening.name -> $lines", async ({ on, event, lines }) => {
  const found = await replay(work, versions(`name: Test\non: { ${on} }\n${steps}`), [event], () => false);
  expect(found.lines).toEqual(lines);
});

test("a draft starts nothing, before or after", async () => {
  const draft = versions(`name: Test\nstatus: draft\non: { push: {} }\n${steps}`);
  expect((await replay(work, draft, [kept("push", push("main"))], () => false)).lines).toEqual([]);
});
