import { type Finder, type RepositoryName, type Subject } from "./finder.ts";
import {
  type Issue,
  isPull,
  type PullRequest,
  REACTIONS,
  type ReactionContent,
  type Repository,
  type Role,
  type User,
} from "./model.ts";
import { requestAction, rerequestRun } from "./operations/checks.ts";
import { addComment, deleteComment, editComment, react } from "./operations/comments.ts";
import { moveRef, type Push, push } from "./operations/commits.ts";
import {
  addAssignees,
  type CloseReason,
  closeIssue,
  editIssue,
  openIssue,
  removeAssignees,
  reopenIssue,
} from "./operations/issues.ts";
import { addLabels, removeLabel } from "./operations/labels.ts";
import {
  addReview,
  type Merge,
  markReady,
  mergePullRequest,
  type NewPull,
  openPullRequest,
  type ReviewEvent,
  requestReviewers,
} from "./operations/pulls.ts";
import { cancelRun, dispatchWorkflow } from "./operations/workflow-runs.ts";
import { commitInFull } from "./serialize/git.ts";
import { commentJson, issueInFull } from "./serialize/issue.ts";
import { pullJson, reviewJson } from "./serialize/pull.ts";
import { workflowRunJson } from "./serialize/workflow-run.ts";
import { asDoer, fullName, hasRole, type World } from "./world.ts";

interface In {
  /** `owner/name`; may be left out while there is one repository. */
  readonly repo?: RepositoryName | undefined;
}

/**
 * A person at GitHub's pages. Each method does what a click there does, webhooks included, and answers the
 * changed thing as the REST API shows it; what the person may not do throws.
 */
export class Actor {
  readonly #world: World;
  readonly #finder: Finder;
  readonly #user: User;

  constructor(world: World, finder: Finder, user: User) {
    this.#world = world;
    this.#finder = finder;
    this.#user = user;
  }

  get login(): string {
    return this.#user.login;
  }

  get #by() {
    return asDoer(this.#user);
  }

  #allowed(repository: Repository, role: Role): Repository {
    if (!hasRole(repository, this.#user, role))
      throw new Error(`${this.login} needs the role "${role}" in ${fullName(repository)}`);
    return repository;
  }

  #issue(subject: Subject, role: Role): { repository: Repository; issue: Issue } {
    const at = this.#finder.issue(subject);
    this.#allowed(at.repository, role);
    return at;
  }

  #pull(subject: Subject, role: Role): { repository: Repository; issue: PullRequest } {
    const { repository, issue } = this.#issue(subject, role);
    if (!isPull(issue)) throw new Error(`#${issue.number} of ${fullName(repository)} is no pull request`);
    return { repository, issue };
  }

  openIssue(
    input: In & { title: string; body?: string; labels?: readonly string[]; assignees?: readonly string[] },
  ) {
    const repository = this.#allowed(this.#finder.repository(input.repo), "read");
    return issueInFull(this.#world, repository, openIssue(this.#world, repository, this.#by, input));
  }

  editIssue(subject: Subject, edit: { title?: string; body?: string }) {
    const { repository, issue } = this.#finder.issue(subject);
    if (issue.user !== this.#user) this.#allowed(repository, "write");
    editIssue(this.#world, repository, issue, this.#by, edit);
    return issueInFull(this.#world, repository, issue);
  }

  label(subject: Subject, ...names: readonly string[]) {
    const { repository, issue } = this.#issue(subject, "triage");
    addLabels(this.#world, repository, issue, this.#by, names);
    return issueInFull(this.#world, repository, issue);
  }

  unlabel(subject: Subject, name: string) {
    const { repository, issue } = this.#issue(subject, "triage");
    removeLabel(this.#world, repository, issue, this.#by, name);
    return issueInFull(this.#world, repository, issue);
  }

  assign(subject: Subject, ...logins: readonly string[]) {
    const { repository, issue } = this.#issue(subject, "triage");
    addAssignees(this.#world, repository, issue, this.#by, logins);
    return issueInFull(this.#world, repository, issue);
  }

  unassign(subject: Subject, ...logins: readonly string[]) {
    const { repository, issue } = this.#issue(subject, "triage");
    removeAssignees(this.#world, repository, issue, this.#by, logins);
    return issueInFull(this.#world, repository, issue);
  }

  comment(subject: Subject, body: string) {
    const { repository, issue } = this.#issue(subject, "read");
    return commentJson(this.#world, repository, addComment(this.#world, repository, issue, this.#by, body));
  }

  editComment(commentId: number, body: string) {
    const { repository, comment } = this.#finder.comment(commentId);
    if (comment.user !== this.#user) this.#allowed(repository, "write");
    editComment(this.#world, repository, comment, this.#by, body);
    return commentJson(this.#world, repository, comment);
  }

  deleteComment(commentId: number): void {
    const { repository, comment } = this.#finder.comment(commentId);
    if (comment.user !== this.#user) this.#allowed(repository, "write");
    deleteComment(this.#world, repository, comment, this.#by);
  }

  /** On a comment, or on an issue's own text. */
  react(target: { comment: number } | { issue: Subject }, content: ReactionContent): void {
    if (!REACTIONS.includes(content)) throw new Error(`no such reaction: ${content}`);
    const subject =
      "comment" in target
        ? this.#finder.comment(target.comment).comment
        : this.#finder.issue(target.issue).issue;
    react(this.#world, subject, this.#by, content);
  }

  /** Closes an issue or, unmerged, a pull request. */
  closeIssue(subject: Subject, reason: CloseReason = "completed") {
    const { repository, issue } = this.#finder.issue(subject);
    if (issue.user !== this.#user) this.#allowed(repository, "triage");
    closeIssue(this.#world, repository, issue, this.#by, reason);
    return issueInFull(this.#world, repository, issue);
  }

  reopenIssue(subject: Subject) {
    const { repository, issue } = this.#issue(subject, "triage");
    reopenIssue(this.#world, repository, issue, this.#by);
    return issueInFull(this.#world, repository, issue);
  }

  /** Commits files onto a branch, making it `from` another where it does not exist. */
  push(input: In & Push) {
    const repository = this.#allowed(this.#finder.repository(input.repo), "write");
    return commitInFull(this.#world, repository, push(this.#world, repository, this.#by, input));
  }

  deleteBranch(input: In & { branch: string }): void {
    const repository = this.#allowed(this.#finder.repository(input.repo), "write");
    moveRef(this.#world, repository, this.#by, `refs/heads/${input.branch}`, null);
  }

  openPullRequest(input: In & Omit<NewPull, "base"> & { base?: string }) {
    const repository = this.#allowed(this.#finder.repository(input.repo), "read");
    const pull = openPullRequest(this.#world, repository, this.#by, {
      ...input,
      base: input.base ?? repository.defaultBranch,
    });
    return pullJson(this.#world, repository, pull);
  }

  markReady(subject: Subject) {
    const { repository, issue } = this.#pull(subject, "triage");
    markReady(this.#world, repository, issue, this.#by);
    return pullJson(this.#world, repository, issue);
  }

  requestReview(subject: Subject, ...logins: readonly string[]) {
    const { repository, issue } = this.#pull(subject, "triage");
    requestReviewers(this.#world, repository, issue, this.#by, logins);
    return pullJson(this.#world, repository, issue);
  }

  review(subject: Subject, event: ReviewEvent, body = "") {
    const { repository, issue } = this.#pull(subject, "read");
    return reviewJson(
      this.#world,
      repository,
      issue,
      addReview(this.#world, repository, issue, this.#by, event, body),
    );
  }

  merge(subject: Subject, merge: Merge = {}) {
    const { repository, issue } = this.#pull(subject, "write");
    mergePullRequest(this.#world, repository, issue, this.#by, merge);
    return pullJson(this.#world, repository, issue);
  }

  /** A click on one of a completed check run's buttons. */
  clickCheckRunAction(checkRunId: number, identifier: string): void {
    const { repository, run } = this.#finder.checkRun(checkRunId);
    this.#allowed(repository, "write");
    if (run.status !== "completed")
      throw new Error(`check run ${checkRunId} shows no buttons: it is ${run.status}`);
    const known = run.actions.map((action) => action.identifier);
    if (!known.includes(identifier))
      throw new Error(
        `check run ${checkRunId} has no button "${identifier}"; it has: ${known.join(", ") || "none"}`,
      );
    requestAction(this.#world, repository, run, this.#by, identifier);
  }

  /** The "Run workflow" button; answers the run. */
  runWorkflow(input: In & { path: string; ref?: string; inputs?: Readonly<Record<string, string>> }) {
    const repository = this.#allowed(this.#finder.repository(input.repo), "write");
    const ref = input.ref ?? repository.defaultBranch;
    const run = dispatchWorkflow(this.#world, repository, this.#by, input.path, ref, input.inputs ?? {});
    return workflowRunJson(this.#world, repository, run);
  }

  cancelRun(runId: number): void {
    const { repository, run } = this.#finder.workflowRun(runId);
    this.#allowed(repository, "write");
    cancelRun(this.#world, repository, run);
  }

  rerunCheck(checkRunId: number): void {
    const { repository, run } = this.#finder.checkRun(checkRunId);
    this.#allowed(repository, "write");
    rerequestRun(this.#world, repository, run, this.#by);
  }
}
