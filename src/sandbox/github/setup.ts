import { generateKeyPairSync } from "node:crypto";
import type { AccessLevel, App, Installation, Repository, User } from "./model.ts";
import { nodeId } from "./serialize/basics.ts";
import { announce, announceInstallation } from "./webhooks/announce.ts";
import { asDoer, fullName, type NewRepository, type World } from "./world.ts";

export interface AppOptions {
  readonly id?: number;
  readonly slug?: string;
  readonly name?: string;
  readonly clientId?: string;
  /** Login of who owns the App. */
  readonly owner?: string;
  readonly permissions?: Readonly<Record<string, AccessLevel>>;
  readonly events?: readonly string[];
}

const PERMISSIONS: Readonly<Record<string, AccessLevel>> = {
  actions: "write",
  checks: "write",
  contents: "write",
  deployments: "write",
  issues: "write",
  members: "read",
  metadata: "read",
  pull_requests: "write",
  statuses: "write",
};

const EVENTS = [
  "check_run",
  "check_suite",
  "create",
  "delete",
  "deployment",
  "deployment_status",
  "issue_comment",
  "issues",
  "label",
  "milestone",
  "pull_request",
  "pull_request_review",
  "push",
  "release",
  "repository",
  "repository_dispatch",
  "status",
  "workflow_dispatch",
  "workflow_run",
] as const;

let generated: string | undefined;

/** One key for all sandboxes of a process: making one takes a while, and nobody checks what it signs. */
function privateKey(): string {
  generated ??= generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  }).privateKey;
  return generated;
}

export function makeApp(world: World, options: AppOptions = {}): App {
  const slug = options.slug ?? "hishamos";
  const id = options.id ?? world.nextId();
  return {
    id,
    slug,
    name: options.name ?? slug,
    clientId: options.clientId ?? `Iv23sandbox${id}`,
    owner: world.addUser(options.owner ?? "app-owner", "User"),
    bot: world.addUser(`${slug}[bot]`, "Bot"),
    permissions: new Map(Object.entries(options.permissions ?? PERMISSIONS)),
    events: options.events ?? EVENTS,
    privateKey: privateKey(),
    createdAt: world.now(),
  };
}

export interface InstallOptions {
  /** Login of the person or organization. */
  readonly account: string;
  /** Names within the account; every repository if left out. */
  readonly repositories?: readonly string[];
  /** Send `installation.created`. */
  readonly announce?: boolean;
}

/** A repository as `installation` payloads list it */
function brief(repository: Repository) {
  const { id, name } = repository;
  return {
    id,
    node_id: nodeId("Repository", id),
    name,
    full_name: fullName(repository),
    private: repository.private,
  };
}

function repositoriesOf(world: World, installation: Installation) {
  return [...world.repositories.values()]
    .filter((repository) => world.installationFor(repository) === installation)
    .map(brief);
}

export function install(world: World, options: InstallOptions): Installation {
  const account = world.addUser(options.account, "Organization");
  const existing = [...world.installations.values()].find((one) => one.account === account);
  if (existing !== undefined) return existing;
  const named = options.repositories?.map((name) => {
    const repository = world.repository(account.login, name);
    if (repository === undefined)
      throw new Error(`there is no repository ${account.login}/${name} to install the App on`);
    return repository.id;
  });
  const installation: Installation = {
    id: world.nextId(),
    account,
    app: world.app,
    permissions: world.app.permissions,
    repositoryIds: named === undefined ? null : new Set(named),
    suspendedAt: null,
    suspendedBy: null,
    createdAt: world.now(),
  };
  world.installations.set(installation.id, installation);
  if (options.announce === true) {
    announceInstallation(world, installation, "installation", "created", asDoer(account), {
      repositories: repositoriesOf(world, installation),
      requester: null,
    });
  }
  return installation;
}

export function suspend(world: World, installation: Installation, by: User, suspended: boolean): void {
  installation.suspendedAt = suspended ? world.now() : null;
  installation.suspendedBy = suspended ? by : null;
  const action = suspended ? "suspend" : "unsuspend";
  announceInstallation(world, installation, "installation", action, asDoer(by), {
    repositories: repositoriesOf(world, installation),
  });
}

export function uninstall(world: World, installation: Installation, by: User): void {
  const repositories = repositoriesOf(world, installation);
  world.installations.delete(installation.id);
  announceInstallation(world, installation, "installation", "deleted", asDoer(by), { repositories });
}

/** Takes repositories into an installation or out of it, and tells of it. */
export function changeSelection(
  world: World,
  installation: Installation,
  by: User,
  action: "added" | "removed",
  repositories: readonly Repository[],
): void {
  const all = [...world.repositories.values()]
    .filter((one) => world.installationFor(one) === installation)
    .map((one) => one.id);
  const selected = installation.repositoryIds ?? new Set(all);
  for (const { id } of repositories) {
    if (action === "added") selected.add(id);
    else selected.delete(id);
  }
  installation.repositoryIds = selected;
  announceInstallation(world, installation, "installation_repositories", action, asDoer(by), {
    repository_selection: "selected",
    repositories_added: action === "added" ? repositories.map(brief) : [],
    repositories_removed: action === "removed" ? repositories.map(brief) : [],
    requester: null,
  });
}

export function renameRepository(world: World, repository: Repository, name: string): void {
  const from = repository.name;
  repository.name = name;
  const payload = { changes: { repository: { name: { from } } } };
  announce(world, {
    event: "repository",
    action: "renamed",
    repository,
    by: asDoer(repository.owner),
    payload,
  });
}

/** The person's fork, made where there is none; no App is installed on it. */
export function fork(world: World, origin: Repository, owner: User): Repository {
  const existing = [...world.repositories.values()].find(
    (one) => one.forkOf === origin && one.owner === owner,
  );
  if (existing !== undefined) return existing;
  if (world.repository(owner.login, origin.name) !== undefined)
    throw new Error(`${owner.login} has another repository ${origin.name}`);
  const { name, description, defaultBranch } = origin;
  return world.addRepository({
    owner: owner.login,
    name,
    private: origin.private,
    defaultBranch,
    forkOf: origin,
    ...(description === null ? {} : { description }),
  });
}

export interface RepositorySetup extends NewRepository {
  /** Path to content, committed as the default branch's first commit; nothing is announced. */
  readonly files?: Readonly<Record<string, string>>;
  /** Without any commit, as one that was just made. */
  readonly empty?: boolean;
  /** Label names to have from the start. */
  readonly labels?: readonly string[];
  /** Install the App on the owner's account; true if left out. */
  readonly installed?: boolean;
}

export function setUpRepository(world: World, input: RepositorySetup): Repository {
  if (world.repository(input.owner, input.name) !== undefined)
    throw new Error(`the repository ${input.owner}/${input.name} exists already`);
  const repository = world.addRepository(input);
  if (input.empty !== true) commitFirst(world, repository, input);
  for (const name of input.labels ?? []) {
    repository.labels.set(name.toLowerCase(), {
      id: world.nextId(),
      name,
      color: "ededed",
      description: null,
    });
  }
  if (input.installed !== false) {
    const installation = install(world, { account: repository.owner.login });
    installation.repositoryIds?.add(repository.id);
  }
  return repository;
}

function commitFirst(world: World, repository: Repository, input: RepositorySetup): void {
  const { git, owner } = repository;
  const entries = Object.entries({ "README.md": `# ${input.name}\n`, ...input.files });
  const files = new Map(entries.map(([path, text]) => [path, git.addBlob(Buffer.from(text))]));
  const author = { name: owner.login, email: `${owner.login}@users.noreply.github.com`, at: world.now() };
  const commit = git.addCommit({ files, message: "Initial commit", parents: [], author, committer: author });
  git.refs.set(`refs/heads/${repository.defaultBranch}`, commit.sha);
}
