import type { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GitStore } from "../../src/sandbox/github/git/store.ts";
import { type AppOptions, type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { asApp, asInstallation, asNobody, asPerson } from "./clients.ts";

const at = { owner: "acme", repo: "shop" };
const START = Date.UTC(2026, 10, 22, 12);
let sandbox: SandboxGitHub;
let now: number;
let installationId: number;
let repositoryId: number;
let events: string[];

beforeEach(async () => {
  now = START;
  sandbox = await startSandboxGitHub({ now: () => now, rateLimit: 60 });
  const made = sandbox.createRepository({
    owner: "acme",
    name: "shop",
    collaborators: { mona: "admin", hubot: "write", tess: "triage" },
    files: { "a.txt": "one\n", "b.txt": "two\n" },
    labels: ["bug"],
  });
  repositoryId = made.id;
  installationId = sandbox.install({ account: "acme" });
  events = [];
  sandbox.on("announcement", ({ event, action }) =>
    events.push(action === null ? event : `${event}.${action}`),
  );
});

afterEach(() => sandbox.close());

function bot(narrowing: Parameters<typeof asInstallation>[2] = {}): Promise<Octokit> {
  return asInstallation(sandbox, installationId, narrowing);
}

function times<T>(length: number, value: T): T[] {
  return Array.from({ length }, () => value);
}

/** The status of an answer or of a refusal. */
async function statusOf(request: Promise<{ status: number }>): Promise<number> {
  try {
    return (await request).status;
  } catch (error) {
    if (error instanceof Error && "status" in error) return Number(error.status);
    throw error;
  }
}

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
  ])("one that may only read may not %s", async ([, act]) => {
    sandbox.as("mona").openIssue({ title: "One" });
    const octokit = await bot({ permissions: read });
    await expect(act(octokit)).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining("Resource not accessible by integration"),
    });
  });

  test("one that may write issues comments, and labels pull requests too", async () => {
    sandbox.as("hubot").push({ branch: "fix", message: "Fix", files: { "a.txt": "fixed\n" } });
    const { number } = sandbox.as("hubot").openPullRequest({ title: "Fix", head: "fix" });
    const octokit = await bot({ permissions: { issues: "write" } });
    await octokit.rest.issues.addLabels({ ...at, issue_number: number, labels: ["bug"] });
    expect(sandbox.issue("acme/shop", number).labels.map((label) => label.name)).toEqual(["bug"]);
  });

  test("one for another repository does not reach this one", async () => {
    const other = sandbox.createRepository({ owner: "acme", name: "hidden", private: true });
    sandbox.as("mona").openIssue({ repo: "acme/shop", title: "One" });
    const octokit = await bot({ repository_ids: [other.id] });
    await expect(
      octokit.rest.issues.createComment({ ...at, issue_number: 1, body: "x" }),
    ).rejects.toMatchObject({ status: 403 });
    const forShop = await bot({ repository_ids: [repositoryId] });
    await expect(forShop.rest.repos.get({ owner: "acme", repo: "hidden" })).rejects.toMatchObject({
      status: 404,
    });
  });

  test("asking for more than the installation has is refused", async () => {
    const asked = asApp(sandbox).rest.apps.createInstallationAccessToken({
      installation_id: installationId,
      permissions: { administration: "write" },
    });
    await expect(asked).rejects.toMatchObject({ status: 422 });
  });

  test("it ends after an hour, with a suspension, and with the installation", async () => {
    const first = await bot();
    now = START + 3_600_000;
    await expect(first.rest.repos.get(at)).rejects.toMatchObject({ status: 401 });
    const second = await bot();
    sandbox.suspend(installationId);
    await expect(second.rest.repos.get(at)).rejects.toMatchObject({ status: 403 });
    await expect(bot()).rejects.toMatchObject({ status: 403 });
    sandbox.suspend(installationId, false);
    await second.rest.repos.get(at);
    sandbox.uninstall(installationId);
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
    const octokit = await bot();
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
    const { data } = await (await bot()).rest.repos.getCollaboratorPermissionLevel({
      ...at,
      username: login,
    });
    expect({ permission: data.permission, role: data.role_name }).toEqual({ permission, role });
  });
});

describe("changes announce themselves as at GitHub", () => {
  test("an issue opened with labels is opened, then labeled once for each", () => {
    sandbox.as("mona").openIssue({ title: "One", labels: ["bug", "urgent"] });
    expect(events).toEqual(["label.created", "issues.opened", "issues.labeled", "issues.labeled"]);
  });

  test("a push to a pull request's branch is a push, then a synchronize, then a check suite", () => {
    const hubot = sandbox.as("hubot");
    hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "fixed\n" } });
    hubot.openPullRequest({ title: "Fix", head: "fix" });
    events.length = 0;
    hubot.push({
      branch: "fix",
      message: "Fix better",
      files: { "a.txt": "fixed better\n", "b.txt": null, "c.txt": "three\n" },
    });
    expect(events).toEqual(["push", "pull_request.synchronize", "check_suite.requested"]);
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
    events.length = 0;
    const merged = mona.merge(pull);
    expect(merged).toMatchObject({ merged: true, state: "closed", merged_by: { login: "mona" } });
    expect(sandbox.issues("acme/shop").map((issue) => issue.state)).toEqual(["closed", "closed", "open"]);
    expect(sandbox.file("acme/shop", "a.txt")).toBe("fixed\n");
    expect(events).toEqual([
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

  test("an issue closed twice was closed once", () => {
    const mona = sandbox.as("mona");
    mona.openIssue({ title: "One" });
    mona.closeIssue(1);
    mona.closeIssue(1);
    expect(events).toEqual(["issues.opened", "issues.closed"]);
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

async function secretsFound(octokit: Octokit): Promise<number> {
  return (await octokit.rest.search.issuesAndPullRequests({ q: "secret is:issue" })).data.total_count;
}

describe("lists show what was asked for", () => {
  test("pull requests by branch and state", async () => {
    const hubot = sandbox.as("hubot");
    for (const name of ["a", "b", "c"]) {
      hubot.push({ branch: name, message: name, files: { [`${name}.txt`]: name } });
      hubot.openPullRequest({ title: name, head: name, base: "main" });
    }
    hubot.push({ branch: "d", message: "d", files: { "d.txt": "d" } });
    hubot.openPullRequest({ title: "d", head: "d", base: "a" });
    hubot.closeIssue(2);
    const octokit = await bot();
    const titles = async (query: object) =>
      (await octokit.rest.pulls.list({ ...at, ...query })).data.map((pull) => pull.title);
    expect(await titles({})).toEqual(["d", "c", "a"]);
    expect(await titles({ state: "all", head: "acme:b" })).toEqual(["b"]);
    expect(await titles({ head: "acme:b" })).toEqual([]);
    expect(await titles({ head: "other:a" })).toEqual([]);
    expect(await titles({ base: "a" })).toEqual(["d"]);
  });

  test("issues by label, whatever its case", async () => {
    sandbox.as("mona").openIssue({ title: "plain" });
    sandbox.as("mona").openIssue({ title: "buggy", labels: ["bug", "urgent"] });
    const octokit = await bot();
    const titles = async (labels: string) =>
      (await octokit.rest.issues.listForRepo({ ...at, labels })).data.map((issue) => issue.title);
    expect([await titles("BUG,urgent"), await titles("bug,absent")]).toEqual([["buggy"], []]);
  });

  test("a search finds nothing in what the token cannot read", async () => {
    sandbox.createRepository({
      owner: "acme",
      name: "hidden",
      private: true,
      collaborators: { mona: "read" },
    });
    sandbox.as("mona").openIssue({ repo: "acme/hidden", title: "secret" });
    const narrow = await bot({ repository_ids: [repositoryId] });
    expect([
      await secretsFound(narrow),
      await secretsFound(await bot()),
      await secretsFound(asNobody(sandbox)),
    ]).toEqual([0, 1, 0]);
  });
});

describe("conflicts and limits are refused", () => {
  test("a merge of two changes to one file", async () => {
    const hubot = sandbox.as("hubot");
    hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "mine\n" } });
    const { number } = hubot.openPullRequest({ title: "Fix", head: "fix" });
    hubot.push({ branch: "main", message: "Meanwhile", files: { "a.txt": "theirs\n" } });
    const octokit = await bot();
    await expect(octokit.rest.pulls.merge({ ...at, pull_number: number })).rejects.toMatchObject({
      status: 405,
    });
    expect((await octokit.rest.pulls.get({ ...at, pull_number: number })).data.mergeable).toBe(false);
  });

  test("a merge of a head the caller has not seen, and a second pull request of one branch", async () => {
    const hubot = sandbox.as("hubot");
    hubot.push({ branch: "fix", message: "Fix", files: { "a.txt": "mine\n" } });
    const { number } = hubot.openPullRequest({ title: "Fix", head: "fix" });
    const octokit = await bot();
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
    const octokit = await bot();
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
    const octokit = await bot();
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
    const octokit = await bot();
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
    expect(events).toEqual(["check_run.created", "check_run.completed", "check_run.requested_action"]);
  });

  test.for([
    ["65,536 characters", 65_536, 201],
    ["65,537 characters", 65_537, 422],
  ] as const)("a comment of %s", async ([, length, status]) => {
    sandbox.as("mona").openIssue({ title: "One" });
    const request = (await bot()).rest.issues.createComment({
      ...at,
      issue_number: 1,
      body: "x".repeat(length),
    });
    expect(await statusOf(request)).toBe(status);
  });
});

describe("HTTP", () => {
  test("lists come in pages that lead to each other", async () => {
    const mona = sandbox.as("mona");
    for (let made = 0; made < 45; made++) mona.openIssue({ title: `Issue ${made}` });
    const octokit = await bot();
    const all = await octokit.paginate(octokit.rest.issues.listForRepo, {
      ...at,
      per_page: 20,
      direction: "asc",
    });
    expect(all.map((issue) => issue.number)).toEqual(Array.from({ length: 45 }, (_, index) => index + 1));
    const { headers } = await octokit.rest.issues.listForRepo({ ...at, per_page: 20, page: 2 });
    expect(headers.link?.match(/rel="\w+"/g)).toEqual([
      'rel="prev"',
      'rel="next"',
      'rel="last"',
      'rel="first"',
    ]);
  });

  test("what has not changed is 304 and free, what has is 200", async () => {
    const octokit = await bot();
    const tree = () => octokit.rest.git.getTree({ ...at, tree_sha: "main" });
    const { headers } = await tree();
    const known = { ...at, tree_sha: "main", headers: { "if-none-match": headers.etag } };
    const used = async () => (await octokit.rest.rateLimit.get()).data.rate.used;
    const before = await used();
    await expect(
      octokit.request("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", known),
    ).rejects.toMatchObject({ status: 304 });
    expect(await used()).toBe(before);
    sandbox.as("hubot").push({ branch: "main", message: "On", files: { "a.txt": "on\n" } });
    expect((await octokit.request("GET /repos/{owner}/{repo}/git/trees/{tree_sha}", known)).status).toBe(200);
  });

  test("an hour's requests run out, and come back", async () => {
    const octokit = await bot();
    for (let sent = 0; sent < 60; sent++) await octokit.rest.repos.get(at);
    await expect(octokit.rest.repos.get(at)).rejects.toMatchObject({
      status: 403,
      response: { headers: { "x-ratelimit-remaining": "0" } },
    });
    now += 3_600_001;
    await (await bot()).rest.repos.get(at);
  });

  test.for([
    ["answered 502", { status: 502 }, { failed: true, comments: 0 }],
    ["answered 429", { status: 429, headers: { "retry-after": "1" } }, { failed: true, comments: 0 }],
    ["cut before it was done", { drop: "before" }, { failed: true, comments: 0 }],
    ["cut after it was done", { drop: "after" }, { failed: true, comments: 1 }],
    ["done but answered 502", { status: 502, performed: true }, { failed: true, comments: 1 }],
  ] as const)("the next comment is %s, and the one after goes well", async ([, fault, expected]) => {
    sandbox.as("mona").openIssue({ title: "One" });
    const octokit = await bot();
    const comment = () => octokit.rest.issues.createComment({ ...at, issue_number: 1, body: "x" });
    sandbox.failNext({ method: "POST", path: /\/comments$/, ...fault });
    const failed = await comment().then(
      () => false,
      () => true,
    );
    expect({ failed, comments: sandbox.comments("acme/shop", 1).length }).toEqual(expected);
    await comment();
    expect(sandbox.comments("acme/shop", 1)).toHaveLength(expected.comments + 1);
  });

  test("a request that is no JSON is 400", async () => {
    const response = await fetch(`${sandbox.url}/api/v3/repos/acme/shop/issues`, {
      method: "POST",
      headers: { authorization: `Bearer ${sandbox.tokenFor("mona")}` },
      body: "{",
    });
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 400,
      body: { message: "Problems parsing JSON" },
    });
  });
});

test("waiting in vain says for what", async () => {
  const waiting = sandbox.until(() => sandbox.issues("acme/shop").length > 0, {
    what: "an issue",
    timeoutMs: 1,
  });
  await expect(waiting).rejects.toThrow("waited 1 ms in vain for: an issue");
});

test("objects have the SHA that git gives them", () => {
  const git = new GitStore();
  // git hash-object -t tree /dev/null; printf 'hello\n' | git hash-object --stdin
  expect(git.addTree(new Map())).toBe("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  const hello = git.addBlob(Buffer.from("hello\n"));
  expect(hello).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
});
