import { EventEmitter } from "node:events";
import { GitStore } from "./git/store.ts";
import type { AccessLevel, App, Doer, Installation, Permissions, Repository, Role, User } from "./model.ts";
import { ROLES } from "./model.ts";
import { notFound } from "./refusal.ts";

/** What an access token stands for. */
export type Token =
  | { readonly kind: "user"; readonly user: User }
  | {
      readonly kind: "installation";
      readonly installation: Installation;
      readonly permissions: Permissions;
      /** null: whatever the installation reaches. */
      readonly repositoryIds: ReadonlySet<number> | null;
      readonly expiresAt: number;
      /** GITHUB_TOKEN of a job: GitHub's own App for Actions, which is installed nowhere that anybody could see. */
      readonly ofJob?: true;
    };

/** A change, ready to become a webhook; `payload` is already JSON, as the world was at that moment. */
export interface Announcement {
  readonly event: string;
  readonly action: string | null;
  readonly installation: Installation | null;
  readonly repository: Repository | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

interface WorldEvents {
  change: [];
  announcement: [Announcement];
}

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly defaultBranch?: string;
  readonly collaborators?: Readonly<Record<string, Role>>;
  readonly forkOf?: Repository;
  readonly archived?: boolean;
}

/** Everything the stand-in knows, in memory, with the lookups the operations share. */
export class World extends EventEmitter<WorldEvents> {
  readonly users = new Map<string, User>();
  readonly repositories = new Map<number, Repository>();
  readonly installations = new Map<number, Installation>();
  readonly tokens = new Map<string, Token>();
  /** `org/slug` in lower case, to lower-case logins. */
  readonly teams = new Map<string, Set<string>>();
  /** Another once one is registered by a manifest. */
  app: App;
  readonly now: () => number;
  /** Apps just registered, by the code that GitHub hands out once for their credentials. */
  readonly manifestCodes = new Map<string, { readonly app: App; readonly webhookSecret: string | null }>();
  /** What may be fetched without a token, by the secret in its address. */
  readonly downloads = new Map<string, Buffer>();
  /** Apps beside ours, by slug: whose check runs are not ours. */
  readonly otherApps = new Map<string, App>();
  /** Without a slash at the end; set once the server listens. */
  url = "";
  /** Where people see it, as `https://github.com`: what `html_url`s begin with. */
  pages = "";
  #lastId = 1000;

  constructor(app: (world: World) => App, now: () => number) {
    super();
    // A stand-in has as many listeners as the tests that watch it.
    this.setMaxListeners(0);
    this.now = now;
    this.app = app(this);
  }

  /** Ids are unique across kinds, so that one taken for another's is noticed. */
  nextId(): number {
    return ++this.#lastId;
  }

  changed(): void {
    this.emit("change");
  }

  user(login: string): User | undefined {
    return this.users.get(login.toLowerCase());
  }

  addUser(login: string, type: User["type"], name: string | null = null): User {
    const existing = this.user(login);
    if (existing !== undefined) return existing;
    const user: User = { id: this.nextId(), login, type, name, createdAt: this.now() };
    this.users.set(login.toLowerCase(), user);
    return user;
  }

  repository(owner: string, name: string): Repository | undefined {
    const wanted = `${owner}/${name}`.toLowerCase();
    return [...this.repositories.values()].find(
      (repository) => fullName(repository).toLowerCase() === wanted,
    );
  }

  addRepository(input: NewRepository): Repository {
    const at = this.now();
    const owner = this.addUser(input.owner, "Organization");
    const repository: Repository = {
      id: this.nextId(),
      owner,
      name: input.name,
      private: input.private ?? false,
      description: input.description ?? null,
      defaultBranch: input.defaultBranch ?? "main",
      collaborators: new Map(),
      git: new GitStore(input.forkOf?.git),
      issues: new Map(),
      labels: new Map(),
      comments: new Map(),
      checkSuites: new Map(),
      checkRuns: new Map(),
      releases: new Map(),
      deployments: new Map(),
      workflowIds: new Map(),
      workflowRuns: new Map(),
      statuses: [],
      protections: new Map(),
      rulesets: new Map(),
      milestones: new Map(),
      forkOf: input.forkOf ?? null,
      archived: input.archived ?? false,
      createdAt: at,
      updatedAt: at,
      pushedAt: at,
    };
    if (owner.type === "User") repository.collaborators.set(owner.login.toLowerCase(), "admin");
    for (const [login, role] of Object.entries(input.collaborators ?? {})) {
      repository.collaborators.set(this.addUser(login, "User").login.toLowerCase(), role);
    }
    this.repositories.set(repository.id, repository);
    return repository;
  }

  /** The installation that covers the repository, suspended or not. */
  installationFor(repository: Repository): Installation | undefined {
    return [...this.installations.values()].find(
      (installation) =>
        installation.account === repository.owner &&
        (installation.repositoryIds === null || installation.repositoryIds.has(repository.id)),
    );
  }
}

export function fullName(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** undefined: no role of one's own; anyone reads a public repository. */
export function roleOf(repository: Repository, user: User): Role | undefined {
  return repository.collaborators.get(user.login.toLowerCase());
}

/** Whether the person may do what needs `role`; a public repository gives everybody `read`. */
export function hasRole(repository: Repository, user: User, role: Role): boolean {
  const own = roleOf(repository, user) ?? (repository.private ? undefined : "read");
  return own !== undefined && ROLES.indexOf(own) >= ROLES.indexOf(role);
}

export function grants(permissions: Permissions, name: string, level: AccessLevel): boolean {
  const granted = permissions.get(name);
  return granted === "write" || (granted === "read" && level === "read");
}

/** The value, or GitHub's 404. */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound();
  return value;
}

export function asDoer(user: User, app: App | null = null): Doer {
  return { user, app };
}
