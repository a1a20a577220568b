import type { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SandboxGitHub } from "../../src/sandbox/github/index.ts";
import { asNobody } from "./clients.ts";
import { at, openShop, type Shop } from "./shop.ts";

let shop: Shop;
let sandbox: SandboxGitHub;

beforeEach(async () => {
  shop = await openShop();
  sandbox = shop.sandbox;
});

afterEach(() => sandbox.close());

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
    const octokit = await shop.bot();
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
    const octokit = await shop.bot();
    const titles = async (labels: string) =>
      (await octokit.rest.issues.listForRepo({ ...at, labels })).data.map((issue) => issue.title);
    expect([await titles("BUG,urgent"), await titles("bug,absent")]).toEqual([["buggy"], []]);
  });

  test.for([
    ["is:issue updated:<2026-11-22T12:00:01Z", ["old"]],
    ["is:issue updated:>=2026-11-22T12:00:02Z", ["worked on", "new"]],
    ["is:issue -label:bug", ["worked on", "old"]],
    ['is:issue no:assignee -label:"bug"', ["old"]],
    ["is:issue no:milestone no:label created:>2026-11-22", ["worked on", "old"]],
  ] as const)("a search by time and by what is missing: %s", async ([q, titles]) => {
    sandbox.as("mona").openIssue({ title: "old" });
    shop.clock.now += 2_000;
    sandbox.as("mona").openIssue({ title: "new", labels: ["bug"] });
    sandbox.as("mona").openIssue({ title: "worked on", assignees: ["mona"] });
    const octokit = await shop.bot();
    const { data } = await octokit.rest.search.issuesAndPullRequests({ q });
    expect(data.items.map(({ title }) => title)).toEqual(titles);
  });

  test("a search by what the stand-in does not know is refused", async () => {
    const octokit = await shop.bot();
    for (const q of ["no:project", "updated:yesterday", "-reason:completed"])
      await expect(octokit.rest.search.issuesAndPullRequests({ q })).rejects.toMatchObject({ status: 422 });
  });

  test("a search finds nothing in what the token cannot read", async () => {
    sandbox.createRepository({
      owner: "acme",
      name: "hidden",
      private: true,
      collaborators: { mona: "read" },
    });
    sandbox.as("mona").openIssue({ repo: "acme/hidden", title: "secret" });
    const narrow = await shop.bot({ repository_ids: [shop.repositoryId] });
    expect([
      await secretsFound(narrow),
      await secretsFound(await shop.bot()),
      await secretsFound(asNobody(sandbox)),
    ]).toEqual([0, 1, 0]);
  });
});
