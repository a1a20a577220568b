import { requiredText } from "../input.ts";
import type { Comment } from "../model.ts";
import { addComment, deleteComment, editComment } from "../operations/comments.ts";
import { listed } from "../pagination.ts";
import { forbidden } from "../refusal.ts";
import {
  idParameter,
  issueOf,
  type RepositoryCall,
  type Route,
  read,
  type WriteCall,
  write,
} from "../router.ts";
import { commentJson, commentsOf } from "../serialize/issue.ts";
import { found, hasRole } from "../world.ts";

const ISSUES = ["issues", "pull_requests"];

export function commentOf(call: RepositoryCall): Comment {
  return found(call.repository.comments.get(idParameter(call, "comment_id")));
}

/** One's own comment, or anybody's for those who may write. An App's token has the permission already. */
function changeable(call: WriteCall): Comment {
  const comment = commentOf(call);
  if (
    call.by.app === null &&
    comment.user !== call.by.user &&
    !hasRole(call.repository, call.by.user, "write")
  )
    throw forbidden("Must have admin rights to Repository.");
  return comment;
}

function recent(call: RepositoryCall, comments: readonly Comment[]): Comment[] {
  const since = call.query.get("since");
  return comments.filter((comment) => since === null || comment.updatedAt >= Date.parse(since));
}

export const commentRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", ISSUES, (call) =>
    listed(call, recent(call, commentsOf(call.repository, issueOf(call).number)), (comment) =>
      commentJson(call.world, call.repository, comment),
    ),
  ),
  write("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", ISSUES, "read", (call) => {
    const body = requiredText(call.input, "body", "IssueComment");
    const comment = addComment(call.world, call.repository, issueOf(call), call.by, body);
    return { status: 201, body: commentJson(call.world, call.repository, comment) };
  }),
  read("GET /repos/{owner}/{repo}/issues/comments", ISSUES, (call) => {
    const newestFirst = call.query.get("direction") === "desc";
    const all = recent(call, [...call.repository.comments.values()]);
    return listed(call, newestFirst ? all.toReversed() : all, (comment) =>
      commentJson(call.world, call.repository, comment),
    );
  }),
  read("GET /repos/{owner}/{repo}/issues/comments/{comment_id}", ISSUES, (call) => ({
    status: 200,
    body: commentJson(call.world, call.repository, commentOf(call)),
  })),
  write("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", ISSUES, "read", (call) => {
    const comment = changeable(call);
    editComment(
      call.world,
      call.repository,
      comment,
      call.by,
      requiredText(call.input, "body", "IssueComment"),
    );
    return { status: 200, body: commentJson(call.world, call.repository, comment) };
  }),
  write("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", ISSUES, "read", (call) => {
    deleteComment(call.world, call.repository, changeable(call), call.by);
    return { status: 204 };
  }),
];
