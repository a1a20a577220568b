import { flag, isObject, oneOf, optionalText, requiredText } from "../input.ts";
import type { Deployment, Release } from "../model.ts";
import { moveRef } from "../operations/commits.ts";
import { listed } from "../pagination.ts";
import { invalid, Refusal } from "../refusal.ts";
import {
  idParameter,
  parameter,
  type RepositoryCall,
  type Route,
  read,
  type WriteCall,
  write,
} from "../router.ts";
import { deploymentJson, deploymentStatusJson, releaseJson } from "../serialize/release.ts";
import { announce } from "../webhooks/announce.ts";
import { found } from "../world.ts";

const CONTENTS = ["contents"];
const DEPLOYMENTS = ["deployments"];
const STATES = ["error", "failure", "inactive", "in_progress", "queued", "pending", "success"] as const;

/** Publishing makes the tag where it is missing. */
function createRelease(call: WriteCall) {
  const { world, repository, by, input } = call;
  const tag = requiredText(input, "tag_name", "Release");
  const target = optionalText(input, "target_commitish") ?? repository.defaultBranch;
  if ([...repository.releases.values()].some((one) => one.tag === tag && !one.draft))
    throw invalid("Release", "tag_name", "already_exists");
  const commit = repository.git.resolve(target);
  if (commit === undefined) throw invalid("Release", "target_commitish", "invalid");
  const release: Release = {
    id: world.nextId(),
    tag,
    target,
    author: by.user,
    name: optionalText(input, "name") ?? null,
    body: optionalText(input, "body") ?? null,
    draft: flag(input, "draft"),
    prerelease: flag(input, "prerelease"),
    createdAt: world.now(),
  };
  repository.releases.set(release.id, release);
  if (!release.draft) {
    if (!repository.git.refs.has(`refs/tags/${tag}`))
      moveRef(world, repository, by, `refs/tags/${tag}`, commit.sha);
    const payload = { release: releaseJson(world, repository, release) };
    for (const action of ["published", release.prerelease ? "prereleased" : "released"])
      announce(world, { event: "release", action, repository, by, payload });
  }
  world.changed();
  return { status: 201, body: releaseJson(world, repository, release) };
}

function releaseWhere(call: RepositoryCall, fits: (release: Release) => boolean) {
  const release = found([...call.repository.releases.values()].findLast(fits));
  return { status: 200, body: releaseJson(call.world, call.repository, release) };
}

export const releaseRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/releases", CONTENTS, (call) =>
    listed(call, [...call.repository.releases.values()].toReversed(), (release) =>
      releaseJson(call.world, call.repository, release),
    ),
  ),
  write("POST /repos/{owner}/{repo}/releases", CONTENTS, "write", createRelease),
  read("GET /repos/{owner}/{repo}/releases/latest", CONTENTS, (call) =>
    releaseWhere(call, (one) => !one.draft && !one.prerelease),
  ),
  read("GET /repos/{owner}/{repo}/releases/tags/{tag}", CONTENTS, (call) =>
    releaseWhere(call, (one) => !one.draft && one.tag === parameter(call, "tag")),
  ),
  read("GET /repos/{owner}/{repo}/releases/{release_id}", CONTENTS, (call) =>
    releaseWhere(call, (one) => one.id === idParameter(call, "release_id")),
  ),
];

function deploymentOf(call: RepositoryCall): Deployment {
  return found(call.repository.deployments.get(idParameter(call, "deployment_id")));
}

function createDeployment(call: WriteCall) {
  const { world, repository, by, input } = call;
  const ref = requiredText(input, "ref", "Deployment");
  const commit = repository.git.resolve(ref);
  if (commit === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
  const { payload } = input;
  const deployment: Deployment = {
    id: world.nextId(),
    sha: commit.sha,
    ref,
    task: optionalText(input, "task") ?? "deploy",
    environment: optionalText(input, "environment") ?? "production",
    description: optionalText(input, "description") ?? null,
    payload: isObject(payload) || typeof payload === "string" ? payload : {},
    creator: by.user,
    createdAt: world.now(),
    statuses: [],
  };
  repository.deployments.set(deployment.id, deployment);
  const body = deploymentJson(world, repository, deployment);
  announce(world, {
    event: "deployment",
    action: "created",
    repository,
    by,
    payload: { deployment: body, workflow: null, workflow_run: null },
  });
  return { status: 201, body };
}

function createStatus(call: WriteCall) {
  const { world, repository, by, input } = call;
  const deployment = deploymentOf(call);
  const state = oneOf(input, "state", STATES, "DeploymentStatus");
  if (state === undefined) throw invalid("DeploymentStatus", "state", "missing_field");
  const status = {
    id: world.nextId(),
    state,
    description: optionalText(input, "description") ?? "",
    targetUrl: optionalText(input, "log_url") ?? optionalText(input, "target_url") ?? "",
    environmentUrl: optionalText(input, "environment_url") ?? "",
    creator: by.user,
    createdAt: world.now(),
  };
  deployment.statuses.push(status);
  const body = deploymentStatusJson(world, repository, deployment, status);
  const payload = {
    deployment: deploymentJson(world, repository, deployment),
    deployment_status: body,
    workflow: null,
    workflow_run: null,
  };
  announce(world, { event: "deployment_status", action: "created", repository, by, payload });
  return { status: 201, body };
}

export const deploymentRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/deployments", DEPLOYMENTS, (call) => {
    const environment = call.query.get("environment");
    const sha = call.query.get("sha");
    const fitting = [...call.repository.deployments.values()].filter(
      (one) => (environment === null || one.environment === environment) && (sha === null || one.sha === sha),
    );
    return listed(call, fitting.toReversed(), (one) => deploymentJson(call.world, call.repository, one));
  }),
  write("POST /repos/{owner}/{repo}/deployments", DEPLOYMENTS, "write", createDeployment),
  read("GET /repos/{owner}/{repo}/deployments/{deployment_id}", DEPLOYMENTS, (call) => ({
    status: 200,
    body: deploymentJson(call.world, call.repository, deploymentOf(call)),
  })),
  read("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", DEPLOYMENTS, (call) => {
    const deployment = deploymentOf(call);
    return listed(call, deployment.statuses.toReversed(), (status) =>
      deploymentStatusJson(call.world, call.repository, deployment, status),
    );
  }),
  write(
    "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    DEPLOYMENTS,
    "write",
    createStatus,
  ),
];
