import { flag, isObject, oneOf, optionalNames, optionalText, requiredText } from "../input.ts";
import { isPull, type PullRequest } from "../model.ts";
import { closeIssue, editTexts, reopenIssue } from "../operations/issues.ts";
import { mergePullRequest, openPullRequest, requestReviewers } from "../operations/pulls.ts";
import { listed } from "../pagination.ts";
import { invalid, notFound } from "../refusal.ts";
import { pullOf, type RepositoryCall, type Route, read, type WriteCall, write } from "../router.ts";
import { simpleUser } from "../serialize/basics.ts";
import { commitJson, diffEntry } from "../serialize/git.ts";
import { pullChanges, pullJson, pullSimple } from "../serialize/pull.ts";
import { announceIssue } from "../webhooks/announce.ts";
import { bodyOf } from "./issues.ts";

const PULLS = ["pull_requests"];

function list(call: RepositoryCall) {
  const { repository, query } = call;
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const base = query.get("base");
  // GitHub ignores a head filter without an owner; being strict here shows the mistake.
  const [headOwner, headRef] = head === null ? [] : head.split(":", 2);
  const pulls = [...repository.issues.values()]
    .filter(isPull)
    .filter(
      (issue) =>
        (state === "all" || issue.state === state) &&
        (head === null ||
          headRef === undefined ||
          (headOwner?.toLowerCase() === issue.pull.headRepository.owner.login.toLowerCase() &&
            issue.pull.headRef === headRef)) &&
        (base === null || issue.pull.baseRef === base),
    );
  const time = (issue: PullRequest) => (query.get("sort") === "updated" ? issue.updatedAt : issue.createdAt);
  const ascending = pulls.toSorted((a, b) => time(a) - time(b) || a.number - b.number);
  return listed(call, query.get("direction") === "asc" ? ascending : ascending.toReversed(), (issue) =>
    pullSimple(call.world, repository, issue),
  );
}

function update(call: WriteCall) {
  const { world, repository, by, input } = call;
  const issue = pullOf(call);
  const base = optionalText(input, "base");
  if (base !== undefined && repository.git.branch(base) === undefined)
    throw invalid("PullRequest", "base", "invalid");
  const state = oneOf(input, "state", ["open", "closed"], "PullRequest");
  const changes: Record<string, unknown> = editTexts(
    world,
    issue,
    by,
    optionalText(input, "title"),
    bodyOf(input),
  );
  if (base !== undefined && base !== issue.pull.baseRef) {
    changes["base"] = { ref: { from: issue.pull.baseRef }, sha: { from: issue.pull.baseSha } };
    issue.pull.baseRef = base;
    issue.pull.baseSha = repository.git.branch(base) ?? issue.pull.baseSha;
  }
  if (Object.keys(changes).length > 0) announceIssue(world, repository, issue, "edited", by, { changes });
  if (state === "closed") closeIssue(world, repository, issue, by);
  if (state === "open") {
    if (issue.pull.mergedAt !== null) throw invalid("PullRequest", "state", "invalid");
    reopenIssue(world, repository, issue, by);
  }
  return { status: 200, body: pullJson(world, repository, issue) };
}

function merge(call: WriteCall) {
  const { world, repository, by, input } = call;
  const sha = mergePullRequest(world, repository, pullOf(call), by, {
    method: oneOf(input, "merge_method", ["merge", "squash", "rebase"], "PullRequest"),
    title: optionalText(input, "commit_title"),
    message: optionalText(input, "commit_message"),
    sha: optionalText(input, "sha"),
  });
  return { status: 200, body: { sha, merged: true, message: "Pull Request successfully merged" } };
}

export const pullRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/pulls", PULLS, list),
  write("POST /repos/{owner}/{repo}/pulls", PULLS, "read", (call) => {
    const { world, repository, by, input } = call;
    const issue = openPullRequest(world, repository, by, {
      title: requiredText(input, "title", "PullRequest"),
      head: requiredText(input, "head", "PullRequest"),
      base: requiredText(input, "base", "PullRequest"),
      body: bodyOf(input),
      draft: flag(input, "draft"),
    });
    return { status: 201, body: pullJson(world, repository, issue) };
  }),
  read("GET /repos/{owner}/{repo}/pulls/{pull_number}", PULLS, (call) => ({
    status: 200,
    body: pullJson(call.world, call.repository, pullOf(call)),
  })),
  write("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", PULLS, "triage", update),
  read("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", PULLS, (call) => {
    const issue = pullOf(call);
    return listed(call, pullChanges(call.repository, issue), (change) =>
      diffEntry(call.world, call.repository, issue.pull.headSha, change),
    );
  }),
  read("GET /repos/{owner}/{repo}/pulls/{pull_number}/commits", PULLS, (call) => {
    const { pull } = pullOf(call);
    return listed(call, call.repository.git.between(pull.baseSha, pull.headSha), (commit) =>
      commitJson(call.world, call.repository, commit),
    );
  }),
  read("GET /repos/{owner}/{repo}/pulls/{pull_number}/merge", PULLS, (call) => {
    if (pullOf(call).pull.mergedAt === null) throw notFound();
    return { status: 204 };
  }),
  // Merging writes to the branch, so an App needs `contents`.
  write("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", ["contents"], "write", merge),
  read("GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", PULLS, (call) => ({
    status: 200,
    body: {
      users: pullOf(call).pull.requestedReviewers.map((user) => simpleUser(call.world, user)),
      teams: [],
    },
  })),
  write("POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", PULLS, "triage", (call) => {
    const issue = pullOf(call);
    const reviewers = isObject(call.json) ? (optionalNames(call.input, "reviewers") ?? []) : [];
    requestReviewers(call.world, call.repository, issue, call.by, reviewers);
    return { status: 201, body: pullSimple(call.world, call.repository, issue) };
  }),
];
