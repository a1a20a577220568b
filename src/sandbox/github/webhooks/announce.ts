import {
  type AccessLevel,
  type Doer,
  type Installation,
  type Issue,
  isPull,
  type Repository,
} from "../model.ts";
import { installationJson } from "../serialize/app.ts";
import { api, nodeId, simpleUser } from "../serialize/basics.ts";
import { issueInFull } from "../serialize/issue.ts";
import { pullJson } from "../serialize/pull.ts";
import { repositoryJson } from "../serialize/repository.ts";
import { grants, type World } from "../world.ts";

/** Which permission an App needs to hear of an event (GitHub's webhook documentation); absent: none. */
const NEEDS: Readonly<Record<string, readonly [permission: string, level: AccessLevel]>> = {
  issues: ["issues", "read"],
  issue_comment: ["issues", "read"],
  label: ["metadata", "read"],
  pull_request: ["pull_requests", "read"],
  pull_request_review: ["pull_requests", "read"],
  check_run: ["checks", "write"],
  check_suite: ["checks", "write"],
  push: ["contents", "read"],
  create: ["contents", "read"],
  delete: ["contents", "read"],
  release: ["contents", "read"],
  repository_dispatch: ["contents", "read"],
  milestone: ["issues", "read"],
  status: ["statuses", "read"],
  workflow_dispatch: ["contents", "read"],
  workflow_run: ["actions", "read"],
  deployment: ["deployments", "read"],
  deployment_status: ["deployments", "read"],
};

interface Change {
  readonly event: string;
  /** null: the event has no actions, as `push`. */
  readonly action: string | null;
  readonly repository: Repository;
  readonly by: Doer;
  readonly payload: Readonly<Record<string, unknown>>;
}

function organizationJson(world: World, repository: Repository) {
  const { owner } = repository;
  const self = api(world, `/orgs/${owner.login}`);
  return {
    login: owner.login,
    id: owner.id,
    node_id: nodeId("Organization", owner.id),
    url: self,
    repos_url: `${self}/repos`,
    events_url: `${self}/events`,
    hooks_url: `${self}/hooks`,
    issues_url: `${self}/issues`,
    members_url: `${self}/members{/member}`,
    public_members_url: `${self}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/${owner.id}`,
    description: null,
  };
}

function listens(installation: Installation, event: string): boolean {
  if (installation.suspendedAt !== null || !installation.app.events.includes(event)) return false;
  const need = NEEDS[event];
  return need === undefined || grants(installation.permissions, need[0], need[1]);
}

/**
 * Tells of a change in a repository. Whether it becomes a webhook is the App's matter: installed there, not
 * suspended, subscribed to the event, and permitted to see it.
 */
export function announce(world: World, change: Change): void {
  const { repository, by } = change;
  const installed = world.installationFor(repository);
  const installation = installed !== undefined && listens(installed, change.event) ? installed : null;
  const payload: Record<string, unknown> = {
    ...(change.action === null ? {} : { action: change.action }),
    repository: repositoryJson(world, repository),
    ...change.payload,
    ...(repository.owner.type === "Organization"
      ? { organization: organizationJson(world, repository) }
      : {}),
    ...(installed === undefined
      ? {}
      : { installation: { id: installed.id, node_id: nodeId("Installation", installed.id) } }),
    sender: simpleUser(world, by.user),
  };
  world.emit("announcement", {
    event: change.event,
    action: change.action,
    installation,
    repository,
    payload,
  });
  world.changed();
}

/** `issues.<action>`, or for a pull request `pull_request.<action>`: both have labels, assignees, an end. */
export function announceIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  action: string,
  by: Doer,
  more: Readonly<Record<string, unknown>> = {},
): void {
  if (isPull(issue)) {
    const payload = { number: issue.number, pull_request: pullJson(world, repository, issue), ...more };
    announce(world, { event: "pull_request", action, repository, by, payload });
    return;
  }
  announce(world, {
    event: "issues",
    action,
    repository,
    by,
    payload: { issue: issueInFull(world, repository, issue), ...more },
  });
}

/** `installation.<action>` and `installation_repositories.<action>`, which every App receives. */
export function announceInstallation(
  world: World,
  installation: Installation,
  event: "installation" | "installation_repositories",
  action: string,
  by: Doer,
  more: Readonly<Record<string, unknown>>,
): void {
  const payload = {
    action,
    installation: installationJson(world, installation),
    ...more,
    sender: simpleUser(world, by.user),
  };
  world.emit("announcement", { event, action, installation, repository: null, payload });
  world.changed();
}
