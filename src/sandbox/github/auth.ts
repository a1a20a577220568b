import { createHash, randomBytes } from "node:crypto";
import type { AccessLevel, App, Doer, Installation, Permissions, Repository, Role } from "./model.ts";
import { forbidden, notFound, Refusal, unauthorized } from "./refusal.ts";
import { grants, hasRole, type Token, type World } from "./world.ts";

/** Who sends a request. */
export type Caller = { readonly kind: "anonymous" } | { readonly kind: "app"; readonly app: App } | Token;

/** An installation token lives for an hour. */
const TOKEN_LIFE_MS = 3_600_000;
/** A job's token ends with its job, which takes no longer than this. */
const JOB_LIFE_MS = 24 * 3_600_000;

function tokenText(prefix: "ghs" | "ghp"): string {
  return `${prefix}_${createHash("sha256").update(randomBytes(32)).digest("hex").slice(0, 36)}`;
}

export function issueUserToken(world: World, login: string): string {
  const token = tokenText("ghp");
  world.tokens.set(token, { kind: "user", user: world.addUser(login, "User") });
  return token;
}

export interface NarrowedToken {
  readonly token: string;
  readonly expiresAt: number;
}

export function issueInstallationToken(
  world: World,
  installation: Installation,
  permissions: Permissions,
  repositoryIds: ReadonlySet<number> | null,
): NarrowedToken {
  const token = tokenText("ghs");
  const expiresAt = world.now() + TOKEN_LIFE_MS;
  world.tokens.set(token, { kind: "installation", installation, permissions, repositoryIds, expiresAt });
  return { token, expiresAt };
}

/** The token of a job that declares these permissions, as the REST API names them; it reaches its repository alone. */
export function issueJobToken(
  world: World,
  repository: Repository,
  app: App,
  permissions: Permissions,
): string {
  const token = tokenText("ghs");
  const repositoryIds = new Set([repository.id]);
  const installation: Installation = {
    id: world.nextId(),
    account: repository.owner,
    app,
    permissions,
    repositoryIds,
    suspendedAt: null,
    suspendedBy: null,
    createdAt: world.now(),
  };
  const expiresAt = world.now() + JOB_LIFE_MS;
  world.tokens.set(token, {
    kind: "installation",
    installation,
    permissions,
    repositoryIds,
    expiresAt,
    ofJob: true,
  });
  return token;
}

/** The `iss` of an App's JWT. The signature is not checked: the stand-in trusts whoever can reach loopback. */
function issuerOf(jwt: string): string | undefined {
  const claims = jwt.split(".")[1];
  if (claims === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
    if (typeof parsed !== "object" || parsed === null || !("iss" in parsed)) return undefined;
    return String(parsed.iss);
  } catch {
    return undefined;
  }
}

export function callerOf(world: World, authorization: string | undefined): Caller {
  if (authorization === undefined) return { kind: "anonymous" };
  const credential = /^(?:token|bearer)\s+(\S+)$/i.exec(authorization)?.[1];
  if (credential === undefined) throw unauthorized();
  const token = world.tokens.get(credential);
  if (token !== undefined) {
    if (token.kind === "user") return token;
    if (token.expiresAt <= world.now()) throw unauthorized();
    if (!token.ofJob && !world.installations.has(token.installation.id)) throw unauthorized();
    if (token.installation.suspendedAt !== null) throw forbidden("This installation has been suspended");
    return token;
  }
  const issuer = issuerOf(credential);
  if (issuer === undefined) throw unauthorized();
  if (issuer !== String(world.app.id) && issuer !== world.app.clientId)
    throw unauthorized("Integration not found");
  return { kind: "app", app: world.app };
}

/** The account a caller acts as; refuses those that have none. */
export function doerOf(caller: Caller): Doer {
  switch (caller.kind) {
    case "user":
      return { user: caller.user, app: null };
    case "installation":
      return { user: caller.installation.app.bot, app: caller.installation.app };
    case "app":
      throw forbidden("A JSON web token could not be used for this endpoint");
    case "anonymous":
      throw unauthorized("Requires authentication");
    default:
      return unknownCaller(caller);
  }
}

function unknownCaller(caller: never): never {
  throw new Error(`no such caller: ${JSON.stringify(caller)}`);
}

/** What a request to a repository needs: of a token one of the permissions, of a person the role. */
export interface Need {
  readonly permissions: readonly string[];
  readonly level: AccessLevel;
  readonly role: Role;
}

function reaches(caller: Extract<Caller, { kind: "installation" }>, repository: Repository): boolean {
  const { installation, repositoryIds } = caller;
  if (installation.account !== repository.owner) return false;
  if (installation.repositoryIds !== null && !installation.repositoryIds.has(repository.id)) return false;
  return repositoryIds === null || repositoryIds.has(repository.id);
}

/** GitHub says in a header what would have been enough. */
function lacking({ permissions, level }: Need): Refusal {
  const accepted = permissions.map((name) => `${name}=${level}`).join("; ");
  const { status, message } = forbidden();
  return new Refusal(status, message, undefined, { "x-accepted-github-permissions": accepted });
}

/**
 * Refuses as GitHub does: 404 for what one may not even see, 403 for what one sees but may not do. Reading a
 * public repository needs nothing.
 */
export function authorize(caller: Caller, repository: Repository, need: Need): void {
  const open = need.level === "read" && !repository.private && need.role === "read";
  if (open && caller.kind !== "app") return;
  if (caller.kind === "installation") {
    if (!reaches(caller, repository)) throw repository.private ? notFound() : forbidden();
    const granted = need.permissions.some(
      (name) => name === "metadata" || grants(caller.permissions, name, need.level),
    );
    if (!granted) throw lacking(need);
    return;
  }
  const { user } = doerOf(caller);
  if (hasRole(repository, user, need.role)) return;
  if (!hasRole(repository, user, "read")) throw notFound();
  throw forbidden("Must have admin rights to Repository.");
}
