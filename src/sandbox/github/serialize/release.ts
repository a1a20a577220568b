import type { Deployment, DeploymentStatus, Release, Repository } from "../model.ts";
import type { World } from "../world.ts";
import { iso, nodeId, repositoryApi, repositoryPage, simpleUser } from "./basics.ts";

/** `release` */
export function releaseJson(world: World, repository: Repository, release: Release) {
  const self = repositoryApi(world, repository, `/releases/${release.id}`);
  return {
    id: release.id,
    node_id: nodeId("Release", release.id),
    url: self,
    html_url: repositoryPage(world, repository, `/releases/tag/${encodeURIComponent(release.tag)}`),
    assets_url: `${self}/assets`,
    upload_url: `${self}/assets{?name,label}`,
    tarball_url: repositoryApi(world, repository, `/tarball/${encodeURIComponent(release.tag)}`),
    zipball_url: repositoryApi(world, repository, `/zipball/${encodeURIComponent(release.tag)}`),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    immutable: false,
    created_at: iso(release.createdAt),
    updated_at: iso(release.createdAt),
    published_at: release.draft ? null : iso(release.createdAt),
    author: simpleUser(world, release.author),
    assets: [],
  };
}

/** `deployment` */
export function deploymentJson(world: World, repository: Repository, deployment: Deployment) {
  const self = repositoryApi(world, repository, `/deployments/${deployment.id}`);
  const last = deployment.statuses.at(-1);
  return {
    id: deployment.id,
    node_id: nodeId("Deployment", deployment.id),
    url: self,
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    environment: deployment.environment,
    original_environment: deployment.environment,
    description: deployment.description,
    creator: simpleUser(world, deployment.creator),
    created_at: iso(deployment.createdAt),
    updated_at: iso(last?.createdAt ?? deployment.createdAt),
    statuses_url: `${self}/statuses`,
    repository_url: repositoryApi(world, repository),
  };
}

/** `deployment-status` */
export function deploymentStatusJson(
  world: World,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
) {
  const parent = repositoryApi(world, repository, `/deployments/${deployment.id}`);
  return {
    id: status.id,
    node_id: nodeId("DeploymentStatus", status.id),
    url: `${parent}/statuses/${status.id}`,
    state: status.state,
    creator: simpleUser(world, status.creator),
    description: status.description,
    environment: deployment.environment,
    target_url: status.targetUrl,
    log_url: status.targetUrl,
    environment_url: status.environmentUrl,
    created_at: iso(status.createdAt),
    updated_at: iso(status.createdAt),
    deployment_url: parent,
    repository_url: repositoryApi(world, repository),
  };
}
