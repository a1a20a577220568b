import type { Comment, Doer, Issue, Reaction, ReactionContent, Repository } from "../model.ts";
import { forbidden, invalid } from "../refusal.ts";
import { commentJson, issueInFull } from "../serialize/issue.ts";
import { announce } from "../webhooks/announce.ts";
import { hasRole, type World } from "../world.ts";
import { recordLive } from "./timeline.ts";

const BODY_LIMIT = 65_536;

function checkBody(body: string): void {
  if (body.trim() === "") throw invalid("IssueComment", "body", "custom", "Body can't be blank");
  if (body.length > BODY_LIMIT)
    throw invalid("IssueComment", "body", "custom", `body is too long (maximum is ${BODY_LIMIT} characters)`);
}

function announceComment(
  world: World,
  repository: Repository,
  comment: Comment,
  action: string,
  by: Doer,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const issue = repository.issues.get(comment.issueNumber);
  if (issue === undefined) throw new Error(`comment ${comment.id} belongs to no issue`);
  const payload = {
    issue: issueInFull(world, repository, issue),
    comment: commentJson(world, repository, comment),
    ...more,
  };
  announce(world, { event: "issue_comment", action, repository, by, payload });
}

export function addComment(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  body: string,
): Comment {
  checkBody(body);
  if (issue.locked && by.app === null && !hasRole(repository, by.user, "write")) {
    throw forbidden("Unable to create comment because issue is locked.");
  }
  const at = world.now();
  const comment: Comment = {
    id: world.nextId(),
    issueNumber: issue.number,
    user: by.user,
    app: by.app,
    body,
    createdAt: at,
    updatedAt: at,
    minimizedReason: null,
    reactions: [],
  };
  repository.comments.set(comment.id, comment);
  recordLive(world, issue, "commented", by, () => commentJson(world, repository, comment));
  announceComment(world, repository, comment, "created", by);
  return comment;
}

export function editComment(
  world: World,
  repository: Repository,
  comment: Comment,
  by: Doer,
  body: string,
): void {
  checkBody(body);
  const from = comment.body;
  comment.body = body;
  comment.updatedAt = world.now();
  announceComment(world, repository, comment, "edited", by, { changes: { body: { from } } });
}

export function deleteComment(world: World, repository: Repository, comment: Comment, by: Doer): void {
  announceComment(world, repository, comment, "deleted", by);
  repository.comments.delete(comment.id);
  const issue = repository.issues.get(comment.issueNumber);
  const at =
    issue?.timeline.findIndex((entry) => entry.event === "commented" && entry.facts()["id"] === comment.id) ??
    -1;
  if (at >= 0) issue?.timeline.splice(at, 1);
  world.changed();
}

/** Reactions send no webhook; a second one of the same kind by the same person is the first. */
export function react(
  world: World,
  target: Issue | Comment,
  by: Doer,
  content: ReactionContent,
): { reaction: Reaction; isNew: boolean } {
  const existing = target.reactions.find(
    (reaction) => reaction.user === by.user && reaction.content === content,
  );
  if (existing !== undefined) return { reaction: existing, isNew: false };
  const reaction: Reaction = { id: world.nextId(), user: by.user, content, createdAt: world.now() };
  target.reactions = [...target.reactions, reaction];
  world.changed();
  return { reaction, isNew: true };
}
