import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SandboxGitHub } from "../../src/sandbox/github/index.ts";
import { asPerson } from "./clients.ts";
import { at, openShop, type Shop, statusOf } from "./shop.ts";

let shop: Shop;
let sandbox: SandboxGitHub;

beforeEach(async () => {
  shop = await openShop();
  sandbox = shop.sandbox;
});

afterEach(() => sandbox.close());

function times<T>(length: number, value: T): T[] {
  return Array.from({ length }, () => value);
}

describe("conflicts and limits are refused", () => {
  test("a merge of two changes to one file", async () => {
    const hubot = sandbox.as("hubot");
    hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "mine\n" } });
    const { number } = hubot.openPullRequest({ title: "Fix", head: "fix" });
    hubot.push({ branch: "main", message: "Meanwhile", files: { "a.txt": "theirs\n" } });
    const octokit = await shop.bot();
    await expect(octokit.rest.pulls.merge({ ...at, pull_number: number })).rejects.toMatchObject({
      status: 405,
    });
    expect((await octokit.rest.pulls.get({ ...at, pull_number: number })).data.mergeable).toBe(false);
  });

  test("a merge of a draft, until it is ready", () => {
    const hubot = sandbox.as("hubot");
    hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "mine\n" } });
    const pull = hubot.openPullRequest({ title: "Fix", head: "fix", draft: true });
    expect(() => hubot.merge(pull)).toThrow("still a draft");
    hubot.markReady(pull);
    expect(hubot.merge(pull).merged).toBe(true);
    expect(shop.events).toContain("pull_request.ready_for_review");
  });

  test("a merge of a head the caller has not seen, and a second pull request of one branch", async () => {
    const hubot = sandbox.as("hubot");
    hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "mine\n" } });
    const { number } = hubot.openPullRequest({ title: "Fix", head: "fix" });
    const octokit = await shop.bot();
    await expect(
      octokit.rest.pulls.merge({ ...at, pull_number: number, sha: "0".repeat(40) }),
    ).rejects.toMatchObject({ status: 409 });
    const again = octokit.rest.pulls.create({ ...at, title: "Again", head: "fix", base: "main" });
    await expect(again).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("A pull request already exists"),
    });
  });

  test("a file written over what the caller has not seen, and a ref moved backwards", async () => {
    const octokit = await shop.bot();
    const file = { ...at, path: "a.txt", message: "x", content: "" };
    await expect(octokit.rest.repos.createOrUpdateFileContents(file)).rejects.toMatchObject({ status: 422 });
    await expect(
      octokit.rest.repos.createOrUpdateFileContents({ ...file, sha: "0".repeat(40) }),
    ).rejects.toMatchObject({ status: 409 });
    const { data: before } = await octokit.rest.git.getRef({ ...at, ref: "heads/main" });
    sandbox.as("hubot").push({ branch: "main", message: "On", files: { "a.txt": "on\n" } });
    const back = octokit.rest.git.updateRef({ ...at, ref: "heads/main", sha: before.object.sha });
    await expect(back).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("not a fast forward"),
    });
  });

  const annotation = {
    path: "a.txt",
    start_line: 1,
    end_line: 1,
    annotation_level: "notice",
    message: "m",
  } as const;
  const action = { label: "Go", description: "Go on", identifier: "go" };
  test.for<readonly [string, Record<string, unknown>, 201 | 422]>([
    ["50 annotations", { output: { title: "t", summary: "s", annotations: times(50, annotation) } }, 201],
    ["51 annotations", { output: { title: "t", summary: "s", annotations: times(51, annotation) } }, 422],
    ["65,535 characters of text", { output: { title: "t", summary: "s", text: "x".repeat(65_535) } }, 201],
    ["65,536 characters of text", { output: { title: "t", summary: "s", text: "x".repeat(65_536) } }, 422],
    ["65,536 characters of summary", { output: { title: "t", summary: "x".repeat(65_536) } }, 422],
    ["an output without a title", { output: { summary: "s" } }, 422],
    ["three buttons", { actions: [action, action, action] }, 201],
    ["four buttons", { actions: [action, action, action, action] }, 422],
    ["a label of 21 characters", { actions: [{ ...action, label: "x".repeat(21) }] }, 422],
    ["a description of 41 characters", { actions: [{ ...action, description: "x".repeat(41) }] }, 422],
    ["an identifier of 21 characters", { actions: [{ ...action, identifier: "x".repeat(21) }] }, 422],
    ["completed without a conclusion", { status: "completed" }, 422],
    ["a conclusion GitHub keeps to itself", { conclusion: "stale" }, 422],
  ])("a check run with %s", async ([, input, status]) => {
    const octokit = await shop.bot();
    const { data: branch } = await octokit.rest.repos.getBranch({ ...at, branch: "main" });
    const request = octokit.request("POST /repos/{owner}/{repo}/check-runs", {
      ...at,
      name: "x",
      head_sha: branch.commit.sha,
      ...input,
    });
    expect(await statusOf(request)).toBe(status);
  });

  test("only an App makes check runs, and its buttons come when it is completed", async () => {
    const octokit = await shop.bot();
    const { data: branch } = await octokit.rest.repos.getBranch({ ...at, branch: "main" });
    const one = { ...at, name: "x", head_sha: branch.commit.sha };
    await expect(asPerson(sandbox, "mona").rest.checks.create(one)).rejects.toMatchObject({ status: 403 });
    const { data: run } = await octokit.rest.checks.create({
      ...one,
      status: "in_progress",
      actions: [action],
    });
    expect(() => sandbox.as("mona").clickCheckRunAction(run.id, "go")).toThrow("it is in_progress");
    await octokit.rest.checks.update({ ...at, check_run_id: run.id, conclusion: "action_required" });
    expect(() => sandbox.as("mona").clickCheckRunAction(run.id, "stop")).toThrow(
      'has no button "stop"; it has: go',
    );
    sandbox.as("mona").clickCheckRunAction(run.id, "go");
    expect(shop.events).toEqual([
      "check_run.created",
      "check_run.completed",
      "check_suite.completed",
      "check_run.requested_action",
    ]);
  });

  test.for([
    ["65,536 characters", 65_536, 201],
    ["65,537 characters", 65_537, 422],
  ] as const)("a comment of %s", async ([, length, status]) => {
    sandbox.as("mona").openIssue({ title: "One" });
    const request = (await shop.bot()).rest.issues.createComment({
      ...at,
      issue_number: 1,
      body: "x".repeat(length),
    });
    expect(await statusOf(request)).toBe(status);
  });
});
