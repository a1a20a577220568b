import type { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SandboxGitHub } from "../../src/sandbox/github/index.ts";
import { asApp, asJob, asNobody, asPerson } from "./clients.ts";
import { at, openShop, type Shop } from "./shop.ts";

let shop: Shop;
let sandbox: SandboxGitHub;

beforeEach(async () => {
  shop = await openShop();
  sandbox = shop.sandbox;
});

afterEach(() => sandbox.close());

describe("a token does what it was made for", () => {
  const read = { issues: "read", contents: "read", pull_requests: "read", checks: "read" } as const;
  test.for<readonly [string, (octokit: Octokit) => Promise<unknown>]>([
    ["comment", (o) => o.rest.issues.createComment({ ...at, issue_number: 1, body: "x" })],
    ["label", (o) => o.rest.issues.addLabels({ ...at, issue_number: 1, labels: ["bug"] })],
    ["open a pull request", (o) => o.rest.pulls.create({ ...at, title: "x", head: "x", base: "main" })],
    [
      "write a file",
      (o) => o.rest.repos.createOrUpdateFileContents({ ...at, path: "x", message: "x", content: "" }),
    ],
    ["merge", (o) => o.rest.pulls.merge({ ...at, pull_number: 1 })],
    ["create a check run", (o) => o.rest.checks.create({ ...at, name: "x", head_sha: "x" })],
    ["deploy", (o) => o.rest.repos.createDeployment({ ...at, ref: "main" })],
    ["dispatch", (o) => o.rest.actions.createWorkflowDispatch({ ...at, workflow_id: "x", ref: "main" })],
    ["cancel a run", (o) => o.rest.actions.cancelWorkflowRun({ ...at, run_id: 1 })],
    ["set a status", (o) => o.rest.repos.createCommitStatus({ ...at, sha: "x", state: "success" })],
    ["plan", (o) => o.rest.issues.createMilestone({ ...at, title: "v1" })],
    ["see a branch's protection", (o) => o.rest.repos.getStatusChecksProtection({ ...at, branch: "main" })],
  ])("one that may only read may not %s", async ([, act]) => {
    sandbox.as("mona").openIssue({ title: "One" });
    const octokit = await shop.bot({ permissions: read });
    await expect(act(octokit)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("Resource not accessible by integration"),
    });
  });

  test("one that may write issues comments, and labels pull requests too", async () => {
    sandbox.as("hubot").push({ branch: "fix", message: "Fix", files: { "a.txt": "fixed\n" } });
    const { number } = sandbox.as("hubot").openPullRequest({ title: "Fix", head: "fix" });
    const octokit = await shop.bot({ permissions: { issues: "write" } });
    await octokit.rest.issues.addLabels({ ...at, issue_number: number, labels: ["bug"] });
    expect(sandbox.issue("acme/shop", number).labels.map((label) => label.name)).toEqual(["bug"]);
  });

  test("one for another repository does not reach this one", async () => {
    const other = sandbox.createRepository({ owner: "acme", name: "hidden", private: true });
    sandbox.as("mona").openIssue({ repo: "acme/shop", title: "One" });
    const octokit = await shop.bot({ repository_ids: [other.id] });
    await expect(
      octokit.rest.issues.createComment({ ...at, issue_number: 1, body: "x" }),
    ).rejects.toMatchObject({ status: 403 });
    const forShop = await shop.bot({ repository_ids: [shop.repositoryId] });
    await expect(forShop.rest.repos.get({ owner: "acme", repo: "hidden" })).rejects.toMatchObject({
      status: 404,
    });
  });

  test("asking for more than the installation has is refused", async () => {
    const asked = asApp(sandbox).rest.apps.createInstallationAccessToken({
      installation_id: shop.installationId,
      permissions: { administration: "write" },
    });
    await expect(asked).rejects.toMatchObject({ status: 422 });
  });

  test("it ends after an hour, with a suspension, and with the installation", async () => {
    const first = await shop.bot();
    shop.clock.now += 3_600_000;
    await expect(first.rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
    const second = await shop.bot();
    sandbox.suspend(shop.installationId);
    await expect(second.rest.repos.get(at)).rejects.toMatchObject({ status: 403 });
    await expect(shop.bot()).rejects.toMatchObject({ status: 403 });
    sandbox.suspend(shop.installationId, false);
    await second.rest.repos.get(at);
    sandbox.uninstall(shop.installationId);
    await expect(second.rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
  });
});

describe("people do what their role allows", () => {
  test("over HTTP", async () => {
    sandbox.as("stranger").openIssue({ title: "One" });
    const one = { ...at, issue_number: 1 };
    await asPerson(sandbox, "stranger").rest.issues.createComment({ ...one, body: "me too" });
    await expect(
      asPerson(sandbox, "stranger").rest.issues.addLabels({ ...one, labels: ["bug"] }),
    ).rejects.toMatchObject({ status: 403 });
    await asPerson(sandbox, "tess").rest.issues.addLabels({ ...one, labels: ["bug"] });
    await asNobody(sandbox).rest.issues.get(one);
  });

  test("others' comments, and locked conversations", async () => {
    sandbox.as("mona").openIssue({ title: "One" });
    const { id } = sandbox.as("mona").comment(1, "hers");
    const tess = asPerson(sandbox, "tess");
    await expect(tess.rest.issues.updateComment({ ...at, comment_id: id, body: "x" })).rejects.toMatchObject({
      status: 403,
    });
    await asPerson(sandbox, "hubot").rest.issues.updateComment({ ...at, comment_id: id, body: "x" });
    await asPerson(sandbox, "mona").rest.issues.lock({ ...at, issue_number: 1 });
    await expect(tess.rest.issues.createComment({ ...at, issue_number: 1, body: "x" })).rejects.toMatchObject(
      { status: 403 },
    );
    await asPerson(sandbox, "hubot").rest.issues.createComment({ ...at, issue_number: 1, body: "x" });
  });

  test("a second reaction of one kind is the first", async () => {
    sandbox.as("mona").openIssue({ title: "One" });
    const octokit = await shop.bot();
    const eyes = () => octokit.rest.reactions.createForIssue({ ...at, issue_number: 1, content: "eyes" });
    const answers = [await eyes(), await eyes()];
    expect(answers.map((answer) => answer.status)).toEqual([201, 200]);
    expect(answers[0]?.data.id).toBe(answers[1]?.data.id);
  });

  test("in the browser", () => {
    sandbox.as("stranger").openIssue({ title: "One", labels: ["bug"] });
    expect(sandbox.issue("acme/shop", 1).labels).toEqual([]);
    expect(() => sandbox.as("stranger").label(1, "bug")).toThrow(
      'stranger needs the role "triage" in acme/shop',
    );
    expect(() => sandbox.as("tess").push({ branch: "x", message: "x", files: {} })).toThrow("tess needs");
  });

  test.for<readonly [login: string, permission: string, role: string]>([
    ["mona", "admin", "admin"],
    ["hubot", "write", "write"],
    ["tess", "read", "triage"],
    ["maintainer", "write", "maintain"],
    ["stranger", "read", "read"],
  ])("%s has permission %s and role %s", async ([login, permission, role]) => {
    sandbox.createUser(login);
    sandbox.setRole("maintainer", "maintain");
    const { data } = await (await shop.bot()).rest.repos.getCollaboratorPermissionLevel({
      ...at,
      username: login,
    });
    expect({ permission: data.permission, role: data.role_name }).toEqual({ permission, role });
  });
});

describe("a job's own token", () => {
  const job = () => asJob(sandbox, { issues: "write", contents: "read" });

  test("acts as github-actions[bot], in its repository", async () => {
    const { number } = sandbox.as("mona").openIssue({ title: "One" });
    const octokit = job();
    await octokit.rest.issues.createComment({ ...at, issue_number: number, body: "x" });
    expect(sandbox.comments("acme/shop", number)).toMatchObject([
      { user: { login: "github-actions[bot]", type: "Bot" } },
    ]);
  });

  test("does what the job declares, and is told what it would need for the rest", async () => {
    const octokit = job();
    await expect(
      octokit.rest.checks.create({ ...at, name: "x", head_sha: "0".repeat(40) }),
    ).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("Resource not accessible by integration"),
      response: { headers: { "x-accepted-github-permissions": "checks=write" } },
    });
  });

  test("is no App's", async () => {
    await expect(job().rest.apps.getAuthenticated()).rejects.toMatchObject({
      status: expect.toSatisfy((status) => status === 401 || status === 403),
    });
  });
});
