import { changedFiles } from "../git/diff.ts";
import type { Commit } from "../git/store.ts";
import type { Repository } from "../model.ts";
import { isPull } from "../model.ts";
import { listed } from "../pagination.ts";
import { Refusal } from "../refusal.ts";
import { parameter, type RepositoryCall, type Route, read } from "../router.ts";
import { repositoryApi, repositoryPage } from "../serialize/basics.ts";
import { commitInFull, commitJson, diffEntry } from "../serialize/git.ts";
import { pullSimple } from "../serialize/pull.ts";
import { found, type World } from "../world.ts";

const CONTENTS = ["contents"];

/** By a protection of its own, or by a ruleset. */
function isProtected({ protections, rulesets }: Repository, branch: string): boolean {
  return protections.has(branch) || rulesets.has(branch);
}

function shortBranch(world: World, repository: Repository, name: string, sha: string) {
  return {
    name,
    commit: { sha, url: repositoryApi(world, repository, `/commits/${sha}`) },
    protected: isProtected(repository, name),
  };
}

function getBranch(call: RepositoryCall) {
  const { world, repository } = call;
  const name = parameter(call, "branch");
  const commit = repository.git.commits.get(repository.git.branch(name) ?? "");
  if (commit === undefined) throw new Refusal(404, "Branch not found");
  const self = repositoryApi(world, repository, `/branches/${name}`);
  const checks = repository.protections.get(name);
  return {
    status: 200,
    body: {
      name,
      commit: commitJson(world, repository, commit),
      _links: { self, html: repositoryPage(world, repository, `/tree/${name}`) },
      protected: isProtected(repository, name),
      protection: {
        enabled: checks !== undefined,
        required_status_checks: {
          enforcement_level: checks === undefined ? "off" : "non_admins",
          contexts: (checks ?? []).map(({ context }) => context),
          checks: (checks ?? []).map(({ context, appId }) => ({ context, app_id: appId })),
        },
      },
      protection_url: `${self}/protection`,
    },
  };
}

function commitOf(call: RepositoryCall, ref: string): Commit {
  const commit = call.repository.git.resolve(ref);
  if (commit === undefined) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  return commit;
}

function compare(call: RepositoryCall) {
  const { world, repository } = call;
  const { git } = repository;
  const [baseName, headName] = parameter(call, "basehead").split("...", 2);
  const base = found(git.resolve(baseName ?? ""));
  const head = found(git.resolve(headName ?? ""));
  const ancestor = found(git.mergeBase(base.sha, head.sha));
  const ahead = git.between(base.sha, head.sha);
  const behind = git.between(head.sha, base.sha).length;
  const status =
    ahead.length === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged";
  const range = `${base.sha}...${head.sha}`;
  const html = repositoryPage(world, repository, `/compare/${range}`);
  return {
    status: 200,
    body: {
      url: repositoryApi(world, repository, `/compare/${range}`),
      html_url: html,
      permalink_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: commitJson(world, repository, base),
      merge_base_commit: commitJson(world, repository, ancestor),
      status,
      ahead_by: ahead.length,
      behind_by: behind,
      total_commits: ahead.length,
      commits: ahead.map((commit) => commitJson(world, repository, commit)),
      files: changedFiles(ancestor.files, head.files).map((change) =>
        diffEntry(world, repository, head.sha, change),
      ),
    },
  };
}

function touches(repository: Repository, commit: Commit, path: string): boolean {
  const before = repository.git.commits.get(commit.parents[0] ?? "")?.files ?? new Map<string, string>();
  return changedFiles(before, commit.files).some(
    (change) => change.path === path || change.path.startsWith(`${path}/`),
  );
}

export const commitRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/branches", CONTENTS, (call) => {
    const branches = [...call.repository.git.refs].filter(([ref]) => ref.startsWith("refs/heads/"));
    return listed(call, branches, ([ref, sha]) =>
      shortBranch(call.world, call.repository, ref.slice("refs/heads/".length), sha),
    );
  }),
  read("GET /repos/{owner}/{repo}/branches/{branch}", CONTENTS, getBranch),
  read("GET /repos/{owner}/{repo}/commits", CONTENTS, (call) => {
    const from = found(call.repository.git.resolve(call.query.get("sha") ?? call.repository.defaultBranch));
    const path = call.query.get("path");
    const commits = [...call.repository.git.history(from.sha).values()].filter(
      (commit) => path === null || touches(call.repository, commit, path),
    );
    return listed(call, commits, (commit) => commitJson(call.world, call.repository, commit));
  }),
  read("GET /repos/{owner}/{repo}/commits/{ref}", CONTENTS, (call) => {
    const commit = commitOf(call, parameter(call, "ref"));
    if (call.accept.includes("sha"))
      return {
        status: 200,
        body: commit.sha,
        headers: { "content-type": "application/vnd.github.sha; charset=utf-8" },
      };
    return { status: 200, body: commitInFull(call.world, call.repository, commit) };
  }),
  read("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", ["pull_requests"], (call) => {
    const sha = parameter(call, "commit_sha");
    const pulls = [...call.repository.issues.values()]
      .filter(isPull)
      .filter(
        ({ pull }) =>
          pull.mergeCommitSha === sha ||
          call.repository.git.between(pull.baseSha, pull.headSha).some((commit) => commit.sha === sha),
      );
    return listed(call, pulls, (issue) => pullSimple(call.world, call.repository, issue));
  }),
  read("GET /repos/{owner}/{repo}/compare/{basehead}", CONTENTS, compare),
];
