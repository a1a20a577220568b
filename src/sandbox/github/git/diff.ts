import type { Files, GitStore } from "./store.ts";

export interface FileChange {
  readonly path: string;
  readonly status: "added" | "modified" | "removed";
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Paths that differ between two trees, sorted; renames are a removal and an addition. */
export function changedFiles(before: Files, after: Files): FileChange[] {
  const changes: FileChange[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const was = before.get(path);
    const is = after.get(path);
    if (was === is) continue;
    const status = was === undefined ? "added" : is === undefined ? "removed" : "modified";
    changes.push({ path, status, before: was, after: is });
  }
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

export interface Patch {
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string;
}

function lines(git: GitStore, sha: string | undefined): string[] {
  const text = sha === undefined ? "" : (git.blobs.get(sha)?.toString("utf8") ?? "");
  if (text === "") return [];
  return text.replace(/\n$/, "").split("\n");
}

const CONTEXT = 3;

/**
 * One hunk from the first to the last line that differs: what is needed to read a change and to count it,
 * not the smallest possible difference.
 */
export function filePatch(git: GitStore, change: FileChange): Patch {
  const old = lines(git, change.before);
  const now = lines(git, change.after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail))
    tail++;
  const removed = old.slice(head, old.length - tail);
  const added = now.slice(head, now.length - tail);
  const lead = old.slice(Math.max(0, head - CONTEXT), head);
  const trail = old.slice(old.length - tail, Math.min(old.length, old.length - tail + CONTEXT));
  const start = head - lead.length;
  const span = (count: number) => `${count === 0 ? start : start + 1},${count}`;
  const context = lead.length + trail.length;
  const patch = [
    `@@ -${span(context + removed.length)} +${span(context + added.length)} @@`,
    ...lead.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...trail.map((line) => ` ${line}`),
  ].join("\n");
  return { additions: added.length, deletions: removed.length, patch };
}
