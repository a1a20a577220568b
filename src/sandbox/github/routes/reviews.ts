import { oneOf, optionalText } from "../input.ts";
import type { PullRequest, Review } from "../model.ts";
import { addReview, type ReviewEvent, submitReview } from "../operations/pulls.ts";
import { listed } from "../pagination.ts";
import { invalid } from "../refusal.ts";
import { idParameter, pullOf, type RepositoryCall, type Route, read, write } from "../router.ts";
import { reviewJson } from "../serialize/pull.ts";
import { found } from "../world.ts";

const PULLS = ["pull_requests"];
const EVENTS: readonly ReviewEvent[] = ["APPROVE", "REQUEST_CHANGES", "COMMENT"];

function reviewOf(call: RepositoryCall, issue: PullRequest): Review {
  const id = idParameter(call, "review_id");
  return found(issue.pull.reviews.find((review) => review.id === id));
}

export const reviewRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews", PULLS, (call) => {
    const issue = pullOf(call);
    return listed(call, issue.pull.reviews, (review) =>
      reviewJson(call.world, call.repository, issue, review),
    );
  }),
  write("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", PULLS, "read", (call) => {
    const { world, repository, by, input } = call;
    const issue = pullOf(call);
    const event = oneOf(input, "event", EVENTS, "PullRequestReview");
    const review = addReview(
      world,
      repository,
      issue,
      by,
      event,
      optionalText(input, "body") ?? "",
      optionalText(input, "commit_id"),
    );
    return { status: 200, body: reviewJson(world, repository, issue, review) };
  }),
  read("GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}", PULLS, (call) => {
    const issue = pullOf(call);
    return { status: 200, body: reviewJson(call.world, call.repository, issue, reviewOf(call, issue)) };
  }),
  write(
    "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events",
    PULLS,
    "read",
    (call) => {
      const { world, repository, by, input } = call;
      const issue = pullOf(call);
      const review = reviewOf(call, issue);
      const event = oneOf(input, "event", EVENTS, "PullRequestReview");
      if (event === undefined) throw invalid("PullRequestReview", "event", "missing_field");
      submitReview(world, repository, issue, by, review, event, optionalText(input, "body") ?? review.body);
      return { status: 200, body: reviewJson(world, repository, issue, review) };
    },
  ),
];
