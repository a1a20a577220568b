import { changedFiles, type FileChange, filePatch } from "../git/diff.ts";
import type { Commit, Signature } from "../git/store.ts";
import type { Repository } from "../model.ts";
import type { World } from "../world.ts";
import { iso, nodeId, repositoryApi, repositoryPage, simpleUser } from "./basics.ts";

const UNSIGNED = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

function gitUser(who: Signature) {
  return { name: who.name, email: who.email, date: iso(who.at) };
}

function accountOf(world: World, who: Signature) {
  const user = world.user(who.name);
  return user === undefined ? null : simpleUser(world, user);
}

function parentFiles(repository: Repository, commit: Commit): Commit["files"] {
  const parent = commit.parents[0];
  return (parent === undefined ? undefined : repository.git.commits.get(parent))?.files ?? new Map();
}

/** `git-commit` */
export function gitCommitJson(world: World, repository: Repository, commit: Commit) {
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: repositoryApi(world, repository, `/git/commits/${commit.sha}`),
    html_url: repositoryPage(world, repository, `/commit/${commit.sha}`),
    author: gitUser(commit.author),
    committer: gitUser(commit.committer),
    tree: { sha: commit.tree, url: repositoryApi(world, repository, `/git/trees/${commit.tree}`) },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: repositoryApi(world, repository, `/git/commits/${sha}`),
      html_url: repositoryPage(world, repository, `/commit/${sha}`),
    })),
    verification: UNSIGNED,
  };
}

/** `commit`, without its files */
export function commitJson(world: World, repository: Repository, commit: Commit) {
  const self = repositoryApi(world, repository, `/commits/${commit.sha}`);
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: self,
    html_url: repositoryPage(world, repository, `/commit/${commit.sha}`),
    comments_url: `${self}/comments`,
    commit: {
      url: repositoryApi(world, repository, `/git/commits/${commit.sha}`),
      author: gitUser(commit.author),
      committer: gitUser(commit.committer),
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: repositoryApi(world, repository, `/git/trees/${commit.tree}`) },
      verification: UNSIGNED,
    },
    author: accountOf(world, commit.author),
    committer: accountOf(world, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: repositoryApi(world, repository, `/commits/${sha}`),
      html_url: repositoryPage(world, repository, `/commit/${sha}`),
    })),
  };
}

/** `diff-entry` */
export function diffEntry(world: World, repository: Repository, ref: string, change: FileChange) {
  const { additions, deletions, patch } = filePatch(repository.git, change);
  const path = encodeURI(change.path);
  return {
    sha: change.after ?? change.before ?? null,
    filename: change.path,
    status: change.status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: repositoryPage(world, repository, `/blob/${ref}/${path}`),
    raw_url: repositoryPage(world, repository, `/raw/${ref}/${path}`),
    contents_url: repositoryApi(world, repository, `/contents/${path}?ref=${ref}`),
    patch,
  };
}

/** `commit`, with its files and their counts */
export function commitInFull(world: World, repository: Repository, commit: Commit) {
  const files = changedFiles(parentFiles(repository, commit), commit.files).map((change) =>
    diffEntry(world, repository, commit.sha, change),
  );
  const sum = (key: "additions" | "deletions") => files.reduce((total, file) => total + file[key], 0);
  const additions = sum("additions");
  const deletions = sum("deletions");
  return {
    ...commitJson(world, repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files,
  };
}

function pushUser({ name, email }: Signature) {
  return { name, email, username: name };
}

/** A commit as `push` payloads list it */
export function pushedCommit(world: World, repository: Repository, commit: Commit) {
  const changes = changedFiles(parentFiles(repository, commit), commit.files);
  const paths = (status: FileChange["status"]) =>
    changes.filter((change) => change.status === status).map((change) => change.path);
  return {
    ...headCommit(commit),
    distinct: true,
    url: repositoryPage(world, repository, `/commit/${commit.sha}`),
    author: pushUser(commit.author),
    committer: pushUser(commit.committer),
    added: paths("added"),
    removed: paths("removed"),
    modified: paths("modified"),
  };
}

/** `simple-commit` */
export function headCommit(commit: Commit) {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: iso(commit.committer.at),
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}
