import type { Octokit } from "@octokit/rest";
import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import type { Log } from "../../engine/ports/log.ts";
import { closeYounger } from "../duplicates.ts";
import { findComment, hasMarker, isOurs, withMarker } from "../marker.ts";

/** What a search for our own object has to go by. */
export interface Search {
  readonly octokit: Octokit;
  /** The call's parameters, as it was or would be made. */
  readonly parameters: JsonObject;
  readonly key: string;
  /** Nothing of ours is older (ms). */
  readonly since: number;
  /** The key is the user's own (`unique`): what it marks may be anywhere in the repository. */
  readonly unique?: boolean;
  /** Our App's slug. */
  readonly slug: string;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Our object as its creation would have answered, or null where it isn't there. Rejects as Octokit does. */
export type Find = (search: Search) => Promise<unknown>;
/** The parameters with whatever makes the object findable. */
export type Prepare = (parameters: JsonObject, key: string) => JsonObject;

export const markedBody: Prepare = (parameters, key) => ({
  ...parameters,
  body: withMarker(text(parameters.body), key),
});

/** A check run without an external id gets the effect's key, cut to what is unique in it. */
export const markedExternalId: Prepare = (parameters, key) => ({ external_id: key, ...parameters });

export const findIssueComment: Find = async (search) => {
  const { octokit, key, since, slug, signal, log } = search;
  const at = repositoryOf(search);
  const number = Number(search.parameters.issue_number);
  const found = await findComment(octokit, { ...at, number, key, appSlugOrId: slug, since, signal, log });
  if (!found) return null;
  return (await octokit.rest.issues.getComment({ ...at, comment_id: found.id, request: { signal } })).data;
};

/** Where a process that was frozen opened a second one late, the oldest stays; the younger can only be closed. */
export const findIssue: Find = async (search) => {
  const { octokit, key, since, slug, signal } = search;
  const issues = await octokit.paginate(octokit.rest.issues.listForRepo, {
    ...repositoryOf(search),
    creator: `${slug}[bot]`,
    state: "all",
    since: new Date(since).toISOString(),
    per_page: 100,
    request: { signal },
  });
  const ours = issues.filter((issue) => isOurs(issue, slug) && hasMarker(issue.body, key));
  await closeYounger({ ...search, ...repositoryOf(search), found: ours });
  return oldest(ours);
};

export const findLabel: Find = ({ octokit, parameters, signal, ...rest }) =>
  unlessMissing(
    octokit.rest.issues.getLabel({
      ...repositoryOf({ parameters, ...rest }),
      name: text(parameters.name),
      request: { signal },
    }),
  );

export const findMilestone: Find = async (search) => {
  const { octokit, parameters, signal } = search;
  const milestones = await octokit.paginate(octokit.rest.issues.listMilestones, {
    ...repositoryOf(search),
    state: "all",
    per_page: 100,
    request: { signal },
  });
  return oldest(milestones.filter((one) => one.title === parameters.title));
};

/**
 * Open ones by head and base, as GitHub allows one of these; closed ones only with our marker. By a key of the user's
 * whatever the branches are.
 */
export const findPullRequest: Find = async (search) => {
  const { octokit, parameters, key, slug, unique, signal } = search;
  const at = repositoryOf(search);
  const head = text(parameters.head);
  const branches = {
    head: head.includes(":") ? head : `${at.owner}:${head}`,
    base: text(parameters.base),
  };
  const pulls = await octokit.paginate(octokit.rest.pulls.list, {
    ...at,
    ...(unique ? {} : branches),
    state: "all",
    per_page: 100,
    request: { signal },
  });
  const marked = pulls.filter((pull) => hasMarker(pull.body, key) && (!unique || isOurs(pull, slug)));
  if (unique) await closeYounger({ ...search, ...at, found: marked });
  const found = oldest(marked) ?? (unique ? undefined : pulls.find((pull) => pull.state === "open"));
  if (!found) return null;
  return (await octokit.rest.pulls.get({ ...at, pull_number: found.number, request: { signal } })).data;
};

/** A merge has no object of its own: the pull request tells. */
export const findMerge: Find = async (search) => {
  const { octokit, parameters, signal } = search;
  const pull_number = Number(parameters.pull_number);
  const { data } = await octokit.rest.pulls.get({
    ...repositoryOf(search),
    pull_number,
    request: { signal },
  });
  return data.merged ? { sha: data.merge_commit_sha, merged: true, message: "Pull Request merged" } : null;
};

/** A dismissal has no object of its own either. */
export const findDismissal: Find = async (search) => {
  const { octokit, parameters, signal } = search;
  const { data } = await octokit.rest.pulls.getReview({
    ...repositoryOf(search),
    pull_number: Number(parameters.pull_number),
    review_id: Number(parameters.review_id),
    request: { signal },
  });
  return data.state === "DISMISSED" ? data : null;
};

export const findReview: Find = async (search) => {
  const { octokit, parameters, slug, key, signal } = search;
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, {
    ...repositoryOf(search),
    pull_number: Number(parameters.pull_number),
    per_page: 100,
    request: { signal },
  });
  return oldest(reviews.filter((one) => isOurs(one, slug) && hasMarker(one.body, key)));
};

export const findReviewComment: Find = async (search) => {
  const { octokit, parameters, slug, key, since, signal } = search;
  const comments = await octokit.paginate(octokit.rest.pulls.listReviewComments, {
    ...repositoryOf(search),
    pull_number: Number(parameters.pull_number),
    since: new Date(since).toISOString(),
    per_page: 100,
    request: { signal },
  });
  return oldest(comments.filter((one) => isOurs(one, slug) && hasMarker(one.body, key)));
};

export const findCommitComment: Find = async (search) => {
  const { octokit, parameters, slug, key, signal } = search;
  const comments = await octokit.paginate(octokit.rest.repos.listCommentsForCommit, {
    ...repositoryOf(search),
    commit_sha: text(parameters.commit_sha),
    per_page: 100,
    request: { signal },
  });
  return oldest(comments.filter((one) => isOurs(one, slug) && hasMarker(one.body, key)));
};

/** From the list, because a draft isn't found by its tag. */
export const findRelease: Find = async (search) => {
  const { octokit, parameters, slug, signal } = search;
  const releases = await octokit.paginate(octokit.rest.repos.listReleases, {
    ...repositoryOf(search),
    per_page: 100,
    request: { signal },
  });
  return oldest(
    releases.filter(
      (one) => one.tag_name === parameters.tag_name && isOurs(one.author ? { user: one.author } : {}, slug),
    ),
  );
};

export const findCheckRun: Find = async (search) => {
  const { octokit, parameters, slug, key, signal } = search;
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...repositoryOf(search),
    ref: text(parameters.head_sha),
    check_name: text(parameters.name),
    filter: "all",
    per_page: 100,
    request: { signal },
  });
  const externalId = parameters.external_id ?? key;
  return oldest(runs.filter((run) => run.external_id === externalId && run.app?.slug === slug));
};

/** The context's newest status, if it is ours and says the same: each call would add another. */
export const findCommitStatus: Find = async (search) => {
  const { octokit, parameters, slug, signal } = search;
  const context = text(parameters.context) || "default";
  const statuses = await octokit.paginate(octokit.rest.repos.listCommitStatusesForRef, {
    ...repositoryOf(search),
    ref: text(parameters.sha),
    per_page: 100,
    request: { signal },
  });
  const newest = statuses.find((one) => one.context.toLowerCase() === context.toLowerCase());
  const same =
    newest?.creator?.login === `${slug}[bot]` &&
    newest.state === parameters.state &&
    (newest.description ?? "") === text(parameters.description) &&
    (newest.target_url ?? "") === text(parameters.target_url);
  return same ? newest : null;
};

/**
 * GitHub appends the annotations of each update. Where some of these stand there already, the update is made with the
 * others only; without annotations it may simply be repeated.
 */
export const finishCheckUpdate: Find = async (search) => {
  const { octokit, parameters, signal } = search;
  const { output } = parameters;
  const given = isObject(output) ? own(output, "annotations") : undefined;
  if (!isObject(output) || !Array.isArray(given) || given.length === 0) return null;
  const at = { ...repositoryOf(search), check_run_id: Number(parameters.check_run_id) };
  const there = await octokit.paginate(octokit.rest.checks.listAnnotations, {
    ...at,
    per_page: 100,
    request: { signal },
  });
  const left = there.map(placeAndWords);
  const annotations = given.filter((one) => {
    const known = left.indexOf(placeAndWords(one));
    if (known >= 0) left.splice(known, 1);
    return known < 0;
  });
  if (annotations.length === given.length) return null;
  const { data } = await octokit.request({
    method: "PATCH",
    url: "/repos/{owner}/{repo}/check-runs/{check_run_id}",
    ...parameters,
    ...at,
    output: { ...output, annotations },
    request: { retries: 0, signal },
  });
  return data;
};

/** What tells one annotation from another. */
function placeAndWords(annotation: unknown): string {
  const { path, start_line, end_line, annotation_level, message, title } = annotation as Record<
    string,
    unknown
  >;
  return JSON.stringify([path, start_line, end_line, annotation_level, message, title ?? null]);
}

export const findRef: Find = ({ octokit, parameters, signal, ...rest }) =>
  unlessMissing(
    octokit.rest.git.getRef({
      ...repositoryOf({ parameters, ...rest }),
      ref: text(parameters.ref).replace(/^refs\//, ""),
      request: { signal },
    }),
  );

/** The file with just this content, under the newest commit that touched it, if that has our message. */
export const findFile: Find = async (search) => {
  const { octokit, parameters, signal } = search;
  const at = repositoryOf(search);
  const path = text(parameters.path);
  const ref = typeof parameters.branch === "string" ? parameters.branch : undefined;
  const content = await unlessMissing(
    octokit.rest.repos.getContent({ ...at, path, ...(ref && { ref }), request: { signal } }),
  );
  if (!content || Array.isArray(content) || content.type !== "file") return null;
  if (withoutBreaks(content.content) !== withoutBreaks(text(parameters.content))) return null;
  const { data: commits } = await octokit.rest.repos.listCommits({
    ...at,
    path,
    ...(ref && { sha: ref }),
    per_page: 1,
    request: { signal },
  });
  const commit = commits[0];
  return commit && commit.commit.message === parameters.message
    ? { content, commit: { ...commit.commit, sha: commit.sha } }
    : null;
};

function repositoryOf({ parameters }: { readonly parameters: JsonObject }): { owner: string; repo: string } {
  return { owner: text(parameters.owner), repo: text(parameters.repo) };
}

async function unlessMissing<T>(answer: Promise<{ readonly data: T }>): Promise<T | null> {
  try {
    return (await answer).data;
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 404) return null;
    throw error;
  }
}

function oldest<T extends { readonly id: number }>(found: readonly T[]): T | null {
  return found.toSorted((a, b) => a.id - b.id)[0] ?? null;
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** GitHub breaks base64 into lines. */
function withoutBreaks(base64: string): string {
  return base64.replaceAll(/\s/g, "");
}
