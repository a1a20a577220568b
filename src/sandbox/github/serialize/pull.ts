import { changedFiles, filePatch } from "../git/diff.ts";
import { mergeFiles } from "../git/merge.ts";
import type { PullRequest, Repository, Review } from "../model.ts";
import type { World } from "../world.ts";
import { association, isoOrNull, nodeId, repositoryApi, simpleUser, simpleUserOrNull } from "./basics.ts";
import { commentsOf, issueJson, issuePage } from "./issue.ts";
import { repositoryJson } from "./repository.ts";

function side(world: World, repository: Repository, ref: string, sha: string) {
  const user = simpleUser(world, repository.owner);
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user,
    repo: repositoryJson(world, repository),
  };
}

/** `pull-request-simple`, as lists show it */
export function pullSimple(world: World, repository: Repository, issue: PullRequest) {
  const self = repositoryApi(world, repository, `/pulls/${issue.number}`);
  const asIssue = issueJson(world, repository, issue);
  const { pull } = issue;
  return {
    url: self,
    id: issue.id,
    node_id: asIssue.node_id,
    html_url: asIssue.html_url,
    diff_url: `${asIssue.html_url}.diff`,
    patch_url: `${asIssue.html_url}.patch`,
    issue_url: asIssue.url,
    commits_url: `${self}/commits`,
    review_comments_url: `${self}/comments`,
    review_comment_url: repositoryApi(world, repository, "/pulls/comments{/number}"),
    comments_url: asIssue.comments_url,
    statuses_url: repositoryApi(world, repository, `/statuses/${pull.headSha}`),
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    active_lock_reason: issue.lockReason,
    title: issue.title,
    user: asIssue.user,
    body: issue.body,
    labels: asIssue.labels,
    milestone: asIssue.milestone,
    created_at: asIssue.created_at,
    updated_at: asIssue.updated_at,
    closed_at: asIssue.closed_at,
    merged_at: isoOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    assignee: asIssue.assignee,
    assignees: asIssue.assignees,
    requested_reviewers: pull.requestedReviewers.map((user) => simpleUser(world, user)),
    requested_teams: [],
    head: side(world, pull.headRepository, pull.headRef, pull.headSha),
    base: side(world, repository, pull.baseRef, pull.baseSha),
    _links: {
      self: { href: self },
      html: { href: asIssue.html_url },
      issue: { href: asIssue.url },
      comments: { href: asIssue.comments_url },
      review_comments: { href: `${self}/comments` },
      review_comment: { href: repositoryApi(world, repository, "/pulls/comments{/number}") },
      commits: { href: `${self}/commits` },
      statuses: { href: repositoryApi(world, repository, `/statuses/${pull.headSha}`) },
    },
    author_association: asIssue.author_association,
    auto_merge: null,
    draft: pull.draft,
  };
}

/** null once it is merged or closed: GitHub no longer computes it. */
function mergeable(repository: Repository, issue: PullRequest): boolean | null {
  const base = repository.git.resolve(`refs/heads/${issue.pull.baseRef}`);
  const head = repository.git.commits.get(issue.pull.headSha);
  if (issue.state === "closed" || base === undefined || head === undefined) return null;
  return mergeFiles(repository.git, base, head) !== undefined;
}

/** Files that the pull request changes, since it left its base. */
export function pullChanges(repository: Repository, issue: PullRequest) {
  const { git } = repository;
  const head = git.commits.get(issue.pull.headSha);
  const base = git.mergeBase(issue.pull.baseSha, issue.pull.headSha);
  return head === undefined ? [] : changedFiles(base?.files ?? new Map(), head.files);
}

/** `pull-request`, in full */
export function pullJson(world: World, repository: Repository, issue: PullRequest) {
  const changes = pullChanges(repository, issue);
  const patches = changes.map((change) => filePatch(repository.git, change));
  const canMerge = mergeable(repository, issue);
  return {
    ...pullSimple(world, repository, issue),
    merged: issue.pull.mergedAt !== null,
    mergeable: canMerge,
    rebaseable: canMerge,
    mergeable_state:
      canMerge === null ? "unknown" : canMerge ? (issue.pull.draft ? "draft" : "clean") : "dirty",
    merged_by: simpleUserOrNull(world, issue.pull.mergedBy),
    comments: commentsOf(repository, issue.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: repository.git.between(issue.pull.baseSha, issue.pull.headSha).length,
    additions: patches.reduce((total, patch) => total + patch.additions, 0),
    deletions: patches.reduce((total, patch) => total + patch.deletions, 0),
    changed_files: changes.length,
  };
}

/** `pull-request-minimal`, as check runs list it */
export function pullMinimal(world: World, repository: Repository, issue: PullRequest) {
  const brief = (one: Repository) => ({ id: one.id, url: repositoryApi(world, one), name: one.name });
  return {
    id: issue.id,
    number: issue.number,
    url: repositoryApi(world, repository, `/pulls/${issue.number}`),
    head: { ref: issue.pull.headRef, sha: issue.pull.headSha, repo: brief(issue.pull.headRepository) },
    base: { ref: issue.pull.baseRef, sha: issue.pull.baseSha, repo: brief(repository) },
  };
}

/** `pull-request-review`; webhooks write the state in lower case */
export function reviewJson(world: World, repository: Repository, issue: PullRequest, review: Review) {
  const page = `${issuePage(world, repository, issue)}#pullrequestreview-${review.id}`;
  const pull = repositoryApi(world, repository, `/pulls/${issue.number}`);
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: simpleUser(world, review.user),
    body: review.body,
    state: review.state as string,
    html_url: page,
    pull_request_url: pull,
    author_association: association(repository, review.user),
    _links: { html: { href: page }, pull_request: { href: pull } },
    commit_id: review.commitId,
    ...(review.submittedAt === null ? {} : { submitted_at: isoOrNull(review.submittedAt) }),
  };
}
