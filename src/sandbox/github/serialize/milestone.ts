import type { Milestone, Repository } from "../model.ts";
import type { World } from "../world.ts";
import { iso, isoOrNull, nodeId, repositoryApi, repositoryPage, simpleUser } from "./basics.ts";

/** `milestone` */
export function milestoneJson(world: World, repository: Repository, milestone: Milestone) {
  const { id, number, title, description, state } = milestone;
  const self = repositoryApi(world, repository, `/milestones/${number}`);
  const within = [...repository.issues.values()].filter((issue) => issue.milestone === milestone);
  const open = within.filter((issue) => issue.state === "open").length;
  return {
    url: self,
    html_url: repositoryPage(world, repository, `/milestone/${number}`),
    labels_url: `${self}/labels`,
    id,
    node_id: nodeId("Milestone", id),
    number,
    title,
    description,
    state,
    creator: simpleUser(world, milestone.creator),
    open_issues: open,
    closed_issues: within.length - open,
    created_at: iso(milestone.createdAt),
    updated_at: iso(milestone.updatedAt),
    closed_at: isoOrNull(milestone.closedAt),
    due_on: isoOrNull(milestone.dueAt),
  };
}
