import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../core/execution.ts";
import type { Problem } from "../core/problem.ts";
import { neededFiles } from "../definition/index.ts";
import { hasStatus } from "./failures.ts";
import { openLibrary } from "./library.ts";
import { createLru } from "./lru.ts";

/** The workflows that a file runs, with those that these run, by the keys that the loader knows them by. */
export interface Needed {
  readonly files: ReadonlyMap<string, string>;
  /** By key, why a file of another place could not be had. */
  readonly reasons: ReadonlyMap<string, string>;
}

export interface NeededReader {
  /** `local`: the text of a file of the same commit by its path, or null. Rejects as Octokit does. */
  read(
    octokit: Octokit,
    repository: RepositoryRef,
    root: { readonly path: string; readonly text: string },
    local: (path: string) => Promise<string | null>,
    reach: Reach,
  ): Promise<Needed>;
}

/**
 * What a definition may name of other repositories: for a stranger's (a fork's) only what everybody may read, or the check
 * would show him what our token reads for him.
 */
export type Reach = "installation" | "public";

/** More files than these are no workflow any more; the loader tells of the missing ones. */
const MAX_FILES = 50;
const MAX_TEXT = 512 * 1_024;

/**
 * Reads what workflows name beside themselves: `./x.yml` from the same commit, `OWNER/REPO/PATH@SHA` through the
 * installation's token, and the library's from the files that ship. What a commit's SHA names never changes, so it is kept;
 * by repository, because not every installation may read what another one may.
 */
export function createNeededReader(): NeededReader {
  const remote = createLru<string>(500);
  const library = openLibrary();

  async function readRemote(octokit: Octokit, repository: RepositoryRef, key: string) {
    const known = remote.get(`${repository.id} ${key}`);
    if (known !== undefined) return { text: known };
    const [, owner = "", repo = "", path = "", ref = ""] =
      /^([^/]+)\/([^/]+)\/(.+)@([0-9a-f]{40})$/.exec(key) ?? [];
    try {
      const { data } = await octokit.rest.repos.getContent({ owner, repo, path, ref });
      if (Array.isArray(data) || data.type !== "file") return { reason: `${path} is no file there` };
      if (data.size > MAX_TEXT)
        return { reason: `it has ${data.size} bytes; a definition may have ${MAX_TEXT}` };
      const text = Buffer.from(data.content, "base64").toString("utf8");
      remote.set(`${repository.id} ${key}`, text);
      return { text };
    } catch (error) {
      if (!hasStatus(error, 403, 404, 422, 451)) throw error;
      return {
        reason: `${owner}/${repo} has no such file at that commit, or this App's installation can't read it: it has to be public, or one of the installation's own.`,
      };
    }
  }

  /** Asked each time: what is public today may be private tomorrow. */
  async function isPublic(octokit: Octokit, key: string): Promise<boolean> {
    const [owner = "", repo = ""] = key.split("/");
    try {
      return !(await octokit.rest.repos.get({ owner, repo })).data.private;
    } catch (error) {
      if (hasStatus(error, 403, 404, 451)) return false;
      throw error;
    }
  }

  return {
    async read(octokit, repository, root, local, reach) {
      const files = new Map<string, string>();
      const reasons = new Map<string, string>();
      const queue = [...neededFiles(root.text, root.path)];
      for (let key = queue.shift(); key !== undefined && files.size < MAX_FILES; key = queue.shift()) {
        if (files.has(key) || reasons.has(key) || key === root.path) continue;
        const found = key.startsWith("library/")
          ? library.find(key)
          : key.includes("@")
            ? reach === "public" && !(await isPublic(octokit, key))
              ? { reason: "Of other repositories a fork's pull request may name public ones only." }
              : await readRemote(octokit, repository, key)
            : { text: await local(key) };
        if ("reason" in found) reasons.set(key, found.reason);
        else if (found.text !== null) {
          files.set(key, found.text);
          queue.push(...neededFiles(found.text, key));
        }
      }
      return { files, reasons };
    },
  };
}

/** The problems of a file, with the reason where one is that a file is missing. */
export function withReasons(
  problems: readonly Problem[],
  reasons: ReadonlyMap<string, string>,
): readonly Problem[] {
  return problems.map((problem) => {
    for (const [key, hint] of reasons) {
      // Long names are cut in messages.
      if (problem.message.includes(`"${key.slice(0, 57)}`)) return { ...problem, hint };
    }
    return problem;
  });
}
