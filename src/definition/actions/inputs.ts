// What every action on GitHub may have besides GitHub's own parameters. The run holds the same rules: it imports them.

/** Filled in from the execution where the step is silent: its repository, its subject, its newest pull request. */
export const filledInputs = ["owner", "repo", "issue_number", "pull_number"] as const;

/** Octokit's own options: `baseUrl` alone would send our token to any host. */
export const reservedInputs = ["baseUrl", "headers", "method", "request", "url"] as const;

/** How many items a list is read up to: what is usual, and the most. */
export const maxItems = { usual: 1_000, most: 10_000 } as const;

/** Whether all pages of it are read, up to `max_items`. `method` as `issues.listForRepo`. */
export function listsPages(method: string): boolean {
  return /\.(list|search)|^search\./.test(method);
}
