import type { CommitStatus, Repository } from "../model.ts";
import { fullName, type World } from "../world.ts";
import { iso, nodeId, repositoryApi, simpleUser } from "./basics.ts";
import { repositoryJson } from "./repository.ts";

/** `simple-commit-status` */
function statusSimple(world: World, repository: Repository, status: CommitStatus) {
  const { id, sha, state, description, context, creator } = status;
  return {
    url: repositoryApi(world, repository, `/statuses/${sha}`),
    avatar_url: simpleUser(world, creator).avatar_url,
    id,
    node_id: nodeId("StatusContext", id),
    state,
    description,
    target_url: status.targetUrl,
    context,
    created_at: iso(status.createdAt),
    updated_at: iso(status.createdAt),
  };
}

/** `status` */
export function statusJson(world: World, repository: Repository, status: CommitStatus) {
  return { ...statusSimple(world, repository, status), creator: simpleUser(world, status.creator) };
}

/** `combined-commit-status`: as bad as the worst, and pending where there is none. */
export function combinedStatus(
  world: World,
  repository: Repository,
  sha: string,
  all: readonly CommitStatus[],
  shown: readonly CommitStatus[],
) {
  const some = (...states: CommitStatus["state"][]) => all.some(({ state }) => states.includes(state));
  const state = some("failure", "error")
    ? "failure"
    : all.length === 0 || some("pending")
      ? "pending"
      : "success";
  const commit = repositoryApi(world, repository, `/commits/${sha}`);
  return {
    state,
    statuses: shown.map((status) => statusSimple(world, repository, status)),
    sha,
    total_count: all.length,
    repository: repositoryJson(world, repository),
    commit_url: commit,
    url: `${commit}/status`,
  };
}

/** The `status` event's own fields, but for the commit. */
export function statusInPayload(
  world: World,
  repository: Repository,
  status: CommitStatus,
  branches: readonly string[],
) {
  const { id, sha, state, description, context } = status;
  return {
    id,
    sha,
    name: fullName(repository),
    avatar_url: simpleUser(world, status.creator).avatar_url,
    target_url: status.targetUrl,
    context,
    description,
    state,
    branches: branches.map((name) => ({
      name,
      commit: { sha, url: repositoryApi(world, repository, `/commits/${sha}`) },
      protected: repository.protections.has(name),
    })),
    created_at: iso(status.createdAt),
    updated_at: iso(status.createdAt),
  };
}
