import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import type { GitHubState, TestCase, TestEvent } from "../../definition/tests/index.ts";
import type { Stage } from "../scenario/deed.ts";

const reporter = "reporter";
const maintainer = "maintainer";
const developer = "developer";

/** Logins that a case names, wherever it does. */
export function peopleOf(test: TestCase): readonly string[] {
  const named = new Set([reporter, maintainer, developer]);
  const look = (value: Json, key: string): void => {
    if (typeof value === "string") {
      if (personKeys.has(key)) named.add(value);
    } else if (Array.isArray(value)) {
      for (const item of value as readonly Json[]) look(item, key);
    } else if (isObject(value)) {
      for (const [inner, item] of Object.entries(value)) look(item, key === "teams" ? "assignees" : inner);
    }
  };
  look(
    { event: test.event?.payload ?? {}, answers: test.answers, github: test.github } as unknown as Json,
    "",
  );
  return [...named].filter((login) => /^[\w-]+(?:\[bot\])?$/.test(login));
}

export function isBot(login: string): boolean {
  return login.endsWith("[bot]");
}

const personKeys: ReadonlySet<string> = new Set([
  "as",
  "by",
  "approve",
  "reject",
  "author",
  "login",
  "assigns",
  "assignee",
  "assignees",
  "requested_reviewer",
]);

/** Makes what was there before anything happened; to be called before webhooks are delivered. */
export function setTheScene({ sandbox, repo }: Stage, github: GitHubState): void {
  for (const [team, members] of Object.entries(github.teams)) {
    const [org = "", slug = ""] = team.split("/");
    sandbox.createTeam(org, slug, members);
  }
  for (const [branch, checks] of Object.entries(github.required_checks))
    sandbox.requireChecks(repo, branch, checks);
  for (const {
    title = "An issue",
    body = "",
    author = reporter,
    labels = [],
    assignees = [],
    state,
  } of github.issues) {
    const { number } = sandbox.as(author).openIssue({ repo, title, body, labels, assignees });
    if (state === "closed") sandbox.as(author).closeIssue({ repo, number });
  }
  for (const [index, pull] of github.pull_requests.entries()) {
    const { title = "A change", body = "", author = developer, labels = [], draft = false } = pull;
    // One of its own for each that names none.
    const { branch = index === 0 ? "change" : `change-${index + 1}` } = pull;
    const { files = { [`${branch.replaceAll("/", "-")}.txt`]: title }, message = title } = pull;
    const from = pull.fork ? sandbox.fork(repo, author).fullName : repo;
    const head = pull.fork ? `${author}:${branch}` : branch;
    sandbox.as(author).push({ repo: from, branch, files, message });
    const { number } = sandbox.as(author).openPullRequest({ repo, head, title, body, draft });
    if (labels.length > 0) sandbox.as(maintainer).label({ repo, number }, ...labels);
  }
}

/** What is about to happen: by whom, and the deed itself. */
export interface Happening {
  readonly by: string;
  /** Does it on the stand-in, or null where the stand-in has no such deed: then its payload is delivered. */
  readonly go: (() => void) | null;
}

/** Prepares what the event is about (the issue that is labelled, the branch of a pull request), and says what is left to be done. */
export function prepare(stage: Stage, event: TestEvent): Happening {
  const [name = "", action = ""] = event.name.split(".");
  const { payload } = event;
  const about = aboutOf(stage, name, action, payload);
  const by = textAt(payload, "by") ?? textAt(payload, "sender", "login") ?? about.author ?? maintainer;
  if (name === "push") return { by, go: pushed(stage, payload, by) };
  return { by, go: about.go ?? deedOf(stage, name, action, payload, by) };
}

interface About {
  /** Who did it, where that is the author. */
  readonly author?: string;
  /** Where the event is that the thing came to be. */
  readonly go?: () => void;
}

function aboutOf(stage: Stage, name: string, action: string, payload: JsonObject): About {
  const pull = own(payload, "pull_request");
  const isPull =
    name.startsWith("pull_request") ||
    name === "check_run" ||
    (name === "issue_comment" && pull !== undefined);
  if (isPull) return pullRequest(stage, pull ?? {}, name === "pull_request" ? action : "", payload);
  if (name === "issues" || name === "issue_comment")
    return issue(stage, own(payload, "issue") ?? {}, name === "issues" ? action : "", payload);
  return {};
}

function issue(stage: Stage, given: Json, action: string, payload: JsonObject): About {
  const { sandbox, repo } = stage;
  if (typeof given === "number") {
    stage.issue = sandbox.issue(repo, given).number;
    return {};
  }
  const facts = isObject(given) ? given : {};
  const author = authorOf(facts) ?? reporter;
  const label = textAt(payload, "label", "name") ?? textAt(payload, "label");
  const had = namesIn(own(facts, "labels"));
  const labels =
    action === "unlabeled" && label !== null
      ? [...had, label]
      : had.filter((each) => action !== "labeled" || each !== label);
  const assignees = namesIn(own(facts, "assignees"));
  const title = textAt(facts, "title") ?? "An issue";
  const body = textAt(facts, "body") ?? "";
  const open = () => {
    stage.issue = sandbox.as(author).openIssue({ repo, title, body, labels, assignees }).number;
  };
  if (action === "opened") return { author, go: open };
  open();
  const closed = textAt(facts, "state") === "closed" && action !== "closed";
  if (stage.issue !== null && (action === "reopened" || closed))
    sandbox.as(author).closeIssue({ repo, number: stage.issue });
  return {};
}

function pullRequest(stage: Stage, given: Json, action: string, payload: JsonObject): About {
  const { sandbox, repo } = stage;
  if (typeof given === "number") {
    stage.pull = given;
    return {};
  }
  const facts = isObject(given) ? given : {};
  const author = authorOf(facts) ?? developer;
  const title = textAt(facts, "title") ?? "A change";
  const body = textAt(facts, "body") ?? "";
  const branch = textAt(facts, "branch") ?? textAt(facts, "head", "ref") ?? "change";
  const base = textAt(facts, "base") ?? textAt(facts, "base", "ref");
  const files = filesIn(facts) ?? { [`${branch.replaceAll("/", "-")}.txt`]: `${title}\n` };
  const isFork = own(facts, "fork") === true;
  const draft = own(facts, "draft") === true || action === "ready_for_review";
  const from = isFork ? sandbox.fork(repo, author).fullName : repo;
  sandbox.as(author).push({ repo: from, branch, message: title, files });
  const open = () => {
    const head = isFork ? `${author}:${branch}` : branch;
    const opened = sandbox
      .as(author)
      .openPullRequest({ repo, head, title, body, draft, ...(base === null ? {} : { base }) });
    stage.pull = opened.number;
    const label = textAt(payload, "label", "name") ?? textAt(payload, "label");
    const labels = namesIn(own(facts, "labels")).filter((each) => action !== "labeled" || each !== label);
    const all = action === "unlabeled" && label !== null ? [...labels, label] : labels;
    if (all.length > 0) sandbox.as(maintainer).label({ repo, number: opened.number }, ...all);
  };
  if (action === "opened") return { author, go: open };
  open();
  if (stage.pull !== null && action === "reopened")
    sandbox.as(author).closeIssue({ repo, number: stage.pull });
  return action === "synchronize"
    ? { author, go: pushed(stage, { ...payload, branch, ...(isFork ? { repo: from } : {}) }, author) }
    : {};
}

function pushed({ sandbox, repo }: Stage, payload: JsonObject, by: string): () => void {
  const ref = (textAt(payload, "branch") ?? textAt(payload, "ref") ?? "main").replace(/^refs\/heads\//, "");
  const into = textAt(payload, "repo") ?? repo;
  const message = textAt(payload, "message") ?? textAt(payload, "head_commit", "message") ?? "Update";
  const files = filesIn(payload) ?? { "pushed.txt": `${message}\n` };
  return () => void sandbox.as(by).push({ repo: into, branch: ref, message, files });
}

function deedOf(
  stage: Stage,
  name: string,
  action: string,
  payload: JsonObject,
  by: string,
): (() => void) | null {
  const { sandbox, repo } = stage;
  const number = (name === "issues" ? stage.issue : (stage.issue ?? stage.pull)) ?? 0;
  const at = { repo, number };
  const person = sandbox.as(by);
  const label = textAt(payload, "label", "name") ?? textAt(payload, "label") ?? "";
  const assignee = textAt(payload, "assignee", "login") ?? textAt(payload, "assignee") ?? by;
  const isPull = name === "pull_request";
  switch (`${isPull || name === "issues" ? "subject" : name}.${action}`) {
    case "subject.labeled":
      return () => void person.label(at, label);
    case "subject.unlabeled":
      return () => void person.unlabel(at, label);
    case "subject.assigned":
      return () => void person.assign(at, assignee);
    case "subject.closed": {
      const merged = valueAt(payload, "pull_request", "merged") === true || own(payload, "merged") === true;
      return isPull && merged ? () => void person.merge(at) : () => void person.closeIssue(at);
    }
    case "subject.reopened":
      return () => void person.reopenIssue(at);
    case "subject.ready_for_review":
      return () => void person.markReady(at);
    case "subject.review_requested":
      return () => void person.requestReview(at, textAt(payload, "requested_reviewer") ?? maintainer);
    case "subject.edited":
      return () => void person.editIssue(at, { body: textAt(payload, "body") ?? "Edited." });
    case "issue_comment.created":
      return () =>
        void person.comment(at, textAt(payload, "comment", "body") ?? textAt(payload, "comment") ?? "");
    case "pull_request_review.submitted": {
      const state = textAt(payload, "review", "state") ?? textAt(payload, "review") ?? "approved";
      const event =
        state === "approved" ? "APPROVE" : state === "changes_requested" ? "REQUEST_CHANGES" : "COMMENT";
      return () => void person.review(at, event, textAt(payload, "review", "body") ?? "");
    }
    case "check_run.completed": {
      const check = textAt(payload, "check_run", "name") ?? "build";
      const conclusion = textAt(payload, "check_run", "conclusion") ?? "success";
      return () => void sandbox.reportCheck(repo, { at: number, name: check, conclusion });
    }
    default:
      return null;
  }
}

function authorOf(facts: JsonObject): string | null {
  return textAt(facts, "author") ?? textAt(facts, "user", "login");
}

function filesIn(facts: JsonObject): Record<string, string> | null {
  const files = own(facts, "files");
  if (!isObject(files)) return null;
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [
      path,
      typeof text === "string" ? text : JSON.stringify(text),
    ]),
  );
}

function namesIn(list: Json | undefined): readonly string[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).flatMap((item) => {
    const name = isObject(item) ? (item["name"] ?? item["login"]) : item;
    return typeof name === "string" ? [name] : [];
  });
}

function valueAt(value: JsonObject, ...path: readonly string[]): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path) at = isObject(at) ? own(at, key) : undefined;
  return at;
}

function textAt(value: JsonObject, ...path: readonly string[]): string | null {
  const found = valueAt(value, ...path);
  return typeof found === "string" ? found : null;
}
