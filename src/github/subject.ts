import type { Octokit } from "@octokit/rest";
import type { LinkedPullRequest, RepositoryRef, Subject } from "../core/execution.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { hasStatus } from "./failures.ts";
import { numberAt, textAt, valueAt } from "./payload.ts";

export interface PresentSubject {
  readonly subject: Subject;
  readonly state: "open" | "closed";
}

/** The issue or pull request as it is now; null where it was deleted or moved away. */
export async function readSubject(
  octokit: Octokit,
  repository: RepositoryRef,
  number: number,
  isPullRequest: boolean,
): Promise<PresentSubject | null> {
  const place = { owner: repository.owner, repo: repository.name };
  try {
    if (isPullRequest) {
      const { data } = await octokit.rest.pulls.get({ ...place, pull_number: number });
      return {
        state: data.state === "open" ? "open" : "closed",
        subject: {
          type: "pull_request",
          number,
          title: data.title,
          author: data.user?.login ?? "ghost",
          labels: data.labels.map(({ name }) => name),
          url: data.html_url,
          head_sha: data.head.sha,
          is_fork: data.head.repo?.id !== data.base.repo.id,
          state: data.merged ? "merged" : data.state,
        },
      };
    }
    const { data } = await octokit.rest.issues.get({ ...place, issue_number: number });
    return {
      state: data.state === "open" ? "open" : "closed",
      subject: {
        type: "issue",
        number,
        title: data.title,
        author: data.user?.login ?? "ghost",
        labels: data.labels.flatMap((label) => (typeof label === "string" ? label : (label.name ?? []))),
        url: data.html_url,
        head_sha: null,
        is_fork: false,
        state: data.state === "open" ? "open" : "closed",
      },
    };
  } catch (error) {
    if (hasStatus(error, 404, 410)) return null;
    throw error;
  }
}

/** The pull request as it is now; null where there is none of that number any more. */
export async function readPullRequest(octokit: Octokit, repository: RepositoryRef, number: number) {
  const place = { owner: repository.owner, repo: repository.name };
  try {
    return (await octokit.rest.pulls.get({ ...place, pull_number: number })).data;
  } catch (error) {
    if (hasStatus(error, 404, 410)) return null;
    throw error;
  }
}

/** What a trigger's expressions read as `subject`: the shape that running workflows see. */
export function subjectRoot(subject: Subject | null): Json {
  return subject && { ...subject, files: subject.files ?? null, pull_request: null };
}

/** The pull request of a payload, as executions keep it; null where the payload has none. */
export function pullRequestIn(payload: JsonObject): LinkedPullRequest | null {
  const pull = valueAt(payload, "pull_request");
  const number = numberAt(pull, "number");
  const branch = textAt(pull, "head", "ref");
  const head = textAt(pull, "head", "sha");
  if (number === null || branch === null || head === null) return null;
  const merged = valueAt(pull, "merged") === true || textAt(pull, "merged_at") !== null;
  const state = merged ? "merged" : textAt(pull, "state") === "closed" ? "closed" : "open";
  return { number, url: textAt(pull, "html_url") ?? "", branch, head_sha: head, state };
}
