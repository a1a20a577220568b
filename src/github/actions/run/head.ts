import type { Octokit } from "@octokit/rest";
import type { StepRequest } from "../../../engine/ports/runner.ts";
import { pullRequestOf } from "../subject.ts";

/** The head of the pull request that a step is about. */
export interface Head {
  readonly number: number;
  readonly branch: string;
  readonly sha: string;
  /** The branch it is to be merged into. */
  readonly base: string;
  readonly isFork: boolean;
  readonly merged: boolean;
}

/** As it is now on GitHub; null where the step is about no pull request. Rejects as Octokit does. */
export async function headOf(context: {
  readonly octokit: Octokit;
  readonly request: StepRequest;
}): Promise<Head | null> {
  const { octokit, request } = context;
  const pull_number = await pullRequestOf(context);
  if (pull_number === null) return null;
  const { owner, name: repo } = request.execution.repository;
  const { data } = await octokit.rest.pulls.get({
    owner,
    repo,
    pull_number,
    request: { signal: request.signal },
  });
  return {
    number: pull_number,
    branch: data.head.ref,
    sha: data.head.sha,
    base: data.base.ref,
    // A fork that was deleted is null.
    isFork: data.head.repo?.id !== data.base.repo.id,
    merged: data.merged,
  };
}
