import { changedFiles } from "./diff.ts";
import type { Commit, Files, GitStore } from "./store.ts";

/** `files` with every change from `before` to `after` applied, or undefined where both sides changed a file. */
function apply(files: Files, before: Files, after: Files): Files | undefined {
  const result = new Map(files);
  for (const change of changedFiles(before, after)) {
    const current = files.get(change.path);
    if (current !== change.before && current !== change.after) return undefined;
    if (change.after === undefined) result.delete(change.path);
    else result.set(change.path, change.after);
  }
  return result;
}

/**
 * The tree that merging `head` into `base` gives; undefined: a conflict. It works file by file: two sides that
 * change different lines of one file count as a conflict, which is stricter than git.
 */
export function mergeFiles(git: GitStore, base: Commit, head: Commit): Files | undefined {
  const ancestor = git.mergeBase(base.sha, head.sha);
  return apply(base.files, ancestor?.files ?? new Map(), head.files);
}

/** One commit's own changes on top of other files; undefined: a conflict. */
export function replay(git: GitStore, commit: Commit, onto: Files): Files | undefined {
  const parent = commit.parents[0];
  const before = parent === undefined ? undefined : git.commits.get(parent);
  return apply(onto, before?.files ?? new Map(), commit.files);
}
