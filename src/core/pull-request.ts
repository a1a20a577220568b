import type { Execution, LinkedPullRequest } from "./execution.ts";
import { newestPullRequest } from "./scope.ts";

/** The pull request that waits mean: the newest linked one, or the subject itself. */
export function presentPullRequest(execution: Execution): LinkedPullRequest | null {
  const linked = newestPullRequest(execution);
  const { subject } = execution;
  if (linked || subject?.type !== "pull_request") return linked;
  const { number, url, head_sha, state } = subject;
  return { number, url, branch: "", head_sha: head_sha ?? "", state };
}
