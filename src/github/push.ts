import type { Octokit } from "@octokit/rest";
import type { JsonObject } from "../core/json.ts";
import type { Happening } from "./happening.ts";
import { listAt, textAt, valueAt } from "./payload.ts";

/** The head of a push to a branch; null for a tag or a branch that was deleted. */
export function pushedHead(payload: JsonObject): string | null {
  if (valueAt(payload, "deleted") === true) return null;
  return textAt(payload, "ref")?.startsWith("refs/heads/") === true ? textAt(payload, "after") : null;
}

/** Paths that the push's commits add, change or remove, each once. */
export function pushedFiles(payload: JsonObject): readonly string[] {
  const files = new Set<string>();
  for (const commit of listAt(payload, "commits")) {
    for (const kind of ["added", "modified", "removed"]) {
      for (const path of listAt(commit, kind)) if (typeof path === "string") files.add(path);
    }
  }
  return [...files];
}

/** Paths that a push or pull request changes; none for other events. */
export async function changedFiles(octokit: Octokit, happening: Happening): Promise<readonly string[]> {
  const { payload, repository, number, isPullRequest } = happening;
  if (happening.event === "push") return pushedFiles(payload);
  if (number === null || !isPullRequest) return [];
  const files = await octokit.paginate(octokit.rest.pulls.listFiles, {
    owner: repository.owner,
    repo: repository.name,
    pull_number: number,
    per_page: 100,
  });
  return files.map(({ filename }) => filename);
}
