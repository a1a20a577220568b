import type { Problem } from "../core/problem.ts";
import { loadAgent, loadConfig } from "../definition/index.ts";
import { Folders, type FoundFile, readText, unreadable } from "./folder.ts";

/** A file and what is wrong with it. */
export interface Checked {
  readonly path: string;
  /** What problems are shown in; empty where there is none. */
  readonly text: string;
  readonly problems: readonly Problem[];
}

/** Which file is the next, for all threads that share the work; each takes some in a row. */
export type Counter = Int32Array<SharedArrayBuffer>;

/** So few that threads end together, so many that they seldom ask. */
const inRow = 8;

/** Checks files until the counter is at the end; answers what this thread has checked, by index. */
export async function checkShare(
  files: readonly FoundFile[],
  counter: Counter,
): Promise<readonly (readonly [index: number, checked: Checked])[]> {
  const folders = new Folders();
  // Loaded where there are some: a check of workflows alone is the faster for it.
  const tests = files.some(({ kind }) => kind === "test") ? await import("./check-tests.ts") : null;
  const found: (readonly [number, Checked])[] = [];
  for (;;) {
    const from = Atomics.add(counter, 0, inRow);
    if (from >= files.length) return found;
    for (const [offset, file] of files.slice(from, from + inRow).entries()) {
      const text = readText(file.path);
      const problems = text === null ? [unreadable(file.path)] : problemsOf(file, text);
      found.push([
        from + offset,
        { path: file.path, text: problems.length === 0 ? "" : (text ?? ""), problems },
      ]);
    }
  }

  function problemsOf(file: FoundFile, text: string): readonly Problem[] {
    const { path, kind } = file;
    switch (kind) {
      case "agent":
        return loadAgent(text, path).problems;
      case "settings":
        return loadConfig(text, path).problems;
      case "workflow":
        return folders.of(file).load(path, text).problems;
      case "test":
        return tests?.checkTests(text, path, folders.of(file)) ?? [];
      default:
        return kind satisfies never;
    }
  }
}
