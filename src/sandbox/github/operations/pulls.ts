import { mergeFiles, replay } from "../git/merge.ts";
import type { Commit, Files } from "../git/store.ts";
import { type Doer, isPull, type PullRequest, type Repository, type Review, type User } from "../model.ts";
import { invalid, Refusal } from "../refusal.ts";
import { simpleUser } from "../serialize/basics.ts";
import { pullSimple, reviewJson } from "../serialize/pull.ts";
import { announce, announceIssue } from "../webhooks/announce.ts";
import type { World } from "../world.ts";
import { addCommit, closeMentioned, moveRef, recordCommit } from "./commits.ts";
import { addIssue, closeIssue } from "./issues.ts";
import { record, recordLive } from "./timeline.ts";

export interface NewPull {
  readonly title: string;
  readonly body?: string | null | undefined;
  /** `branch`, or `owner:branch` where the owner has a fork. */
  readonly head: string;
  readonly base: string;
  readonly draft?: boolean | undefined;
}

/** The repository that the head is in, which is the base or a fork of it, and the branch there. */
function headOf(world: World, base: Repository, head: string): { repository: Repository; branch: string } {
  const [owner = "", branch] = head.includes(":") ? head.split(":", 2) : [base.owner.login, head];
  const repository = [base, ...world.repositories.values()].find(
    (one) => (one === base || one.forkOf === base) && one.owner.login.toLowerCase() === owner.toLowerCase(),
  );
  if (branch === undefined || repository === undefined) throw invalid("PullRequest", "head", "invalid");
  return { repository, branch };
}

export function openPullRequest(world: World, repository: Repository, by: Doer, input: NewPull): PullRequest {
  const { git } = repository;
  const { repository: headRepository, branch: headRef } = headOf(world, repository, input.head);
  const headSha = headRepository.git.branch(headRef);
  const baseSha = git.branch(input.base);
  if (headSha === undefined) throw invalid("PullRequest", "head", "invalid");
  if (baseSha === undefined) throw invalid("PullRequest", "base", "invalid");
  const commits = git.between(baseSha, headSha);
  if (commits.length === 0)
    throw invalid("PullRequest", "base", "custom", `No commits between ${input.base} and ${headRef}`);
  const twin = [...repository.issues.values()].find(
    (one) =>
      isPull(one) &&
      one.state === "open" &&
      one.pull.headRepository === headRepository &&
      one.pull.headRef === headRef &&
      one.pull.baseRef === input.base,
  );
  if (twin !== undefined) {
    throw invalid(
      "PullRequest",
      "base",
      "custom",
      `A pull request already exists for ${headRepository.owner.login}:${headRef}.`,
    );
  }
  const pull = {
    headRepository,
    headRef,
    headSha,
    baseRef: input.base,
    baseSha,
    draft: input.draft ?? false,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
    requestedReviewers: [],
    reviews: [],
  };
  const issue = addIssue(world, repository, by, input, pull);
  if (!isPull(issue)) throw new Error("a pull request was stored without its facts");
  for (const commit of commits) recordCommit(world, repository, issue, by, commit);
  announceIssue(world, repository, issue, "opened", by);
  return issue;
}

/** A draft becomes a pull request that may be merged. */
export function markReady(world: World, repository: Repository, issue: PullRequest, by: Doer): void {
  if (!issue.pull.draft) return;
  issue.pull.draft = false;
  record(world, issue, "ready_for_review", by);
  announceIssue(world, repository, issue, "ready_for_review", by);
}

export function requestReviewers(
  world: World,
  repository: Repository,
  issue: PullRequest,
  by: Doer,
  logins: readonly string[],
): void {
  const users = logins.map((login) => world.user(login));
  for (const user of users) {
    if (
      user === undefined ||
      user === issue.user ||
      !repository.collaborators.has(user.login.toLowerCase())
    ) {
      throw new Refusal(
        422,
        "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.",
      );
    }
  }
  for (const user of users.filter((one): one is User => one !== undefined)) {
    if (issue.pull.requestedReviewers.includes(user)) continue;
    issue.pull.requestedReviewers = [...issue.pull.requestedReviewers, user];
    const reviewer = simpleUser(world, user);
    record(world, issue, "review_requested", by, {
      review_requester: simpleUser(world, by.user),
      requested_reviewer: reviewer,
    });
    announceIssue(world, repository, issue, "review_requested", by, { requested_reviewer: reviewer });
  }
}

const REVIEW_STATES = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
} as const;
export type ReviewEvent = keyof typeof REVIEW_STATES;

/** A review, pending until submitted where `event` is left out. */
export function addReview(
  world: World,
  repository: Repository,
  issue: PullRequest,
  by: Doer,
  event: ReviewEvent | undefined,
  body: string,
  commitId?: string,
): Review {
  const review: Review = {
    id: world.nextId(),
    user: by.user,
    body,
    state: "PENDING",
    commitId: commitId ?? issue.pull.headSha,
    submittedAt: null,
  };
  if (event !== undefined) checkReview(issue, by, event, body);
  issue.pull.reviews.push(review);
  if (event === undefined) world.changed();
  else submitReview(world, repository, issue, by, review, event, body);
  return review;
}

function checkReview(issue: PullRequest, by: Doer, event: ReviewEvent, body: string): void {
  if (event !== "APPROVE" && body.trim() === "")
    throw new Refusal(422, "Unprocessable Entity: body is required for this review");
  if (event === "APPROVE" && issue.user === by.user)
    throw new Refusal(422, "Unprocessable Entity: Can not approve your own pull request");
  if (event === "REQUEST_CHANGES" && issue.user === by.user) {
    throw new Refusal(422, "Unprocessable Entity: Can not request changes on your own pull request");
  }
}

export function submitReview(
  world: World,
  repository: Repository,
  issue: PullRequest,
  by: Doer,
  review: Review,
  event: ReviewEvent,
  body: string,
): void {
  if (review.state !== "PENDING")
    throw new Refusal(422, "Unprocessable Entity: this review was already submitted");
  checkReview(issue, by, event, body);
  review.state = REVIEW_STATES[event];
  review.body = body;
  review.submittedAt = world.now();
  issue.pull.requestedReviewers = issue.pull.requestedReviewers.filter((user) => user !== by.user);
  recordLive(world, issue, "reviewed", by, () => ({
    ...reviewJson(world, repository, issue, review),
    state: review.state.toLowerCase(),
  }));
  const inPayload = { ...reviewJson(world, repository, issue, review), state: review.state.toLowerCase() };
  const payload = { review: inPayload, pull_request: pullSimple(world, repository, issue) };
  announce(world, { event: "pull_request_review", action: "submitted", repository, by, payload });
}

type MergeMethod = "merge" | "squash" | "rebase";

export interface Merge {
  readonly method?: MergeMethod | undefined;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  /** The head the caller has seen; another one answers 409. */
  readonly sha?: string | undefined;
}

function rebased(
  world: World,
  repository: Repository,
  by: Doer,
  base: Commit,
  commits: readonly Commit[],
): Commit | undefined {
  let tip = base;
  for (const commit of commits) {
    const files = replay(repository.git, commit, tip.files);
    if (files === undefined) return undefined;
    tip = addCommit(world, repository, by, commit.message, files, [tip.sha]);
  }
  return tip;
}

/** Merges, closes, and closes the issues its body names; answers the merge commit's SHA. */
export function mergePullRequest(
  world: World,
  repository: Repository,
  issue: PullRequest,
  by: Doer,
  merge: Merge,
): string {
  const { git } = repository;
  const { pull } = issue;
  const base = git.resolve(`refs/heads/${pull.baseRef}`);
  const head = git.commits.get(pull.headSha);
  if (merge.sha !== undefined && merge.sha !== pull.headSha) {
    throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
  }
  const files: Files | undefined =
    base === undefined || head === undefined ? undefined : mergeFiles(git, base, head);
  if (
    issue.state !== "open" ||
    pull.draft ||
    base === undefined ||
    head === undefined ||
    files === undefined
  ) {
    throw new Refusal(405, pull.draft ? "Pull Request is still a draft" : "Pull Request is not mergeable");
  }
  const method = merge.method ?? "merge";
  const heading =
    merge.title ??
    (method === "squash"
      ? `${issue.title} (#${issue.number})`
      : `Merge pull request #${issue.number} from ${pull.headRepository.owner.login}/${pull.headRef}`);
  const message = [heading, merge.message ?? (method === "squash" ? "" : issue.title)]
    .filter((part) => part !== "")
    .join("\n\n");
  const tip =
    method === "rebase"
      ? rebased(world, repository, by, base, git.between(base.sha, head.sha))
      : addCommit(
          world,
          repository,
          by,
          message,
          files,
          method === "squash" ? [base.sha] : [base.sha, head.sha],
        );
  if (tip === undefined) throw new Refusal(405, "Pull Request is not mergeable");
  pull.mergedAt = world.now();
  pull.mergedBy = by.user;
  pull.mergeCommitSha = tip.sha;
  pull.baseSha = base.sha;
  record(world, issue, "merged", by, { commit_id: tip.sha });
  moveRef(world, repository, by, `refs/heads/${pull.baseRef}`, tip.sha);
  closeIssue(world, repository, issue, by);
  if (pull.baseRef === repository.defaultBranch) closeMentioned(world, repository, by, issue.body ?? "");
  return tip.sha;
}
