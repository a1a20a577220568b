import type { Octokit } from "@octokit/rest";
import type { StepRequest } from "../../engine/ports/runner.ts";
import { pullRequestNumber } from "./parameters.ts";

/**
 * Number of the pull request that the step is about: by `subject` the one it names, else the newest linked one, else
 * the execution's subject if it is one. Null where it is about none. Rejects as Octokit does.
 */
export async function pullRequestOf({
  octokit,
  request,
}: {
  readonly octokit: Octokit;
  readonly request: StepRequest;
}): Promise<number | null> {
  const { execution, run, signal } = request;
  const { subject: named } = run;
  if (named === undefined) return pullRequestNumber(execution) ?? null;
  if (execution.linked.some(({ number }) => number === named)) return named;
  if (execution.subject?.number === named) return execution.subject.type === "pull_request" ? named : null;
  const { owner, name: repo } = execution.repository;
  const { data } = await octokit.rest.issues.get({
    owner,
    repo,
    issue_number: named,
    request: { signal },
  });
  return data.pull_request ? named : null;
}
