import { doerOf } from "../auth.ts";
import { isObject, requiredText } from "../input.ts";
import { listed, page } from "../pagination.ts";
import { forbidden, invalid, notFound } from "../refusal.ts";
import { parameter, type RepositoryCall, type Route, read, route, type WriteCall, write } from "../router.ts";
import { api, publicUser } from "../serialize/basics.ts";
import {
  collaboratorPermission,
  fullRepository,
  permissionsOf,
  repositoryJson,
} from "../serialize/repository.ts";
import { fork } from "../setup.ts";
import { announce } from "../webhooks/announce.ts";
import { found, roleOf } from "../world.ts";

/** GitHub takes at most ten properties in a dispatch's payload. */
const DISPATCH_PROPERTIES = 10;

function dispatch(call: WriteCall) {
  const { world, repository, by, input } = call;
  const action = requiredText(input, "event_type", "RepositoryDispatch");
  const payload = input["client_payload"] ?? {};
  if (!isObject(payload) || Object.keys(payload).length > DISPATCH_PROPERTIES)
    throw invalid("RepositoryDispatch", "client_payload", "invalid");
  const more = { branch: repository.defaultBranch, client_payload: payload };
  announce(world, { event: "repository_dispatch", action, repository, by, payload: more });
  return { status: 204 };
}

function permission(call: RepositoryCall) {
  const user = call.world.user(parameter(call, "username"));
  if (user === undefined) throw notFound();
  const role = roleOf(call.repository, user) ?? (call.repository.private ? "none" : "read");
  return { status: 200, body: collaboratorPermission(call.world, user.login, role) };
}

export const repositoryRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}", ["metadata"], (call) => {
    const { caller, world, repository } = call;
    const body = fullRepository(world, repository);
    if (caller.kind !== "user") return { status: 200, body };
    const role = roleOf(repository, caller.user) ?? (repository.private ? "none" : "read");
    return { status: 200, body: { ...body, permissions: permissionsOf(role) } };
  }),
  write("POST /repos/{owner}/{repo}/dispatches", ["contents"], "write", dispatch),
  read("GET /repos/{owner}/{repo}/forks", ["metadata"], (call) => {
    const forks = [...call.world.repositories.values()].filter((one) => one.forkOf === call.repository);
    return listed(call, forks, (one) => repositoryJson(call.world, one));
  }),
  write("POST /repos/{owner}/{repo}/forks", ["administration"], "read", (call) => ({
    status: 202,
    body: fullRepository(call.world, fork(call.world, call.repository, call.by.user)),
  })),
];

/** Roles, teams and accounts: what authorisation is decided on. */
export const permissionRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/collaborators/{username}/permission", ["metadata"], permission),
  read("GET /repos/{owner}/{repo}/collaborators/{username}", ["metadata"], (call) => {
    if (!call.repository.collaborators.has(parameter(call, "username").toLowerCase())) throw notFound();
    return { status: 204 };
  }),
  route("GET /orgs/{org}/teams/{team_slug}/memberships/{username}", (call) => {
    const [org, slug, login] = ["org", "team_slug", "username"].map((name) =>
      parameter(call, name).toLowerCase(),
    );
    const members = found(call.world.teams.get(`${org}/${slug}`));
    if (login === undefined || !members.has(login)) throw notFound();
    const url = api(call.world, `/organizations/${org}/team/${slug}/memberships/${login}`);
    return { status: 200, body: { url, role: "member", state: "active" } };
  }),
  route("GET /user", (call) => {
    const { user, app } = doerOf(call.caller);
    if (app !== null) throw forbidden();
    return { status: 200, body: publicUser(call.world, user) };
  }),
  route("GET /users/{username}", (call) => ({
    status: 200,
    body: publicUser(call.world, found(call.world.user(parameter(call, "username")))),
  })),
];

export const installationRepositoryRoutes: readonly Route[] = [
  route("GET /installation/repositories", (call) => {
    const { caller, world } = call;
    if (caller.kind !== "installation") throw notFound();
    const { installation, repositoryIds } = caller;
    const reachable = [...world.repositories.values()].filter(
      (repository) =>
        world.installationFor(repository) === installation &&
        (repositoryIds === null || repositoryIds.has(repository.id)),
    );
    const { items, headers } = page(call, reachable);
    const selection = repositoryIds === null && installation.repositoryIds === null ? "all" : "selected";
    const repositories = items.map((repository) => repositoryJson(world, repository));
    return {
      status: 200,
      headers,
      body: { total_count: reachable.length, repository_selection: selection, repositories },
    };
  }),
];
