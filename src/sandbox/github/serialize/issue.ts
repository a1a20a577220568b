import {
  type Comment,
  type Issue,
  type Label,
  REACTIONS,
  type Reaction,
  type Repository,
  type TimelineEntry,
} from "../model.ts";
import type { World } from "../world.ts";
import { appOrNull } from "./app.ts";
import {
  association,
  iso,
  isoOrNull,
  nodeId,
  repositoryApi,
  repositoryPage,
  simpleUser,
  simpleUserOrNull,
} from "./basics.ts";
import { milestoneJson } from "./milestone.ts";

/** `label` */
export function labelJson(world: World, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId("Label", label.id),
    url: repositoryApi(world, repository, `/labels/${encodeURIComponent(label.name)}`),
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** `reaction` */
export function reactionJson(world: World, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: nodeId("Reaction", reaction.id),
    user: simpleUser(world, reaction.user),
    content: reaction.content,
    created_at: iso(reaction.createdAt),
  };
}

function reactionRollup(url: string, reactions: readonly Reaction[]) {
  const counts = REACTIONS.map((content) => [
    content,
    reactions.filter((reaction) => reaction.content === content).length,
  ]);
  return { url: `${url}/reactions`, total_count: reactions.length, ...Object.fromEntries(counts) };
}

export function commentsOf(repository: Repository, number: number): Comment[] {
  return [...repository.comments.values()].filter((comment) => comment.issueNumber === number);
}

export function issuePage(world: World, repository: Repository, issue: Issue): string {
  return repositoryPage(world, repository, `/${issue.pull === null ? "issues" : "pull"}/${issue.number}`);
}

/** `issue`; pull requests are shown here too, with `pull_request` */
export function issueJson(world: World, repository: Repository, issue: Issue) {
  const self = repositoryApi(world, repository, `/issues/${issue.number}`);
  const page = issuePage(world, repository, issue);
  const pull = repositoryApi(world, repository, `/pulls/${issue.number}`);
  return {
    id: issue.id,
    node_id: nodeId(issue.pull === null ? "Issue" : "PullRequest", issue.id),
    url: self,
    repository_url: repositoryApi(world, repository),
    labels_url: `${self}/labels{/name}`,
    comments_url: `${self}/comments`,
    events_url: `${self}/events`,
    timeline_url: `${self}/timeline`,
    html_url: page,
    number: issue.number,
    title: issue.title,
    user: simpleUser(world, issue.user),
    labels: issue.labels.map((label) => labelJson(world, repository, label)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked,
    active_lock_reason: issue.lockReason,
    assignee: simpleUserOrNull(world, issue.assignees[0] ?? null),
    assignees: issue.assignees.map((user) => simpleUser(world, user)),
    milestone: issue.milestone === null ? null : milestoneJson(world, repository, issue.milestone),
    comments: commentsOf(repository, issue.number).length,
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    closed_at: isoOrNull(issue.closedAt),
    author_association: association(repository, issue.user),
    body: issue.body,
    reactions: reactionRollup(self, issue.reactions),
    performed_via_github_app: appOrNull(world, issue.app),
    ...(issue.pull === null
      ? {}
      : {
          draft: issue.pull.draft,
          pull_request: {
            url: pull,
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: isoOrNull(issue.pull.mergedAt),
          },
        }),
  };
}

/** One issue alone says also who closed it; lists do not. */
export function issueInFull(world: World, repository: Repository, issue: Issue) {
  return { ...issueJson(world, repository, issue), closed_by: simpleUserOrNull(world, issue.closedBy) };
}

/** `issue-comment` */
export function commentJson(world: World, repository: Repository, comment: Comment) {
  const self = repositoryApi(world, repository, `/issues/comments/${comment.id}`);
  const issue = repository.issues.get(comment.issueNumber);
  const page = issue === undefined ? repositoryPage(world, repository) : issuePage(world, repository, issue);
  return {
    id: comment.id,
    node_id: commentNodeId(comment),
    url: self,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: repositoryApi(world, repository, `/issues/${comment.issueNumber}`),
    user: simpleUser(world, comment.user),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    author_association: association(repository, comment.user),
    body: comment.body,
    reactions: reactionRollup(self, comment.reactions),
    performed_via_github_app: appOrNull(world, comment.app),
    minimized: comment.minimizedReason === null ? null : { reason: comment.minimizedReason },
  };
}

export function commentNodeId(comment: Comment): string {
  return nodeId("IssueComment", comment.id);
}

/** `issue-event` of the timeline */
export function timelineJson(world: World, repository: Repository, entry: TimelineEntry) {
  return {
    id: entry.id,
    node_id: nodeId("TimelineEvent", entry.id),
    url: repositoryApi(world, repository, `/issues/events/${entry.id}`),
    actor: simpleUser(world, entry.by.user),
    event: entry.event,
    commit_id: null,
    commit_url: null,
    created_at: iso(entry.at),
    performed_via_github_app: appOrNull(world, entry.by.app),
    ...entry.facts(),
  };
}
