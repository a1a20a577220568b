import type { Doer, Issue, PullFacts, Repository, User } from "../model.ts";
import { invalid } from "../refusal.ts";
import { simpleUser } from "../serialize/basics.ts";
import { announceIssue } from "../webhooks/announce.ts";
import { hasRole, type World } from "../world.ts";
import { addLabels, labelsNamed, setLabels } from "./labels.ts";
import { setMilestone } from "./milestones.ts";
import { record } from "./timeline.ts";

const BODY_LIMIT = 65_536;
const TITLE_LIMIT = 256;
const ASSIGNEE_LIMIT = 10;

export interface NewIssue {
  readonly title: string;
  readonly body?: string | null | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly assignees?: readonly string[] | undefined;
  /** Number of the milestone. */
  readonly milestone?: number | null | undefined;
}

function checkTexts(title: string | undefined, body: string | null | undefined): void {
  if (title !== undefined && title.trim() === "") throw invalid("Issue", "title", "missing_field");
  if ((title ?? "").length > TITLE_LIMIT)
    throw invalid("Issue", "title", "custom", `title is too long (maximum is ${TITLE_LIMIT} characters)`);
  if ((body ?? "").length > BODY_LIMIT)
    throw invalid("Issue", "body", "custom", `body is too long (maximum is ${BODY_LIMIT} characters)`);
}

/** Who can be assigned: whoever may write; the others are left out without a word, as GitHub does. */
export function assignable(repository: Repository, user: User | undefined): user is User {
  return (
    user !== undefined &&
    user.type === "User" &&
    (repository.owner === user || hasRole(repository, user, "triage"))
  );
}

function assignableNamed(world: World, repository: Repository, logins: readonly string[]): User[] {
  return [...new Set(logins.map((login) => world.user(login)))].filter((user) =>
    assignable(repository, user),
  );
}

/** Stores an issue or pull request under the next number; announces nothing yet. */
export function addIssue(
  world: World,
  repository: Repository,
  by: Doer,
  input: NewIssue,
  pull: PullFacts | null,
): Issue {
  checkTexts(input.title, input.body);
  const at = world.now();
  const issue: Issue = {
    id: world.nextId(),
    number: repository.issues.size + 1,
    user: by.user,
    app: by.app,
    title: input.title,
    body: input.body ?? null,
    state: "open",
    stateReason: null,
    labels: [],
    assignees: [],
    locked: false,
    lockReason: null,
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedBy: null,
    milestone: null,
    reactions: [],
    timeline: [],
    pull,
  };
  repository.issues.set(issue.number, issue);
  return issue;
}

/**
 * Opens an issue. Labels and assignees count only from those who may triage; like GitHub it sends `opened` and
 * then one `labeled` or `assigned` each.
 */
export function openIssue(world: World, repository: Repository, by: Doer, input: NewIssue): Issue {
  const maySort = by.app !== null || hasRole(repository, by.user, "triage");
  const issue = addIssue(world, repository, by, input, null);
  const labels = maySort ? labelsNamed(world, repository, by, input.labels ?? []) : [];
  announceIssue(world, repository, issue, "opened", by);
  addLabels(
    world,
    repository,
    issue,
    by,
    labels.map((label) => label.name),
  );
  if (maySort) {
    addAssignees(world, repository, issue, by, input.assignees ?? []);
    setMilestone(world, repository, issue, by, input.milestone ?? null);
  }
  return issue;
}

export function addAssignees(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  logins: readonly string[],
): void {
  const news = assignableNamed(world, repository, logins).filter((user) => !issue.assignees.includes(user));
  if (issue.assignees.length + news.length > ASSIGNEE_LIMIT) throw invalid("Issue", "assignees", "invalid");
  for (const user of news) {
    issue.assignees = [...issue.assignees, user];
    record(world, issue, "assigned", by, { assignee: simpleUser(world, user) });
    announceIssue(world, repository, issue, "assigned", by, { assignee: simpleUser(world, user) });
  }
}

export function removeAssignees(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  logins: readonly string[],
): void {
  const names = new Set(logins.map((login) => login.toLowerCase()));
  for (const user of issue.assignees.filter((one) => names.has(one.login.toLowerCase()))) {
    issue.assignees = issue.assignees.filter((one) => one !== user);
    record(world, issue, "unassigned", by, { assignee: simpleUser(world, user) });
    announceIssue(world, repository, issue, "unassigned", by, { assignee: simpleUser(world, user) });
  }
}

export type CloseReason = "completed" | "not_planned" | "duplicate";

export function closeIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  reason: CloseReason = "completed",
): void {
  if (issue.state === "closed") return;
  issue.state = "closed";
  issue.stateReason = issue.pull === null ? reason : null;
  issue.closedAt = world.now();
  issue.closedBy = by.user;
  record(world, issue, "closed", by, { state_reason: issue.stateReason });
  announceIssue(world, repository, issue, "closed", by);
}

export function reopenIssue(world: World, repository: Repository, issue: Issue, by: Doer): void {
  if (issue.state === "open") return;
  issue.state = "open";
  issue.stateReason = issue.pull === null ? "reopened" : null;
  if (issue.pull !== null)
    issue.pull.headSha = issue.pull.headRepository.git.branch(issue.pull.headRef) ?? issue.pull.headSha;
  issue.closedAt = null;
  issue.closedBy = null;
  record(world, issue, "reopened", by, { state_reason: issue.stateReason });
  announceIssue(world, repository, issue, "reopened", by);
}

export interface IssueEdit {
  readonly title?: string | undefined;
  readonly body?: string | null | undefined;
  readonly state?: "open" | "closed" | undefined;
  readonly stateReason?: CloseReason | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly assignees?: readonly string[] | undefined;
  readonly milestone?: number | null | undefined;
}

/** What a webhook says of an edit: the former title and body. */
export function editTexts(
  world: World,
  issue: Issue,
  by: Doer,
  title: string | undefined,
  body: string | null | undefined,
) {
  checkTexts(title, body);
  const changes: Record<string, { from: string }> = {};
  if (title !== undefined && title !== issue.title) {
    changes["title"] = { from: issue.title };
    record(world, issue, "renamed", by, { rename: { from: issue.title, to: title } });
    issue.title = title;
  }
  if (body !== undefined && body !== issue.body) {
    changes["body"] = { from: issue.body ?? "" };
    issue.body = body;
    issue.updatedAt = world.now();
  }
  return changes;
}

export function editIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  edit: IssueEdit,
): void {
  const changes = editTexts(world, issue, by, edit.title, edit.body);
  if (Object.keys(changes).length > 0) announceIssue(world, repository, issue, "edited", by, { changes });
  if (edit.labels !== undefined) setLabels(world, repository, issue, by, edit.labels);
  if (edit.assignees !== undefined) {
    const wanted = new Set(edit.assignees.map((login) => login.toLowerCase()));
    const gone = issue.assignees
      .map((user) => user.login)
      .filter((login) => !wanted.has(login.toLowerCase()));
    removeAssignees(world, repository, issue, by, gone);
    addAssignees(world, repository, issue, by, edit.assignees);
  }
  if (edit.milestone !== undefined) setMilestone(world, repository, issue, by, edit.milestone);
  if (edit.state === "closed") closeIssue(world, repository, issue, by, edit.stateReason);
  if (edit.state === "open") reopenIssue(world, repository, issue, by);
}

export function lockIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  by: Doer,
  reason: string | null,
): void {
  if (issue.locked) return;
  issue.locked = true;
  issue.lockReason = reason;
  record(world, issue, "locked", by, { lock_reason: reason });
  announceIssue(world, repository, issue, "locked", by);
}

export function unlockIssue(world: World, repository: Repository, issue: Issue, by: Doer): void {
  if (!issue.locked) return;
  issue.locked = false;
  issue.lockReason = null;
  record(world, issue, "unlocked", by, { lock_reason: null });
  announceIssue(world, repository, issue, "unlocked", by);
}
