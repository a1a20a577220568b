import { doerOf } from "../auth.ts";
import {
  type Input,
  isObject,
  oneOf,
  optionalNames,
  optionalNumber,
  optionalText,
  requiredText,
} from "../input.ts";
import type { Issue, TimelineEntry } from "../model.ts";
import {
  addAssignees,
  assignable,
  type CloseReason,
  editIssue,
  lockIssue,
  openIssue,
  removeAssignees,
  unlockIssue,
} from "../operations/issues.ts";
import { listed } from "../pagination.ts";
import { notFound } from "../refusal.ts";
import {
  type Call,
  issueOf,
  parameter,
  type RepositoryCall,
  type Route,
  read,
  route,
  write,
} from "../router.ts";
import { simpleUser } from "../serialize/basics.ts";
import { issueInFull, issueJson, timelineJson } from "../serialize/issue.ts";
import { repositoryJson } from "../serialize/repository.ts";
import { hasRole } from "../world.ts";

const ISSUES = ["issues", "pull_requests"];
const REASONS = ["completed", "not_planned", "duplicate"] as const;
const LOCK_REASONS = ["off-topic", "too heated", "resolved", "spam"] as const;

function titled(input: Input): string | undefined {
  const { title } = input;
  return typeof title === "number" ? String(title) : optionalText(input, "title");
}

/** `null` empties a body; leaving it out keeps it. */
export function bodyOf(input: Input): string | null | undefined {
  return input["body"] === null ? null : optionalText(input, "body");
}

function assigneesOf(input: Input): string[] | undefined {
  return (
    optionalNames(input, "assignees") ??
    (typeof input["assignee"] === "string" ? [input["assignee"]] : undefined)
  );
}

/** `null` takes the issue out of its milestone; leaving it out keeps it. */
function milestoneOf(input: Input): number | null | undefined {
  return input["milestone"] === null ? null : optionalNumber(input, "milestone");
}

function matches(call: Call, issue: Issue): boolean {
  const { query } = call;
  const state = query.get("state") ?? "open";
  const labels = (query.get("labels") ?? "").split(",").filter((name) => name !== "");
  const names = new Set(issue.labels.map((label) => label.name.toLowerCase()));
  const creator = query.get("creator");
  const assignee = query.get("assignee");
  const since = query.get("since");
  return (
    (state === "all" || issue.state === state) &&
    labels.every((name) => names.has(name.toLowerCase())) &&
    (creator === null || creator.toLowerCase() === issue.user.login.toLowerCase()) &&
    (assignee === null ||
      assignee === "*" ||
      issue.assignees.some((user) => user.login.toLowerCase() === assignee.toLowerCase())) &&
    (since === null || issue.updatedAt >= Date.parse(since))
  );
}

function ordered(call: Call, issues: readonly Issue[]): Issue[] {
  const time = (issue: Issue) => (call.query.get("sort") === "updated" ? issue.updatedAt : issue.createdAt);
  const ascending = issues.toSorted((a, b) => time(a) - time(b) || a.number - b.number);
  return call.query.get("direction") === "asc" ? ascending : ascending.toReversed();
}

function listForRepo(call: RepositoryCall) {
  const issues = [...call.repository.issues.values()].filter((issue) => matches(call, issue));
  return listed(call, ordered(call, issues), (issue) => issueJson(call.world, call.repository, issue));
}

/** Issues assigned to the caller, in every repository they see. */
function listMine(call: Call) {
  const { user } = doerOf(call.caller);
  const repositories = [...call.world.repositories.values()].filter((repository) =>
    hasRole(repository, user, "read"),
  );
  const mine = repositories.flatMap((repository) =>
    [...repository.issues.values()]
      .filter((issue) => issue.assignees.includes(user) && matches(call, issue))
      .map((issue) => ({ repository, issue })),
  );
  return listed(call, mine, ({ repository, issue }) => ({
    ...issueJson(call.world, repository, issue),
    repository: repositoryJson(call.world, repository),
  }));
}

/** The rest of a timeline are comments, commits and reviews. */
function isEvent({ event }: TimelineEntry): boolean {
  return !["commented", "committed", "reviewed"].includes(event);
}

function edited(input: Input) {
  const stateReason: CloseReason | undefined =
    input["state_reason"] === "reopened" ? undefined : oneOf(input, "state_reason", REASONS, "Issue");
  return {
    title: titled(input),
    body: bodyOf(input),
    state: oneOf(input, "state", ["open", "closed"], "Issue"),
    stateReason,
    labels: optionalNames(input, "labels"),
    assignees: assigneesOf(input),
    milestone: milestoneOf(input),
  };
}

export const issueRoutes: readonly Route[] = [
  route("GET /issues", listMine),
  read("GET /repos/{owner}/{repo}/issues", ["issues"], listForRepo),
  write("POST /repos/{owner}/{repo}/issues", ["issues"], "read", (call) => {
    const { world, repository, by, input } = call;
    const title = titled(input) ?? requiredText(input, "title", "Issue");
    const issue = openIssue(world, repository, by, {
      title,
      body: bodyOf(input),
      labels: optionalNames(input, "labels"),
      assignees: assigneesOf(input),
      milestone: milestoneOf(input),
    });
    return { status: 201, body: issueInFull(world, repository, issue) };
  }),
  read("GET /repos/{owner}/{repo}/issues/{issue_number}", ISSUES, (call) => ({
    status: 200,
    body: issueInFull(call.world, call.repository, issueOf(call)),
  })),
  write("PATCH /repos/{owner}/{repo}/issues/{issue_number}", ISSUES, "triage", (call) => {
    const issue = issueOf(call);
    editIssue(call.world, call.repository, issue, call.by, edited(call.input));
    return { status: 200, body: issueInFull(call.world, call.repository, issue) };
  }),
  write("PUT /repos/{owner}/{repo}/issues/{issue_number}/lock", ISSUES, "write", (call) => {
    const reason = isObject(call.json) ? oneOf(call.input, "lock_reason", LOCK_REASONS, "Issue") : undefined;
    lockIssue(call.world, call.repository, issueOf(call), call.by, reason ?? null);
    return { status: 204 };
  }),
  write("DELETE /repos/{owner}/{repo}/issues/{issue_number}/lock", ISSUES, "write", (call) => {
    unlockIssue(call.world, call.repository, issueOf(call), call.by);
    return { status: 204 };
  }),
  read("GET /repos/{owner}/{repo}/issues/{issue_number}/timeline", ISSUES, (call) =>
    listed(call, issueOf(call).timeline, (entry) => timelineJson(call.world, call.repository, entry)),
  ),
  read("GET /repos/{owner}/{repo}/issues/{issue_number}/events", ISSUES, (call) => {
    const events = issueOf(call).timeline.filter(isEvent);
    return listed(call, events, (entry) => timelineJson(call.world, call.repository, entry));
  }),
  read("GET /repos/{owner}/{repo}/issues/events", ISSUES, (call) => {
    const { world, repository } = call;
    const events = [...repository.issues.values()]
      .flatMap((issue) => issue.timeline.filter(isEvent).map((entry) => ({ issue, entry })))
      .toSorted((a, b) => b.entry.id - a.entry.id);
    return listed(call, events, ({ issue, entry }) => ({
      ...timelineJson(world, repository, entry),
      issue: issueJson(world, repository, issue),
    }));
  }),
];

export const assigneeRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/assignees", ["metadata"], (call) => {
    const users = [...call.world.users.values()].filter((user) => assignable(call.repository, user));
    return listed(call, users, (user) => simpleUser(call.world, user));
  }),
  read("GET /repos/{owner}/{repo}/assignees/{assignee}", ["metadata"], (call) => {
    if (!assignable(call.repository, call.world.user(parameter(call, "assignee")))) throw notFound();
    return { status: 204 };
  }),
  write("POST /repos/{owner}/{repo}/issues/{issue_number}/assignees", ISSUES, "triage", (call) => {
    const issue = issueOf(call);
    addAssignees(call.world, call.repository, issue, call.by, assigneesOf(call.input) ?? []);
    return { status: 201, body: issueJson(call.world, call.repository, issue) };
  }),
  write("DELETE /repos/{owner}/{repo}/issues/{issue_number}/assignees", ISSUES, "triage", (call) => {
    const issue = issueOf(call);
    removeAssignees(call.world, call.repository, issue, call.by, assigneesOf(call.input) ?? []);
    return { status: 200, body: issueJson(call.world, call.repository, issue) };
  }),
];
