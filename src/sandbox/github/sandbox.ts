import { EventEmitter } from "node:events";
import type { Server } from "node:http";
import { Actor } from "./actor.ts";
import { issueJobToken, issueUserToken } from "./auth.ts";
import type { Fault, Faults, Spoiler } from "./faults.ts";
import { Finder, type RepositoryName, type Subject } from "./finder.ts";
import type { JobIdentity } from "./job-identity.ts";
import { closeServer } from "./lifecycle.ts";
import {
  type AccessLevel,
  type App,
  type CheckRun,
  isPull,
  type Repository,
  type Role,
  type User,
} from "./model.ts";
import { type ForeignCheck, type ForeignStatus, reportCheck, reportStatus } from "./operations/foreign.ts";
import { finishRun, otherApp, type RunEnd, startRun } from "./operations/workflow-runs.ts";
import { type AppManifest, registerApp } from "./registration.ts";
import { checkRunJson } from "./serialize/check.ts";
import { commentJson, commentsOf, issueInFull, timelineJson } from "./serialize/issue.ts";
import { pullJson, reviewJson } from "./serialize/pull.ts";
import { workflowRunJson } from "./serialize/workflow-run.ts";
import type { RequestRecord } from "./server.ts";
import {
  changeSelection,
  fork,
  type InstallOptions,
  install,
  type RepositorySetup,
  renameRepository,
  setUpRepository,
  suspend,
  uninstall,
} from "./setup.ts";
import { until, type WaitOptions } from "./waiting.ts";
import { type Delivery, succeeded, type Target, type WebhookSender } from "./webhooks/sender.ts";
import { type Announcement, found, fullName, type World } from "./world.ts";

interface SandboxEvents {
  /** Something is different: the world, a request's answer, a delivery. */
  change: [];
  /** A request was answered, or its connection cut. */
  request: [RequestRecord];
  /** Something happened on the stand-in, whether or not the App hears of it. */
  announcement: [Announcement];
}

interface Parts {
  readonly world: World;
  readonly sender: WebhookSender;
  readonly faults: Faults;
  readonly identity: JobIdentity;
  readonly server: Server;
  readonly port: number;
}

/** A running GitHub stand-in: set it up, act on it as people, look at it, wait for it, spoil it. */
export class SandboxGitHub extends EventEmitter<SandboxEvents> {
  readonly port: number;
  readonly #world: World;
  readonly #sender: WebhookSender;
  readonly #faults: Faults;
  readonly #identity: JobIdentity;
  readonly #server: Server;
  readonly #finder: Finder;
  readonly #requests: RequestRecord[] = [];

  constructor({ world, sender, faults, identity, server, port }: Parts) {
    super();
    this.setMaxListeners(0);
    this.port = port;
    this.#world = world;
    this.#sender = sender;
    this.#faults = faults;
    this.#identity = identity;
    this.#server = server;
    this.#finder = new Finder(world);
    world.on("change", () => this.emit("change"));
    world.on("announcement", (announcement) => this.emit("announcement", announcement));
  }

  /** `http://127.0.0.1:PORT`; the REST API is below `/api/v3`. */
  get url(): string {
    return this.#world.url;
  }

  get app(): App {
    return this.#world.app;
  }

  /** What the service's environment needs to run against this stand-in, with Probot's names. */
  environment(): Record<"APP_ID" | "PRIVATE_KEY" | "GHE_HOST" | "GHE_PROTOCOL", string> {
    return {
      APP_ID: String(this.app.id),
      PRIVATE_KEY: this.app.privateKey,
      GHE_HOST: `127.0.0.1:${this.port}`,
      GHE_PROTOCOL: "http",
    };
  }

  setWebhookTarget(url: string, secret: string, contentType: Target["contentType"] = "json"): void {
    this.#sender.target = { url, secret, contentType };
  }

  /** As a person who confirms a manifest; the code that comes back has the App's credentials once. */
  registerApp(manifest: AppManifest, owner?: string) {
    return registerApp(this.#world, this.#sender, manifest, owner);
  }

  createUser(login: string, type: User["type"] = "User"): { id: number; login: string } {
    return this.#world.addUser(login, type);
  }

  /** Makes a team of an organization, or adds to it. */
  createTeam(org: string, slug: string, members: readonly string[]): void {
    const key = `${org}/${slug}`.toLowerCase();
    const logins = members.map((login) => this.#world.addUser(login, "User").login.toLowerCase());
    this.#world.teams.set(key, new Set([...(this.#world.teams.get(key) ?? []), ...logins]));
  }

  /** Makes the owner (an organization unless known), the collaborators and the first commit; sends nothing. */
  createRepository(input: RepositorySetup) {
    return this.#brief(setUpRepository(this.#world, input));
  }

  /** The person's fork, where they have every right; pull requests come from it as `login:branch`. */
  fork(repo: RepositoryName, login: string) {
    const owner = this.#world.addUser(login, "User");
    return this.#brief(fork(this.#world, this.#finder.repository(repo), owner));
  }

  #brief(repository: Repository) {
    return {
      id: repository.id,
      owner: repository.owner.login,
      name: repository.name,
      fullName: fullName(repository),
      defaultBranch: repository.defaultBranch,
      installationId: this.#world.installationFor(repository)?.id ?? null,
    };
  }

  /** Makes the branch require the checks (names, or names of a certain App's), by its protection or a ruleset. */
  requireChecks(
    repo: RepositoryName,
    branch: string,
    checks: readonly (string | { readonly context: string; readonly appId: number })[],
    by: "protection" | "ruleset" = "protection",
  ): void {
    const repository = this.#finder.repository(repo);
    const required = checks.map((one) => (typeof one === "string" ? { context: one, appId: null } : one));
    const kept = by === "protection" ? repository.protections : repository.rulesets;
    kept.set(branch, required);
  }

  /** Makes another App's check run, or moves on the one of that name; answers its id. */
  reportCheck(repo: RepositoryName, check: ForeignCheck): number {
    return reportCheck(this.#world, this.#finder.repository(repo), check);
  }

  /** Id of an App that is not ours, made if unknown. */
  appId(slug: string): number {
    return otherApp(this.#world, slug).id;
  }

  /** Sets a commit status as an outside service does. */
  reportStatus(repo: RepositoryName, status: ForeignStatus): void {
    reportStatus(this.#world, this.#finder.repository(repo), status);
  }

  /** Runs of GitHub Actions workflows, oldest first, with the inputs they were given. */
  workflowRuns(repo: RepositoryName) {
    const repository = this.#finder.repository(repo);
    return [...repository.workflowRuns.values()].map((run) => ({
      ...workflowRunJson(this.#world, repository, run),
      inputs: run.inputs,
    }));
  }

  /** A runner takes the queued run. */
  startRun(id: number): void {
    const { repository, run } = this.#finder.workflowRun(id);
    startRun(this.#world, repository, run);
  }

  /** Lets the run end, with what it leaves behind: `output` is the JSON of the artifact `hishamos-output`. */
  finishRun(id: number, end: RunEnd): void {
    const { repository, run } = this.#finder.workflowRun(id);
    finishRun(this.#world, repository, run, end);
  }

  setRole(login: string, role: Role | null, repo?: RepositoryName): void {
    const { collaborators } = this.#finder.repository(repo);
    const key = this.#world.addUser(login, "User").login.toLowerCase();
    if (role === null) collaborators.delete(key);
    else collaborators.set(key, role);
  }

  /** Its owner renames it; the old name answers 404 (GitHub would redirect). */
  renameRepository(repo: RepositoryName, name: string): void {
    renameRepository(this.#world, this.#finder.repository(repo), name);
  }

  install(options: InstallOptions): number {
    return install(this.#world, options).id;
  }

  suspend(installationId: number, suspended = true): void {
    const installation = found(this.#world.installations.get(installationId));
    suspend(this.#world, installation, installation.account, suspended);
  }

  uninstall(installationId: number): void {
    const installation = found(this.#world.installations.get(installationId));
    uninstall(this.#world, installation, installation.account);
  }

  changeSelection(
    installationId: number,
    action: "added" | "removed",
    repos: readonly RepositoryName[],
  ): void {
    const installation = found(this.#world.installations.get(installationId));
    const repositories = repos.map((name) => this.#finder.repository(name));
    changeSelection(this.#world, installation, installation.account, action, repositories);
  }

  /** A personal access token, for clients that act as a person over HTTP. */
  tokenFor(login: string): string {
    return issueUserToken(this.#world, login);
  }

  /** GITHUB_TOKEN of a job in the repository that declares these permissions: it acts as `github-actions[bot]`. */
  jobToken(repo: RepositoryName, permissions: Readonly<Record<string, AccessLevel>>): string {
    const repository = this.#finder.repository(repo);
    const app = otherApp(this.#world, "github-actions");
    return issueJobToken(this.#world, repository, app, new Map(Object.entries(permissions)));
  }

  /** What the runner tells a job of the repository that may show who it is (`id-token: write`). */
  jobIdentity(repo: RepositoryName, actor: string) {
    return this.#identity.environment({ repository: this.#finder.repository(repo), actor });
  }

  /** The person with that login, made if unknown, at GitHub's pages. */
  as(login: string): Actor {
    return new Actor(this.#world, this.#finder, this.#world.addUser(login, "User"));
  }

  issue(repo: RepositoryName, number: number) {
    const { repository, issue } = this.#finder.issue({ repo, number });
    return issueInFull(this.#world, repository, issue);
  }

  issues(repo: RepositoryName) {
    const repository = this.#finder.repository(repo);
    return [...repository.issues.values()]
      .filter((issue) => !isPull(issue))
      .map((issue) => issueInFull(this.#world, repository, issue));
  }

  timeline(repo: RepositoryName, number: number) {
    const { repository, issue } = this.#finder.issue({ repo, number });
    return issue.timeline.map((entry) => timelineJson(this.#world, repository, entry));
  }

  comments(repo: RepositoryName, number: number) {
    const repository = this.#finder.repository(repo);
    return commentsOf(repository, number).map((comment) => commentJson(this.#world, repository, comment));
  }

  pullRequests(repo: RepositoryName) {
    const repository = this.#finder.repository(repo);
    return [...repository.issues.values()]
      .filter(isPull)
      .map((issue) => pullJson(this.#world, repository, issue));
  }

  reviews(subject: Subject) {
    const { repository, issue } = this.#finder.issue(subject);
    return isPull(issue)
      ? issue.pull.reviews.map((review) => reviewJson(this.#world, repository, issue, review))
      : [];
  }

  /** Check runs at a commit, at a pull request's head (by its number), or all; with their buttons. */
  checkRuns(repo: RepositoryName, at?: string | number) {
    const repository = this.#finder.repository(repo);
    const sha = typeof at === "number" ? repository.issues.get(at)?.pull?.headSha : at;
    const fits = (run: CheckRun) => at === undefined || run.headSha === sha;
    const show = (run: CheckRun) => ({
      ...checkRunJson(this.#world, repository, run),
      annotations: run.annotations,
      actions: run.actions,
    });
    return [...repository.checkRuns.values()].filter(fits).map(show);
  }

  /** A file's text on a branch, undefined if it is not there. */
  file(repo: RepositoryName, path: string, ref?: string): string | undefined {
    const { git, defaultBranch } = this.#finder.repository(repo);
    const sha = git.resolve(ref ?? defaultBranch)?.files.get(path);
    return sha === undefined ? undefined : git.blobs.get(sha)?.toString("utf8");
  }

  deliveries(): readonly Delivery[] {
    return this.#sender.deliveries;
  }

  requests(): readonly RequestRecord[] {
    return this.#requests;
  }

  /** For the server: keeps a request and tells of it. */
  noteRequest(record: RequestRecord): void {
    this.#requests.push(record);
    this.emit("request", record);
    this.emit("change");
  }

  /** Sends again, under its GUID, every delivery that has not succeeded since; answers how many. */
  redeliverFailed(): number {
    const last = new Map(this.deliveries().map((delivery) => [delivery.guid, delivery]));
    const succeededOnes = this.deliveries().filter(succeeded);
    const delivered = new Set(succeededOnes.map(({ guid }) => guid));
    const failed = [...last.values()].filter(({ guid }) => !delivered.has(guid));
    for (const delivery of failed) this.#sender.redeliver(delivery);
    return failed.length;
  }

  /** Resolves once no webhook is waiting or under way. */
  settled(): Promise<void> {
    return this.#sender.settled();
  }

  failNext(fault: Fault): void {
    this.#faults.add(fault);
  }

  /** From now on it decides at every request that no other fault fits; null: nothing more goes wrong. */
  spoil(spoiler: Spoiler | null): void {
    this.#faults.spoiler = spoiler;
  }

  /** Resolves to the predicate's first answer that is not null, undefined or false; asked again at each change. */
  until<T>(predicate: () => T | Promise<T>, options?: WaitOptions) {
    const subscribe = (listener: () => void) => {
      this.on("change", listener);
      return () => this.off("change", listener);
    };
    return until(predicate, subscribe, options);
  }

  close(): Promise<void> {
    this.#sender.target = undefined;
    return closeServer(this.#server);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
