import type { GitStore } from "./git/store.ts";

/** What a person may do in a repository, weakest first; GitHub's own five names. */
export const ROLES = ["read", "triage", "write", "maintain", "admin"] as const;
export type Role = (typeof ROLES)[number];

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Bot" | "Organization";
  readonly name: string | null;
  /** Milliseconds since the epoch, like every `…At` here. */
  readonly createdAt: number;
}

export type AccessLevel = "read" | "write";
/** Permission name, with underscores as in the REST API, to level. */
export type Permissions = ReadonlyMap<string, AccessLevel>;

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly clientId: string;
  readonly owner: User;
  /** The account its installation tokens act as: `<slug>[bot]`. */
  readonly bot: User;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  /** PEM (PKCS#1) to configure the service with. */
  readonly privateKey: string;
  readonly createdAt: number;
}

export interface Installation {
  readonly id: number;
  readonly account: User;
  readonly app: App;
  readonly permissions: Permissions;
  /** null: every repository of the account. */
  repositoryIds: Set<number> | null;
  suspendedAt: number | null;
  suspendedBy: User | null;
  readonly createdAt: number;
}

/** A person, or an App acting through its bot account. */
export interface Doer {
  readonly user: User;
  readonly app: App | null;
}

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export const REACTIONS = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;
export type ReactionContent = (typeof REACTIONS)[number];

export interface Reaction {
  readonly id: number;
  readonly user: User;
  readonly content: ReactionContent;
  readonly createdAt: number;
}

export interface Comment {
  readonly id: number;
  readonly issueNumber: number;
  readonly user: User;
  readonly app: App | null;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
  minimizedReason: string | null;
  reactions: Reaction[];
}

/** One line of an issue's history; `facts` are the event's own fields as REST shows them. */
export interface TimelineEntry {
  readonly id: number;
  readonly event: string;
  readonly by: Doer;
  readonly at: number;
  readonly facts: () => Readonly<Record<string, unknown>>;
}

type ReviewState = "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "PENDING" | "DISMISSED";

export interface Review {
  readonly id: number;
  readonly user: User;
  body: string;
  state: ReviewState;
  readonly commitId: string;
  submittedAt: number | null;
}

export interface PullFacts {
  /** The repository itself, or a fork of it. */
  readonly headRepository: Repository;
  readonly headRef: string;
  /** Follows the branch while the pull request is open, then stays. */
  headSha: string;
  baseRef: string;
  baseSha: string;
  draft: boolean;
  mergedAt: number | null;
  mergedBy: User | null;
  mergeCommitSha: string | null;
  requestedReviewers: User[];
  readonly reviews: Review[];
}

/** Issues and pull requests share numbers, so they share a type: a pull request has `pull`. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly user: User;
  readonly app: App | null;
  title: string;
  body: string | null;
  state: "open" | "closed";
  stateReason: "completed" | "not_planned" | "duplicate" | "reopened" | null;
  labels: Label[];
  assignees: User[];
  locked: boolean;
  lockReason: string | null;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  closedBy: User | null;
  milestone: Milestone | null;
  reactions: Reaction[];
  readonly timeline: TimelineEntry[];
  readonly pull: PullFacts | null;
}

/** An issue known to be a pull request. */
export type PullRequest = Issue & { readonly pull: PullFacts };

export function isPull(issue: Issue | undefined): issue is PullRequest {
  return issue !== undefined && issue.pull !== null;
}

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: string;
  readonly message: string;
  readonly title: string | null;
  readonly raw_details: string | null;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export interface CheckSuite {
  readonly id: number;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly app: App;
  readonly before: string | null;
  readonly createdAt: number;
}

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  readonly headSha: string;
  name: string;
  externalId: string | null;
  detailsUrl: string | null;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  startedAt: number | null;
  completedAt: number | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  annotations: CheckAnnotation[];
  actions: readonly CheckAction[];
}

export const RUN_CONCLUSIONS = [
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "skipped",
  "startup_failure",
  "success",
  "timed_out",
] as const;
export type RunConclusion = (typeof RUN_CONCLUSIONS)[number];

export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly zip: Buffer;
  readonly createdAt: number;
}

/** A run of a GitHub Actions workflow; its jobs are the check runs of its suite. */
export interface WorkflowRun {
  readonly id: number;
  /** Counts the workflow's runs. */
  readonly number: number;
  /** Repository path of the workflow's file. */
  readonly path: string;
  readonly name: string;
  /** `run-name`, filled in, or the workflow's name. */
  readonly title: string;
  readonly event: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly headBranch: string;
  readonly headSha: string;
  readonly by: Doer;
  readonly suite: CheckSuite;
  status: "queued" | "in_progress" | "completed";
  conclusion: RunConclusion | null;
  artifacts: readonly Artifact[];
  readonly createdAt: number;
  updatedAt: number;
}

export const STATUS_STATES = ["error", "failure", "pending", "success"] as const;
export type StatusState = (typeof STATUS_STATES)[number];

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: StatusState;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: User;
  readonly createdAt: number;
}

/** A check that must succeed before a branch takes a pull request; `appId` null: from anybody. */
export interface RequiredCheck {
  readonly context: string;
  readonly appId: number | null;
}

export interface Milestone {
  readonly id: number;
  readonly number: number;
  title: string;
  description: string | null;
  state: "open" | "closed";
  dueAt: number | null;
  readonly creator: User;
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
}

export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly target: string;
  readonly author: User;
  name: string | null;
  body: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly createdAt: number;
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly targetUrl: string;
  readonly environmentUrl: string;
  readonly creator: User;
  readonly createdAt: number;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly creator: User;
  readonly createdAt: number;
  readonly statuses: DeploymentStatus[];
}

export interface Repository {
  readonly id: number;
  readonly owner: User;
  name: string;
  readonly private: boolean;
  readonly description: string | null;
  readonly defaultBranch: string;
  /** Lower-case login to role. */
  readonly collaborators: Map<string, Role>;
  readonly git: GitStore;
  readonly issues: Map<number, Issue>;
  /** Lower-case name to label: GitHub's label names ignore case. */
  readonly labels: Map<string, Label>;
  readonly comments: Map<number, Comment>;
  readonly checkSuites: Map<number, CheckSuite>;
  readonly checkRuns: Map<number, CheckRun>;
  readonly releases: Map<number, Release>;
  readonly deployments: Map<number, Deployment>;
  /** Path of each workflow file seen so far to its id. */
  readonly workflowIds: Map<string, number>;
  readonly workflowRuns: Map<number, WorkflowRun>;
  /** Oldest first; the last of a commit's context counts. */
  readonly statuses: CommitStatus[];
  /** Branch to the checks that its protection requires. */
  readonly protections: Map<string, readonly RequiredCheck[]>;
  /** Branch to the checks that a ruleset requires. */
  readonly rulesets: Map<string, readonly RequiredCheck[]>;
  readonly milestones: Map<number, Milestone>;
  readonly forkOf: Repository | null;
  readonly archived: boolean;
  readonly createdAt: number;
  updatedAt: number;
  pushedAt: number;
}
