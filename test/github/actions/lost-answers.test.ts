import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "../../../src/core/json.ts";
import { createActionRunner } from "../../../src/github/actions/index.ts";
import { createClients } from "../../../src/github/clients.ts";
import { type Fault, type SandboxGitHub, startSandboxGitHub } from "../../../src/sandbox/github/index.ts";
import { aRequest, hastyClock } from "./support.ts";

const repo = "octo-org/octo-repo";
let github: SandboxGitHub;
let repository: { readonly id: number; readonly installationId: number | null };

beforeEach(async () => {
  github = await startSandboxGitHub();
  repository = github.createRepository({
    owner: "octo-org",
    name: "octo-repo",
    files: { "a.txt": "one\n" },
    labels: ["bug"],
    collaborators: { dev: "write", reporter: "read" },
  });
  github.as("reporter").openIssue({ repo, title: "It does not start", labels: [] });
  const dev = github.as("dev");
  dev.push({ repo, branch: "fix", from: "main", message: "Fix it", files: { "a.txt": "two\n" } });
  dev.openPullRequest({ repo, title: "Fix it", head: "fix" });
  dev.push({ repo, branch: "next", from: "main", message: "Next", files: { "a.txt": "three\n" } });
});
afterEach(() => github.close());

function run(action: string, input: Json, over: { mayHaveHappened?: boolean; permissions?: object } = {}) {
  const clients = createClients({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    baseUrl: `${github.url}/api/v3`,
  });
  const runner = createActionRunner({ clients, clock: hastyClock() });
  const head = github.pullRequests(repo)[0]?.head.sha ?? "";
  return runner.run(
    aRequest(action, input, {
      mayHaveHappened: over.mayHaveHappened ?? false,
      permissions: {
        issues: "write",
        pull_requests: "write",
        checks: "write",
        contents: "write",
        ...over.permissions,
      },
      execution: {
        repository: { id: repository.id, owner: "octo-org", name: "octo-repo" },
        installation: repository.installationId,
        startedAt: Date.now(),
        linked: [{ number: 2, url: "", branch: "fix", head_sha: head, state: "open" }],
      },
    }),
  );
}

interface Row {
  readonly action: string;
  readonly input: () => Json;
  readonly path: RegExp;
  readonly method?: string;
  /** How many of the thing there are. */
  readonly count: () => number | Promise<number>;
}

const head = () => github.pullRequests(repo).find(({ number }) => number === 2)?.head.sha ?? "";
const requests = (route: RegExp) =>
  github.requests().filter(({ path, method }) => method === "GET" && route.test(path));

/** How many GitHub lists. */
async function listed(action: string, input: Json): Promise<number> {
  const result = await run(action, input);
  return result.type === "succeeded" && Array.isArray(result.output) ? result.output.length : -1;
}

const rows: readonly Row[] = [
  {
    action: "issues.createComment",
    input: () => ({ body: "Hello" }),
    path: /\/issues\/1\/comments$/,
    count: () => github.comments(repo, 1).length,
  },
  {
    action: "issues.create",
    input: () => ({ title: "Follow up" }),
    path: /\/issues$/,
    count: () => github.issues(repo).length - 1,
  },
  {
    action: "issues.createLabel",
    input: () => ({ name: "severity: high" }),
    path: /\/labels$/,
    count: () => listed("issues.listLabelsForRepo", {}).then((count) => count - 1),
  },
  {
    action: "pulls.create",
    input: () => ({ title: "Next", head: "next", base: "main" }),
    path: /\/pulls$/,
    count: () => github.pullRequests(repo).length - 1,
  },
  {
    action: "pulls.createReview",
    input: () => ({ event: "COMMENT", body: "Looks fine" }),
    path: /\/pulls\/2\/reviews$/,
    count: () => github.reviews({ repo, number: 2 }).length,
  },
  {
    action: "repos.createRelease",
    input: () => ({ tag_name: "v1.0.0" }),
    path: /\/releases$/,
    count: () => listed("repos.listReleases", {}),
  },
  {
    action: "checks.create",
    input: () => ({ name: "lint", head_sha: head(), status: "in_progress" }),
    path: /\/check-runs$/,
    count: () => github.checkRuns(repo, 2).length,
  },
  {
    action: "git.createRef",
    input: () => ({ ref: "refs/heads/release", sha: head() }),
    path: /\/git\/refs$/,
    count: () => listed("git.listMatchingRefs", { ref: "heads/release" }),
  },
  {
    action: "pulls.merge",
    input: () => ({}),
    path: /\/pulls\/2\/merge$/,
    method: "PUT",
    count: () => github.pullRequests(repo).filter(({ merged }) => merged).length,
  },
  {
    action: "comment.sticky",
    input: () => ({ body: "State" }),
    path: /\/issues\/1\/comments$/,
    count: () => github.comments(repo, 1).length,
  },
  {
    action: "issues.addLabels",
    input: () => ({ labels: ["bug"] }),
    path: /\/issues\/1\/labels$/,
    count: () => github.issue(repo, 1).labels.length,
  },
  {
    action: "issues.update",
    input: () => ({ state: "closed" }),
    path: /\/issues\/1$/,
    method: "PATCH",
    count: () => github.timeline(repo, 1).filter(({ event }) => event === "closed").length,
  },
];

const faults: readonly (readonly [string, Omit<Fault, "path">])[] = [
  ["the answer is lost", { drop: "after" }],
  ["the request is lost", { drop: "before" }],
  ["a 502 hides that it was done", { status: 502, performed: true }],
  ["a 502 comes instead", { status: 502 }],
];

describe.for(faults)("when %s", ([, fault]) => {
  test.for(rows)("$action makes exactly one", async ({ action, input, path, method = "POST", count }) => {
    github.failNext({ ...fault, method, path });
    const result = await run(action, input());
    expect(result).toMatchObject({ type: "succeeded", effects: [{ method: action }] });
    expect(await count()).toBe(1);
  });
});

describe("after a crash, when an earlier attempt may have happened", () => {
  test.for(rows)("$action is made once, and answers as the first time", async ({ action, input, count }) => {
    const body = input();
    const first = await run(action, body);
    const again = await run(action, body, { mayHaveHappened: true });
    expect(first).toMatchObject({ type: "succeeded" });
    expect(again).toMatchObject({ type: "succeeded" });
    if (first.type !== "succeeded" || again.type !== "succeeded") return;
    expect(again.effects).toEqual(first.effects);
    expect(await count()).toBe(1);
  });

  test("a comment that the same marker names but a stranger wrote does not count", async () => {
    await run("issues.createComment", { body: "Hello" });
    const [made] = github.comments(repo, 1);
    github.as("dev").deleteComment(made?.id ?? 0);
    github.as("reporter").comment({ repo, number: 1 }, made?.body ?? "");
    await run("issues.createComment", { body: "Hello" }, { mayHaveHappened: true });
    expect(github.comments(repo, 1).map(({ user }) => user?.login)).toEqual(["reporter", "hishamos[bot]"]);
  });

  test("of two comments made by a frozen process the younger is removed", async () => {
    await run("issues.createComment", { body: "Hello" });
    await run("issues.createComment", { body: "Hello" });
    const [first] = github.comments(repo, 1);
    expect(github.comments(repo, 1)).toHaveLength(2);
    const result = await run("issues.createComment", { body: "Hello" }, { mayHaveHappened: true });
    expect(github.comments(repo, 1)).toHaveLength(1);
    expect(result).toMatchObject({ output: { id: first?.id } });
  });
});

test("nothing is looked for where nothing is in doubt", async () => {
  await run("issues.createComment", { body: "Hello" });
  expect(requests(/comments/)).toEqual([]);
});

test("the sticky comment is written anew, not added", async () => {
  await run("comment.sticky", { body: "one" });
  await run("comment.sticky", { body: "two" });
  await run("comment.sticky", { body: "other", key: "other" });
  expect(github.comments(repo, 1).map(({ body }) => body.split("\n")[0])).toEqual(["two", "other"]);
});

test("a token has no permission that the workflow does not declare", async () => {
  const result = await run(
    "issues.createComment",
    { body: "Hello" },
    { permissions: { issues: "read", pull_requests: "read" } },
  );
  expect(result).toMatchObject({ type: "failed", error: { code: "http_403", class: "error" } });
  expect(result.type === "failed" && result.error.message).toMatch(
    /Declare it in the workflow under `permissions`: `issues: write`/,
  );
  expect(github.comments(repo, 1)).toEqual([]);
});

test("one token serves all calls of the same narrowing", async () => {
  const clients = createClients({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    baseUrl: `${github.url}/api/v3`,
  });
  const id = repository.installationId ?? 0;
  const narrowing = { repositoryIds: [repository.id], permissions: { issues: "read" } } as const;
  const get = () =>
    clients
      .installation(id, narrowing)
      .rest.issues.get({ owner: "octo-org", repo: "octo-repo", issue_number: 1 });
  await Promise.all([get(), get(), get()]);
  await get();
  const tokens = github.requests().filter(({ path }) => path.endsWith("/access_tokens"));
  expect(tokens.map(({ requestBody }) => requestBody)).toEqual([
    { repository_ids: [repository.id], permissions: { issues: "read" } },
  ]);
});
