import { randomBytes } from "node:crypto";
import type { Caller } from "../auth.ts";
import { issueInstallationToken } from "../auth.ts";
import { isObject, optionalList, optionalNames } from "../input.ts";
import type { AccessLevel, App, Installation } from "../model.ts";
import { listed } from "../pagination.ts";
import { forbidden, Refusal, unauthorized } from "../refusal.ts";
import { type Call, idParameter, parameter, type Route, route } from "../router.ts";
import { appJson, installationJson } from "../serialize/app.ts";
import { iso } from "../serialize/basics.ts";
import { repositoryJson } from "../serialize/repository.ts";
import { found, grants } from "../world.ts";

/** These endpoints take the App's JWT and nothing else. */
export function appOf(caller: Caller): App {
  if (caller.kind !== "app") throw unauthorized("A JSON web token could not be decoded");
  return caller.app;
}

function installationOf(call: Call): Installation {
  appOf(call.caller);
  return found(call.world.installations.get(idParameter(call, "installation_id")));
}

/** The permissions asked for, which must be among those the installation has; all of them if none are named. */
function narrowedPermissions(call: Call, installation: Installation): Map<string, AccessLevel> {
  const { permissions } = call.input;
  if (!isObject(permissions)) return new Map(installation.permissions);
  return new Map(
    Object.entries(permissions).map(([name, level]) => {
      if ((level !== "read" && level !== "write") || !grants(installation.permissions, name, level)) {
        throw new Refusal(422, "The permissions requested are not granted to this installation.");
      }
      return [name, level];
    }),
  );
}

function narrowedRepositories(call: Call, installation: Installation): Set<number> | null {
  const ids = optionalList(call.input, "repository_ids");
  const names = optionalNames(call.input, "repositories");
  if (ids === undefined && names === undefined) return null;
  const all = [...call.world.repositories.values()].filter(
    (repository) => call.world.installationFor(repository) === installation,
  );
  const wanted = [...(ids ?? []), ...(names ?? [])].map((key) =>
    all.find((one) => one.id === key || one.name === key),
  );
  if (wanted.includes(undefined)) {
    throw new Refusal(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  return new Set(wanted.flatMap((repository) => (repository === undefined ? [] : [repository.id])));
}

function createToken(call: Call) {
  const { world } = call;
  const installation = installationOf(call);
  if (installation.suspendedAt !== null) throw forbidden("This installation has been suspended");
  const permissions = narrowedPermissions(call, installation);
  const ids = narrowedRepositories(call, installation);
  const { token, expiresAt } = issueInstallationToken(world, installation, permissions, ids);
  const repositories = [...(ids ?? [])]
    .flatMap((id) => world.repositories.get(id) ?? [])
    .map((one) => repositoryJson(world, one));
  const body = {
    token,
    expires_at: iso(expiresAt),
    permissions: Object.fromEntries(permissions),
    repository_selection: ids === null && installation.repositoryIds === null ? "all" : "selected",
    ...(ids === null ? {} : { repositories }),
  };
  return { status: 201, body };
}

/** The installation on a person's or an organization's account. */
function installationOn(call: Call, login: string) {
  appOf(call.caller);
  const account = found(call.world.user(login));
  const installation = [...call.world.installations.values()].find((one) => one.account === account);
  return { status: 200, body: installationJson(call.world, found(installation)) };
}

/** The credentials of an App that was just registered by its manifest: once for each code, for whoever has it. */
function convert(call: Call) {
  const code = parameter(call, "code");
  const { app, webhookSecret } = found(call.world.manifestCodes.get(code));
  call.world.manifestCodes.delete(code);
  const body = {
    ...appJson(call.world, app),
    client_secret: randomBytes(20).toString("hex"),
    webhook_secret: webhookSecret,
    pem: app.privateKey,
  };
  return { status: 201, body };
}

export const appRoutes: readonly Route[] = [
  route("GET /app", (call) => ({
    status: 200,
    body: { ...appJson(call.world, appOf(call.caller)), installations_count: call.world.installations.size },
  })),
  route("POST /app-manifests/{code}/conversions", convert),
  route("GET /app/installations", (call) => {
    appOf(call.caller);
    return listed(call, [...call.world.installations.values()], (installation) =>
      installationJson(call.world, installation),
    );
  }),
  route("GET /app/installations/{installation_id}", (call) => ({
    status: 200,
    body: installationJson(call.world, installationOf(call)),
  })),
  route("POST /app/installations/{installation_id}/access_tokens", createToken),
  route("GET /orgs/{org}/installation", (call) => installationOn(call, parameter(call, "org"))),
  route("GET /users/{username}/installation", (call) => installationOn(call, parameter(call, "username"))),
  route("GET /repos/{owner}/{repo}/installation", (call) => {
    appOf(call.caller);
    const repository = found(call.world.repository(parameter(call, "owner"), parameter(call, "repo")));
    return { status: 200, body: installationJson(call.world, found(call.world.installationFor(repository))) };
  }),
];
