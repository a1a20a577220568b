import type { Doer, Issue, Milestone, Repository } from "../model.ts";
import { invalid } from "../refusal.ts";
import { milestoneJson } from "../serialize/milestone.ts";
import { announce, announceIssue } from "../webhooks/announce.ts";
import type { World } from "../world.ts";
import { record } from "./timeline.ts";

export interface MilestoneEdit {
  readonly title?: string | undefined;
  readonly description?: string | null | undefined;
  readonly state?: Milestone["state"] | undefined;
  readonly dueAt?: number | null | undefined;
}

function announceMilestone(
  world: World,
  repository: Repository,
  milestone: Milestone,
  action: string,
  by: Doer,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const payload = { milestone: milestoneJson(world, repository, milestone), ...more };
  announce(world, { event: "milestone", action, repository, by, payload });
}

function checkTitle(repository: Repository, title: string, but?: Milestone): void {
  if ([...repository.milestones.values()].some((one) => one !== but && one.title === title))
    throw invalid("Milestone", "title", "already_exists");
}

export function createMilestone(
  world: World,
  repository: Repository,
  by: Doer,
  input: MilestoneEdit & { readonly title: string },
): Milestone {
  checkTitle(repository, input.title);
  const at = world.now();
  const number = Math.max(0, ...repository.milestones.keys()) + 1;
  const state = input.state ?? "open";
  const milestone: Milestone = {
    id: world.nextId(),
    number,
    title: input.title,
    description: input.description ?? null,
    state,
    dueAt: input.dueAt ?? null,
    creator: by.user,
    createdAt: at,
    updatedAt: at,
    closedAt: state === "closed" ? at : null,
  };
  repository.milestones.set(number, milestone);
  announceMilestone(world, repository, milestone, "created", by);
  return milestone;
}

export function editMilestone(
  world: World,
  repository: Repository,
  milestone: Milestone,
  by: Doer,
  edit: MilestoneEdit,
): void {
  if (edit.title !== undefined) checkTitle(repository, edit.title, milestone);
  const changes: Record<string, { from: string }> = {};
  if (edit.title !== undefined && edit.title !== milestone.title)
    changes["title"] = { from: milestone.title };
  if (edit.description !== undefined && edit.description !== milestone.description)
    changes["description"] = { from: milestone.description ?? "" };
  milestone.title = edit.title ?? milestone.title;
  if (edit.description !== undefined) milestone.description = edit.description;
  if (edit.dueAt !== undefined) milestone.dueAt = edit.dueAt;
  milestone.updatedAt = world.now();
  if (Object.keys(changes).length > 0)
    announceMilestone(world, repository, milestone, "edited", by, { changes });
  if (edit.state === undefined || edit.state === milestone.state) return;
  milestone.state = edit.state;
  milestone.closedAt = edit.state === "closed" ? world.now() : null;
  announceMilestone(world, repository, milestone, edit.state === "closed" ? "closed" : "opened", by);
}

export function deleteMilestone(world: World, repository: Repository, milestone: Milestone, by: Doer): void {
  repository.milestones.delete(milestone.number);
  for (const issue of repository.issues.values()) {
    if (issue.milestone === milestone) issue.milestone = null;
  }
  announceMilestone(world, repository, milestone, "deleted", by);
}

/** Puts the issue or pull request into the milestone of that number, or out of any. */
export function setMilestone(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  number: number | null,
): void {
  const milestone = number === null ? null : repository.milestones.get(number);
  if (milestone === undefined) throw invalid("Issue", "milestone", "invalid");
  const former = issue.milestone;
  if (milestone === former) return;
  const tell = (event: "milestoned" | "demilestoned", of: Milestone) => {
    record(world, issue, event, by, { milestone: { title: of.title } });
    announceIssue(world, repository, issue, event, by, {
      milestone: milestoneJson(world, repository, of),
    });
  };
  issue.milestone = milestone;
  if (former !== null) tell("demilestoned", former);
  if (milestone !== null) tell("milestoned", milestone);
}
