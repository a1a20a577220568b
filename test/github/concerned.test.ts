import { expect, test } from "vitest";
import type { Execution, Waiting } from "../../src/core/execution.ts";
import { deliver, executionsOf, openShop, REPO, type Shop } from "./shop.ts";

const waits = `
name: Waits
on: { issues: { types: [opened] } }
steps:
  - id: release
    wait_for: { event: [release.published, repository_dispatch.ready] }
`;
const parked = `
name: Parked
on: { push: { branches: [main] } }
steps: [{ id: look, agent: qa-agent }]
`;

async function openOne(file: string): Promise<{ readonly shop: Shop; readonly execution: Execution }> {
  const shop = await openShop({ files: { ".hishamos/it.yml": file } });
  shop.github.as("mona").openIssue({ title: "It breaks" });
  shop.github.as("mona").push({ branch: "main", message: "More", files: { "a.txt": "1" } });
  await shop.settled();
  const [execution] = await executionsOf(shop);
  if (execution === undefined) throw new Error("nothing was started");
  return { shop, execution };
}

test.for([
  ["release", { action: "published", release: { tag_name: "v1" } }, true],
  ["release", { action: "created", release: { tag_name: "v1" } }, false],
  ["repository_dispatch", { action: "ready", client_payload: {} }, true],
  ["star", { action: "created" }, false],
] as const)("%s %j, which is about no issue, is heard by who waits for it by name: %j", async (row) => {
  const [event, payload, heard] = row;
  const { shop } = await openOne(waits);
  const outcome = await deliver(shop, event, payload);
  expect(outcome).toMatch(heard ? /told it/ : /concerns no workflow/);
  const [execution] = await executionsOf(shop);
  expect(execution?.state).toBe(heard ? "completed" : "running");
});

/** The execution of a push, its step parked so. */
async function openParked(waiting: Waiting) {
  const { shop, execution } = await openOne(parked);
  const { look } = execution.steps;
  const run = look?.runs.at(-1);
  if (look === undefined || run?.state !== "running") throw new Error("look is not at work");
  const steps = { look: { ...look, runs: [{ ...run, waiting }] } };
  const id = "e".repeat(32);
  await shop.stores.executions.create({ ...execution, id, revision: 1, slot: null, steps, startedAt: 1 });
  return { shop, id };
}

const sha = "c".repeat(40);
const us = { login: "hishamos[bot]" };
const endOfRun = (id: number, triggering_actor: object) => ({
  action: "completed",
  workflow_run: {
    id,
    event: "workflow_dispatch",
    head_sha: "d".repeat(40),
    pull_requests: [],
    triggering_actor,
    created_at: "2026-01-01T00:00:00Z",
  },
});
const check = (head_sha: string) => ({
  action: "completed",
  check_run: { id: 1, head_sha, pull_requests: [], app: { id: 999 } },
});

test.for([
  ["the end of its run", { for: "run", runId: 7, url: "" }, "workflow_run", endOfRun(7, us), true],
  ["the end of another run", { for: "run", runId: 7, url: "" }, "workflow_run", endOfRun(8, us), false],
  ["a check of its commit", { for: "checks", which: "all", headSha: sha }, "check_run", check(sha), true],
  [
    "a check of another commit",
    { for: "checks", which: "all", headSha: sha },
    "check_run",
    check("b".repeat(40)),
    false,
  ],
  ["a status of its commit", { for: "checks", which: "all", headSha: sha }, "status", { sha }, true],
] as const)("%s wakes what waits for it: %4$j", async ([, waiting, event, payload, heard]) => {
  const { shop, id } = await openParked(waiting);
  const outcome = await deliver(shop, event, payload);
  const told = new RegExp(`told it ${id.slice(0, 8)}`);
  if (heard) expect(outcome).toMatch(told);
  else expect(outcome).not.toMatch(told);
});

test("what waits is found behind however many that are newer and wait for something else", async () => {
  const { shop, id } = await openParked({ for: "run", runId: 7, url: "" });
  const parkedOne = await shop.stores.executions.load(id);
  if (parkedOne === null) throw new Error("it is not there");
  for (let index = 0; index < 1_100; index++) {
    const updatedAt = parkedOne.updatedAt + 1 + index;
    await shop.stores.executions.create({ ...parkedOne, id: `newer-${index}`, steps: {}, updatedAt });
  }
  const outcome = await deliver(shop, "workflow_run", endOfRun(7, us));
  expect(outcome).toBe(`processed: told it ${id.slice(0, 8)}`);
});

test("checks name their pull request, or GitHub is asked for it", async () => {
  const review =
    "name: Review\non: { pull_request: { types: [opened] } }\nsteps: [{ id: a, agent: qa-agent }]\n";
  const shop = await openShop({ files: { ".hishamos/review.yml": review } });
  shop.github.as("mona").push({ branch: "topic", from: "main", message: "Topic", files: { "a.txt": "1" } });
  const { number } = shop.github.as("mona").openPullRequest({ title: "Topic", head: "topic" });
  await shop.settled();
  shop.github.reportCheck(REPO, { at: number, name: "test", conclusion: "success" });
  await shop.settled();
  const outcomes = await shop.outcomes("check_run.completed");
  expect(outcomes.at(-1)).toMatch(/told review/);
});

const mendable = `
name: Mend
on: { issues: { types: [opened] } }
steps: [{ id: fix, agent: coding-agent }, { id: look, agent: qa-agent }]
`;

test.for([
  ["the merge of its pull request", "running"],
  ["a person", "cancelled"],
  ["a person who gives it up", "cancelled"],
] as const)("an issue closed by %s: %s", async ([by, state]) => {
  const shop = await openShop({ files: { ".hishamos/mend.yml": mendable } });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  await shop.settled();
  shop.github.as("hubot").push({ branch: "fix", from: "main", message: "Fix", files: { "a.txt": "1" } });
  const body = `Fixes #${number}`;
  const pull = shop.github.as("hubot").openPullRequest({ title: "A fix", body, head: "fix" });
  await shop.settled();
  if (by === "the merge of its pull request") shop.github.as("mona").merge(pull.number);
  else shop.github.as("mona").closeIssue(number, by === "a person" ? "completed" : "not_planned");
  await shop.settled();
  expect(shop.github.issue(REPO, number).state).toBe("closed");
  expect((await executionsOf(shop))[0]?.state).toBe(state);
});

test("an issue given up just after the merge of its pull request is given up", async () => {
  const shop = await openShop({ files: { ".hishamos/mend.yml": mendable } });
  const { number } = shop.github.as("mona").openIssue({ title: "It breaks" });
  await shop.settled();
  shop.github.as("hubot").push({ branch: "fix", from: "main", message: "Fix", files: { "a.txt": "1" } });
  const body = `Fixes #${number}`;
  const pull = shop.github.as("hubot").openPullRequest({ title: "A fix", body, head: "fix" });
  await shop.settled();
  shop.github.as("hubot").editIssue(pull.number, { body: "It helps a little." });
  shop.github.as("mona").merge(pull.number);
  await shop.settled();
  expect((await executionsOf(shop))[0]?.state).toBe("running");
  shop.github.as("mona").closeIssue(number, "not_planned");
  await shop.settled();
  expect((await executionsOf(shop))[0]?.state).toBe("cancelled");
});

test.for([
  ["us", "running"],
  ["mona", "cancelled"],
] as const)("an issue that a step closes, closed by %s: %s", async ([by, state]) => {
  const { shop, execution } = await openOne(mendable);
  const { fix } = execution.steps;
  const run = fix?.runs.at(-1);
  if (fix === undefined || run === undefined) throw new Error("fix was not entered");
  const effects = [{ key: "k", method: "issues.update", ref: null }];
  const steps = { fix: { ...fix, runs: [{ ...run, effects }] } };
  const id = "e".repeat(32);
  await shop.stores.executions.create({ ...execution, id, revision: 1, slot: null, steps, startedAt: 1 });
  const number = execution.subject?.number ?? 0;
  if (by === "us") {
    const { rest } = shop.clients.installation(execution.installation ?? 0);
    await rest.issues.update({ owner: "acme", repo: "shop", issue_number: number, state: "closed" });
  } else shop.github.as(by).closeIssue(number);
  await shop.settled();
  expect((await shop.stores.executions.load(id))?.state).toBe(state);
});

test("a wait for checks by name hears those of its own commit only", async () => {
  const review = `
name: Review
on: { pull_request: { types: [opened] } }
steps: [{ id: checked, wait_for: { event: check_run.completed } }]
`;
  const shop = await openShop({ files: { ".hishamos/review.yml": review } });
  shop.github.as("mona").push({ branch: "topic", from: "main", message: "Topic", files: { "a.txt": "1" } });
  const pull = shop.github.as("mona").openPullRequest({ title: "Topic", head: "topic" });
  await shop.settled();
  expect(await deliver(shop, "check_run", check("b".repeat(40)))).toMatch(/concerns no workflow/);
  expect(await deliver(shop, "check_run", check(pull.head.sha))).toMatch(/told review/);
  expect((await executionsOf(shop))[0]?.state).toBe("completed");
});
