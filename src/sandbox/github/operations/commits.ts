import type { Commit, Files, Signature } from "../git/store.ts";
import { NO_COMMIT } from "../git/store.ts";
import {
  type App,
  type CheckSuite,
  type Doer,
  type Issue,
  isPull,
  type PullRequest,
  type Repository,
} from "../model.ts";
import { Refusal } from "../refusal.ts";
import { repositoryPage } from "../serialize/basics.ts";
import { checkSuiteJson } from "../serialize/check.ts";
import { gitCommitJson, pushedCommit } from "../serialize/git.ts";
import { pushRepository } from "../serialize/repository.ts";
import { announce, announceIssue } from "../webhooks/announce.ts";
import type { World } from "../world.ts";
import { closeIssue } from "./issues.ts";
import { recordLive } from "./timeline.ts";

/** GitHub lists at most this many commits in one push. */
const PUSH_COMMITS = 2048;

/** Issue numbers that a text closes: "Fixes #12", "resolved: #3"; GitHub's nine keywords. */
function closingNumbers(text: string): number[] {
  const keywords = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b/gi;
  return [...new Set([...text.matchAll(keywords)].map((match) => Number(match[1])))];
}

export function closeMentioned(world: World, repository: Repository, by: Doer, text: string): void {
  for (const number of closingNumbers(text)) {
    const issue = repository.issues.get(number);
    if (issue !== undefined && issue.pull === null) closeIssue(world, repository, issue, by);
  }
}

function signature(world: World, by: Doer): Signature {
  const { user } = by;
  return { name: user.login, email: `${user.id}+${user.login}@users.noreply.github.com`, at: world.now() };
}

/** Stores a commit that no ref points at yet. */
export function addCommit(
  world: World,
  repository: Repository,
  by: Doer,
  message: string,
  files: Files,
  parents: readonly string[],
): Commit {
  const who = signature(world, by);
  return repository.git.addCommit({ message, files, parents, author: who, committer: who });
}

/** The suite of one App at one commit; GitHub makes it when the commit is pushed. */
export function suiteFor(
  world: World,
  repository: Repository,
  sha: string,
  branch: string | null,
  before: string | null,
  app: App = world.app,
): { suite: CheckSuite; isNew: boolean } {
  const existing = [...repository.checkSuites.values()].find(
    (suite) => suite.headSha === sha && suite.app === app,
  );
  if (existing !== undefined) return { suite: existing, isNew: false };
  return { suite: addSuite(world, repository, sha, branch, before, app), isNew: true };
}

/** One more suite at the commit: GitHub Actions has one for each of its runs. */
export function addSuite(
  world: World,
  repository: Repository,
  sha: string,
  branch: string | null,
  before: string | null,
  app: App,
): CheckSuite {
  const suite: CheckSuite = {
    id: world.nextId(),
    headSha: sha,
    headBranch: branch,
    app,
    before,
    createdAt: world.now(),
  };
  repository.checkSuites.set(suite.id, suite);
  return suite;
}

/** Pull requests whose head is the branch, in the repository itself and, for a fork, in its origin. */
function pullsFrom(
  repository: Repository,
  branch: string,
): { readonly base: Repository; readonly issue: PullRequest }[] {
  const bases = repository.forkOf === null ? [repository] : [repository, repository.forkOf];
  return bases.flatMap((base) =>
    [...base.issues.values()]
      .filter(isPull)
      .filter(({ pull }) => pull.headRepository === repository && pull.headRef === branch)
      .map((issue) => ({ base, issue })),
  );
}

function announcePush(
  world: World,
  repository: Repository,
  by: Doer,
  ref: string,
  before: string,
  after: string,
  forced: boolean,
): void {
  const { git } = repository;
  const isBranch = ref.startsWith("refs/heads/");
  const known = before === NO_COMMIT ? (git.branch(repository.defaultBranch) ?? before) : before;
  const listed =
    after === NO_COMMIT || !isBranch ? [] : git.between(known === after ? NO_COMMIT : known, after);
  const fresh = before === NO_COMMIT && known === after ? [] : listed.slice(-PUSH_COMMITS);
  const head = git.commits.get(after);
  const payload = {
    ref,
    before,
    after,
    base_ref: null,
    created: before === NO_COMMIT,
    deleted: after === NO_COMMIT,
    forced,
    compare: repositoryPage(world, repository, `/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`),
    commits: fresh.map((commit) => pushedCommit(world, repository, commit)),
    head_commit: head === undefined ? null : pushedCommit(world, repository, head),
    pusher: { name: by.user.login, email: signature(world, by).email },
    repository: pushRepository(world, repository),
  };
  announce(world, { event: "push", action: null, repository, by, payload });
}

function announceRef(
  world: World,
  repository: Repository,
  by: Doer,
  event: "create" | "delete",
  ref: string,
): void {
  const type = ref.startsWith("refs/tags/") ? "tag" : "branch";
  const short = ref.replace(/^refs\/(?:heads|tags)\//, "");
  const more =
    event === "create"
      ? { master_branch: repository.defaultBranch, description: repository.description }
      : {};
  announce(world, {
    event,
    action: null,
    repository,
    by,
    payload: { ref: short, ref_type: type, pusher_type: "user", ...more },
  });
}

function followPulls(
  world: World,
  repository: Repository,
  by: Doer,
  branch: string,
  before: string,
  after: string,
): void {
  for (const { base, issue } of pullsFrom(repository, branch)) {
    if (issue.state !== "open") continue;
    issue.pull.headSha = after;
    for (const commit of repository.git.between(before, after)) recordCommit(world, base, issue, by, commit);
    announceIssue(world, base, issue, "synchronize", by, { before, after });
  }
}

/** Without its branch a pull request cannot go on: GitHub closes it. */
function closePullsOf(world: World, repository: Repository, by: Doer, branch: string): void {
  for (const { base, issue } of pullsFrom(repository, branch)) closeIssue(world, base, issue, by);
}

export function recordCommit(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  commit: Commit,
): void {
  recordLive(world, issue, "committed", by, () => gitCommitJson(world, repository, commit));
}

/**
 * Moves, makes or deletes a ref (`after` null) and tells of it in GitHub's order: create or delete, push,
 * pull_request.synchronize, check_suite.requested. A push to the default branch closes what its messages close.
 * Refuses with 422 a move that is no fast-forward unless `force`.
 */
export function moveRef(
  world: World,
  repository: Repository,
  by: Doer,
  ref: string,
  after: string | null,
  force = false,
): void {
  const { git } = repository;
  const before = git.refs.get(ref);
  if (before === after) return;
  const forced = before !== undefined && after !== null && !git.history(after).has(before);
  if (forced && !force) throw new Refusal(422, "Update is not a fast forward");
  if (after === null) git.refs.delete(ref);
  else git.refs.set(ref, after);
  repository.pushedAt = world.now();
  if (after === null) announceRef(world, repository, by, "delete", ref);
  else if (before === undefined) announceRef(world, repository, by, "create", ref);
  announcePush(world, repository, by, ref, before ?? NO_COMMIT, after ?? NO_COMMIT, forced);
  if (!ref.startsWith("refs/heads/")) return;
  const branch = ref.slice("refs/heads/".length);
  if (after === null) {
    closePullsOf(world, repository, by, branch);
    return;
  }
  if (before !== undefined) followPulls(world, repository, by, branch, before, after);
  const { suite, isNew } = suiteFor(world, repository, after, branch, before ?? null);
  if (isNew)
    announce(world, {
      event: "check_suite",
      action: "requested",
      repository,
      by,
      payload: { check_suite: checkSuiteJson(world, repository, suite) },
    });
  if (branch === repository.defaultBranch && before !== undefined) {
    for (const commit of git.between(before, after)) closeMentioned(world, repository, by, commit.message);
  }
}

export interface Push {
  readonly branch: string;
  readonly message: string;
  /** Path to new content; null deletes the file. */
  readonly files: Readonly<Record<string, string | Buffer | null>>;
  /** Where a branch that does not exist starts; the default branch if left out. */
  readonly from?: string | undefined;
}

/** Commits the files on top of the branch and pushes it, making the branch if needed. */
export function push(world: World, repository: Repository, by: Doer, input: Push): Commit {
  const { git } = repository;
  const from = git.branch(input.branch) ?? git.resolve(input.from ?? repository.defaultBranch)?.sha;
  const parent = from === undefined ? undefined : git.commits.get(from);
  const files = new Map(parent?.files);
  for (const [path, content] of Object.entries(input.files)) {
    if (content === null) files.delete(path);
    else files.set(path, git.addBlob(typeof content === "string" ? Buffer.from(content) : content));
  }
  const commit = addCommit(
    world,
    repository,
    by,
    input.message,
    files,
    parent === undefined ? [] : [parent.sha],
  );
  moveRef(world, repository, by, `refs/heads/${input.branch}`, commit.sha);
  return commit;
}
