import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AppOptions, type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { at, openShop, type Shop } from "./shop.ts";

let shop: Shop;
let sandbox: SandboxGitHub;

beforeEach(async () => {
  shop = await openShop();
  sandbox = shop.sandbox;
});

afterEach(() => sandbox.close());

describe("changes announce themselves as at GitHub", () => {
  test("an issue opened with labels is opened, then labeled once for each", () => {
    sandbox.as("mona").openIssue({ title: "One", labels: ["bug", "urgent"] });
    expect(shop.events).toEqual(["label.created", "issues.opened", "issues.labeled", "issues.labeled"]);
  });

  test("a push to a pull request's branch is a push, then a synchronize, then a check suite", () => {
    const hubot = sandbox.as("hubot");
    hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "fixed\n" } });
    hubot.openPullRequest({ title: "Fix", head: "fix" });
    shop.events.length = 0;
    hubot.push({
      branch: "fix",
      message: "Fix better",
      files: { "a.txt": "fixed better\n", "b.txt": null, "c.txt": "three\n" },
    });
    expect(shop.events).toEqual(["push", "pull_request.synchronize", "check_suite.requested"]);
  });

  test("a push lists what each commit added, changed and removed", async () => {
    const pushed = new Promise((resolve) =>
      sandbox.on("announcement", ({ event, payload }) => event === "push" && resolve(payload)),
    );
    sandbox.as("hubot").push({
      branch: "main",
      message: "Work",
      files: { "a.txt": "changed\n", "b.txt": null, "c.txt": "three\n" },
    });
    expect(await pushed).toMatchObject({
      ref: "refs/heads/main",
      created: false,
      commits: [{ message: "Work", added: ["c.txt"], modified: ["a.txt"], removed: ["b.txt"] }],
    });
  });

  test("merging closes what the body says it fixes, once, and nothing else", () => {
    const mona = sandbox.as("mona");
    for (const title of ["One", "Two", "Three"]) mona.openIssue({ title });
    sandbox.as("hubot").push({ branch: "fix", message: "Fix", files: { "a.txt": "fixed\n" } });
    const pull = sandbox
      .as("hubot")
      .openPullRequest({ title: "Fix", head: "fix", body: "Fixes #1, resolves: #2 and mentions #3" });
    shop.events.length = 0;
    const merged = mona.merge(pull);
    expect(merged).toMatchObject({ merged: true, state: "closed", merged_by: { login: "mona" } });
    expect(sandbox.issues("acme/shop").map((issue) => issue.state)).toEqual(["closed", "closed", "open"]);
    expect(sandbox.file("acme/shop", "a.txt")).toBe("fixed\n");
    expect(shop.events).toEqual([
      "push",
      "check_suite.requested",
      "pull_request.closed",
      "issues.closed",
      "issues.closed",
    ]);
  });

  test.for(["merge", "squash", "rebase"] as const)("a %s brings both sides' files together", (method) => {
    const hubot = sandbox.as("hubot");
    hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "fixed\n" } });
    const pull = hubot.openPullRequest({ title: "Fix", head: "fix" });
    hubot.push({ branch: "main", message: "Meanwhile", files: { "b.txt": "changed\n" } });
    hubot.merge(pull, { method });
    expect([sandbox.file("acme/shop", "a.txt"), sandbox.file("acme/shop", "b.txt")]).toEqual([
      "fixed\n",
      "changed\n",
    ]);
  });

  const everything = { metadata: "read", issues: "read" } as const;
  test.for<readonly [string, AppOptions, boolean, number]>([
    ["subscribed and permitted", { events: ["issues"], permissions: everything }, false, 1],
    ["not subscribed", { events: ["push"], permissions: everything }, false, 0],
    ["not permitted", { events: ["issues"], permissions: { metadata: "read" } }, false, 0],
    ["suspended", { events: ["issues"], permissions: everything }, true, 0],
  ])("an App that is %s is told so many times", async ([, app, suspended, told]) => {
    await using other = await startSandboxGitHub({ app });
    const { installationId: id } = other.createRepository({ owner: "acme", name: "shop" });
    if (suspended && id !== null) other.suspend(id);
    // Nobody listens there: what counts is that it is tried.
    other.setWebhookTarget(`${other.url}/nobody`, "s");
    other.as("mona").openIssue({ title: "One" });
    await other.settled();
    expect(other.deliveries()).toHaveLength(told);
  });

  test("a label that is there already is not added again", () => {
    const mona = sandbox.as("mona");
    mona.openIssue({ title: "One" });
    mona.label(1, "bug");
    mona.label(1, "BUG");
    expect(shop.events).toEqual(["issues.opened", "issues.labeled"]);
  });

  test("a check run is completed once, however often it is updated", async () => {
    const octokit = await shop.bot();
    const { data: branch } = await octokit.rest.repos.getBranch({ ...at, branch: "main" });
    const { data: run } = await octokit.rest.checks.create({ ...at, name: "x", head_sha: branch.commit.sha });
    await octokit.rest.checks.update({ ...at, check_run_id: run.id, conclusion: "neutral" });
    await octokit.rest.checks.update({ ...at, check_run_id: run.id, conclusion: "success" });
    expect(shop.events).toEqual(["check_run.created", "check_run.completed", "check_suite.completed"]);
    expect(sandbox.checkRuns("acme/shop")).toMatchObject([{ conclusion: "success" }]);
  });

  test("an issue closed twice was closed once", () => {
    const mona = sandbox.as("mona");
    mona.openIssue({ title: "One" });
    mona.closeIssue(1);
    mona.closeIssue(1);
    expect(shop.events).toEqual(["issues.opened", "issues.closed"]);
  });

  test("a pull request's head follows its branch until it is closed", () => {
    const hubot = sandbox.as("hubot");
    hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "1\n" } });
    const { number } = hubot.openPullRequest({ title: "Fix", head: "fix" });
    const second = hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "2\n" } });
    expect(sandbox.pullRequests("acme/shop")[0]?.head.sha).toBe(second.sha);
    hubot.closeIssue(number);
    const third = hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "3\n" } });
    expect(sandbox.pullRequests("acme/shop")[0]?.head.sha).toBe(second.sha);
    hubot.reopenIssue(number);
    expect(sandbox.pullRequests("acme/shop")[0]?.head.sha).toBe(third.sha);
    hubot.deleteBranch({ branch: "fix" });
    expect(sandbox.pullRequests("acme/shop")[0]?.state).toBe("closed");
  });
});
