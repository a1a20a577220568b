import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GitStore } from "../../src/sandbox/github/git/store.ts";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { at, openShop, type Shop } from "./shop.ts";

let shop: Shop;
let sandbox: SandboxGitHub;

beforeEach(async () => {
  shop = await openShop();
  sandbox = shop.sandbox;
});

afterEach(() => sandbox.close());

describe("HTTP", () => {
  test("lists come in pages that lead to each other", async () => {
    const mona = sandbox.as("mona");
    for (let made = 0; made < 45; made++) mona.openIssue({ title: `Issue ${made}` });
    const octokit = await shop.bot();
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
    const octokit = await shop.bot();
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
    const octokit = await shop.bot();
    for (let sent = 0; sent < 60; sent++) await octokit.rest.repos.get(at);
    await expect(octokit.rest.repos.get(at)).rejects.toMatchObject({
      status: 403,
      response: { headers: { "x-ratelimit-remaining": "0" } },
    });
    shop.clock.now += 3_600_001;
    await (await shop.bot()).rest.repos.get(at);
  });

  test.for([
    ["answered 502", { status: 502 }, { failed: true, comments: 0 }],
    ["answered 429", { status: 429, headers: { "retry-after": "1" } }, { failed: true, comments: 0 }],
    ["cut before it was done", { drop: "before" }, { failed: true, comments: 0 }],
    ["cut after it was done", { drop: "after" }, { failed: true, comments: 1 }],
    ["done but answered 502", { status: 502, performed: true }, { failed: true, comments: 1 }],
  ] as const)("the next comment is %s, and the one after goes well", async ([, fault, expected]) => {
    sandbox.as("mona").openIssue({ title: "One" });
    const octokit = await shop.bot();
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

test("addresses for people begin as they are told to, those for programs where it listens", async () => {
  const other = await startSandboxGitHub({ pages: "https://github.com" });
  other.createRepository({ owner: "acme", name: "shop", collaborators: { mona: "write" } });
  const issue = other.as("mona").openIssue({ title: "Broken" });
  expect(issue.html_url).toBe("https://github.com/acme/shop/issues/1");
  expect(issue.user?.html_url).toBe("https://github.com/mona");
  expect(issue.url).toBe(`${other.url}/api/v3/repos/acme/shop/issues/1`);
  // By its page it is found again.
  expect(other.as("mona").comment(issue, "Here.").html_url).toMatch(/^https:\/\/github\.com\/acme\/shop\//);
  await other.close();
});
