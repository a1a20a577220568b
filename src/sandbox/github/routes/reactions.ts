import { oneOf } from "../input.ts";
import { type Comment, type Issue, REACTIONS } from "../model.ts";
import { react } from "../operations/comments.ts";
import { listed } from "../pagination.ts";
import { forbidden, invalid, notFound } from "../refusal.ts";
import {
  idParameter,
  issueOf,
  type RepositoryCall,
  type Route,
  read,
  type WriteCall,
  write,
} from "../router.ts";
import { reactionJson } from "../serialize/issue.ts";
import { commentOf } from "./comments.ts";

const ISSUES = ["issues", "pull_requests"];

type Reactable = Issue | Comment;

/** 201 for a new reaction, 200 for one that was there. */
function create(call: WriteCall, target: Reactable) {
  const content = oneOf(call.input, "content", REACTIONS, "Reaction");
  if (content === undefined) throw invalid("Reaction", "content", "missing_field");
  const { reaction, isNew } = react(call.world, target, call.by, content);
  return { status: isNew ? 201 : 200, body: reactionJson(call.world, reaction) };
}

function list(call: RepositoryCall, target: Reactable) {
  const wanted = call.query.get("content");
  const reactions = target.reactions.filter((reaction) => wanted === null || reaction.content === wanted);
  return listed(call, reactions, (reaction) => reactionJson(call.world, reaction));
}

function remove(call: WriteCall, target: Reactable) {
  const id = idParameter(call, "reaction_id");
  const reaction = target.reactions.find((one) => one.id === id);
  if (reaction === undefined) throw notFound();
  if (reaction.user !== call.by.user) throw forbidden("You can only delete your own reactions");
  target.reactions = target.reactions.filter((one) => one !== reaction);
  call.world.changed();
  return { status: 204 };
}

export const reactionRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", ISSUES, (call) =>
    list(call, commentOf(call)),
  ),
  write("POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions", ISSUES, "read", (call) =>
    create(call, commentOf(call)),
  ),
  write(
    "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}",
    ISSUES,
    "read",
    (call) => remove(call, commentOf(call)),
  ),
  read("GET /repos/{owner}/{repo}/issues/{issue_number}/reactions", ISSUES, (call) =>
    list(call, issueOf(call)),
  ),
  write("POST /repos/{owner}/{repo}/issues/{issue_number}/reactions", ISSUES, "read", (call) =>
    create(call, issueOf(call)),
  ),
  write(
    "DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}",
    ISSUES,
    "read",
    (call) => remove(call, issueOf(call)),
  ),
];
