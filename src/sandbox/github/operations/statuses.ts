import type { CommitStatus, Doer, Repository } from "../model.ts";
import { commitJson } from "../serialize/git.ts";
import { statusInPayload } from "../serialize/status.ts";
import { announce } from "../webhooks/announce.ts";
import type { World } from "../world.ts";

export type NewStatus = Pick<CommitStatus, "sha" | "context" | "state" | "description" | "targetUrl">;

export function addStatus(world: World, repository: Repository, by: Doer, input: NewStatus): CommitStatus {
  const { git } = repository;
  const commit = git.commits.get(input.sha);
  if (commit === undefined) throw new Error(`a status was set on ${input.sha}, which is no commit`);
  const status = { id: world.nextId(), ...input, creator: by.user, createdAt: world.now() };
  repository.statuses.push(status);
  const branches = [...git.refs]
    .filter(([ref, sha]) => ref.startsWith("refs/heads/") && sha === input.sha)
    .map(([ref]) => ref.slice("refs/heads/".length));
  announce(world, {
    event: "status",
    action: null,
    repository,
    by,
    payload: {
      ...statusInPayload(world, repository, status, branches),
      commit: commitJson(world, repository, commit),
    },
  });
  return status;
}

/** The newest status of each context at the commit; contexts ignore case. */
export function statusesAt(repository: Repository, sha: string): CommitStatus[] {
  const at = repository.statuses.filter((status) => status.sha === sha);
  return [...new Map(at.map((status) => [status.context.toLowerCase(), status])).values()];
}
