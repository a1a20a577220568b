import type { Repository, Role } from "../model.ts";
import { fullName, type World } from "../world.ts";
import { iso, nodeId, repositoryApi, repositoryPage, simpleUser } from "./basics.ts";

/** Endpoint name to its path under the repository. */
const LINKS: Readonly<Record<string, string>> = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
  hooks_url: "/hooks",
};

/** `repository`, which is also `repository-webhooks` */
export function repositoryJson(world: World, repository: Repository) {
  const openIssues = [...repository.issues.values()].filter((issue) => issue.state === "open").length;
  const page = repositoryPage(world, repository);
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
    owner: simpleUser(world, repository.owner),
    html_url: page,
    description: repository.description,
    fork: repository.forkOf !== null,
    url: repositoryApi(world, repository),
    ...Object.fromEntries(
      Object.entries(LINKS).map(([name, path]) => [name, repositoryApi(world, repository, path)]),
    ),
    git_url: `${page}.git`,
    ssh_url: `${page}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks_count: 0,
    forks: 0,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues_count: openIssues,
    open_issues: openIssues,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    visibility: repository.private ? "private" : "public",
    allow_forking: true,
    web_commit_signoff_required: false,
    pushed_at: iso(repository.pushedAt),
    created_at: iso(repository.createdAt),
    updated_at: iso(repository.updatedAt),
  };
}

/** `full-repository` */
export function fullRepository(world: World, repository: Repository) {
  return { ...repositoryJson(world, repository), subscribers_count: 0, network_count: 0 };
}

/** `push` payloads write two of the repository's times as seconds. */
export function pushRepository(world: World, repository: Repository) {
  return {
    ...repositoryJson(world, repository),
    created_at: Math.floor(repository.createdAt / 1000),
    pushed_at: Math.floor(repository.pushedAt / 1000),
    stargazers: 0,
    master_branch: repository.defaultBranch,
  };
}

/** `repository-collaborator-permission`: `permission` folds maintain into write and triage into read. */
export function collaboratorPermission(world: World, login: string, role: Role | "none") {
  const user = world.user(login);
  const folded = role === "maintain" ? "write" : role === "triage" ? "read" : role;
  const permissions = permissionsOf(role);
  return {
    permission: folded,
    role_name: role,
    user: user === undefined ? null : { ...simpleUser(world, user), permissions, role_name: role },
  };
}

/** What a role may do, in the words of a repository's and a collaborator's `permissions`. */
export function permissionsOf(role: Role | "none") {
  const can = (least: Role) => role !== "none" && RANK[role] >= RANK[least];
  return {
    admin: can("admin"),
    maintain: can("maintain"),
    push: can("write"),
    triage: can("triage"),
    pull: can("read"),
  };
}

const RANK: Readonly<Record<Role, number>> = { read: 0, triage: 1, write: 2, maintain: 3, admin: 4 };
