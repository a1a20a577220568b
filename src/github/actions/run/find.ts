import { createHash } from "node:crypto";
import type { Octokit } from "@octokit/rest";

/** The input by which a workflow lets its runs be told apart; it must show it in its `run-name`. */
export const keyInput = "hishamos_key";

/** What the input gets: short enough for a title, and no secret. */
export function correlation(key: string): string {
  return `hishamos:${createHash("sha256").update(key).digest("hex").slice(0, 20)}`;
}

const anyCorrelation = /hishamos:[0-9a-f]{20}/;

export interface RunSearch {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** File name or id. */
  readonly workflow: string | number;
  readonly key: string;
  /** Our App's slug. */
  readonly slug: string;
  /** Our run is not older (ms). */
  readonly since: number;
  /** Runs that are known to be of something else. */
  readonly others: ReadonlySet<number>;
  readonly signal: AbortSignal;
}

export interface FoundRun {
  readonly id: number;
  readonly html_url: string;
}

/**
 * A run that we may have dispatched without hearing of it. `mine`: its title carries our key. `maybe`: such that
 * carry no key of anybody; GitHub tells of no run what its inputs were. Rejects as Octokit does.
 */
export async function findRun(
  search: RunSearch,
): Promise<{ readonly mine: FoundRun } | { readonly maybe: readonly FoundRun[] }> {
  const { octokit, owner, repo, workflow, key, slug, since, others, signal } = search;
  const runs = await octokit.paginate(octokit.rest.actions.listWorkflowRuns, {
    owner,
    repo,
    workflow_id: workflow,
    event: "workflow_dispatch",
    actor: `${slug}[bot]`,
    created: `>=${new Date(since).toISOString().slice(0, 19)}Z`,
    per_page: 100,
    request: { signal },
  });
  const candidates = runs.filter(({ id }) => !others.has(id));
  const mine = candidates
    .filter(({ display_title }) => display_title.includes(correlation(key)))
    .toSorted((a, b) => a.id - b.id)[0];
  if (mine) return { mine };
  return { maybe: candidates.filter(({ display_title }) => !anyCorrelation.test(display_title)) };
}
