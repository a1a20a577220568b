import type { Repository, User } from "../model.ts";
import { fullName, type World } from "../world.ts";

/** ISO 8601 in whole seconds, as GitHub writes times. */
export function iso(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}

/** GitHub's GraphQL id; opaque to everybody but this stand-in. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString("base64url");
}

export function api(world: World, path = ""): string {
  return `${world.url}/api/v3${path}`;
}

export function repositoryApi(world: World, repository: Repository, path = ""): string {
  return api(world, `/repos/${fullName(repository)}${path}`);
}

export function repositoryPage(world: World, repository: Repository, path = ""): string {
  return `${world.pages}/${fullName(repository)}${path}`;
}

/** `simple-user` */
export function simpleUser(world: World, user: User) {
  const self = api(world, `/users/${encodeURIComponent(user.login)}`);
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId("User", user.id),
    avatar_url: `${world.url}/avatars/${user.id}`,
    gravatar_id: "",
    url: self,
    html_url:
      user.type === "Bot"
        ? `${world.pages}/apps/${user.login.replace(/\[bot\]$/, "")}`
        : `${world.pages}/${user.login}`,
    followers_url: `${self}/followers`,
    following_url: `${self}/following{/other_user}`,
    gists_url: `${self}/gists{/gist_id}`,
    starred_url: `${self}/starred{/owner}{/repo}`,
    subscriptions_url: `${self}/subscriptions`,
    organizations_url: `${self}/orgs`,
    repos_url: `${self}/repos`,
    events_url: `${self}/events{/privacy}`,
    received_events_url: `${self}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

export function simpleUserOrNull(world: World, user: User | null) {
  return user === null ? null : simpleUser(world, user);
}

/** `public-user` */
export function publicUser(world: World, user: User) {
  return {
    ...simpleUser(world, user),
    name: user.name,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: [...world.repositories.values()].filter((repository) => repository.owner === user).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: iso(user.createdAt),
    updated_at: iso(user.createdAt),
  };
}

/** `author_association`, from what the person is in the repository and has given to it. */
export function association(
  repository: Repository,
  user: User,
): "OWNER" | "MEMBER" | "COLLABORATOR" | "CONTRIBUTOR" | "NONE" {
  if (repository.owner === user) return "OWNER";
  if (!repository.collaborators.has(user.login.toLowerCase())) {
    const merged = [...repository.issues.values()].some(
      (issue) => issue.user === user && typeof issue.pull?.mergedAt === "number",
    );
    return merged ? "CONTRIBUTOR" : "NONE";
  }
  return repository.owner.type === "Organization" ? "MEMBER" : "COLLABORATOR";
}
