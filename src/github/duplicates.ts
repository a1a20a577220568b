import type { Octokit } from "@octokit/rest";
import { type Log, silentLog } from "../engine/ports/log.ts";

interface Duplicates {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** Issues or pull requests that carry the same marker. */
  readonly found: readonly { readonly number: number; readonly state: string }[];
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

/**
 * Closes what is open of all but the oldest, the youngest first: issues and pull requests can't be deleted by an App.
 * Answers how many. Rejects with Octokit's RequestError.
 */
export async function closeYounger(duplicates: Duplicates): Promise<number> {
  const { octokit, owner, repo, found, log = silentLog, signal } = duplicates;
  const [kept, ...younger] = found.toSorted((a, b) => a.number - b.number);
  const open = younger.filter(({ state }) => state === "open").map(({ number }) => number);
  for (const issue_number of open.toReversed()) {
    await octokit.rest.issues.update({
      owner,
      repo,
      issue_number,
      state: "closed",
      state_reason: "not_planned",
      request: { retries: 0, ...(signal && { signal }) },
    });
  }
  if (open.length > 0) log.warn({ closed: open, kept: kept?.number }, "closed duplicates");
  return open.length;
}
