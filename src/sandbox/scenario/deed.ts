import type { SandboxGitHub } from "../github/index.ts";
import type { Act } from "./scenario.ts";

/** Something that one person does on GitHub, to what the workflow is about. */
export type Deed = Omit<Act, "pushes"> & {
  readonly assigns?: string;
  readonly reopens?: true;
  readonly pushes?: {
    readonly branch: string;
    readonly files?: Readonly<Record<string, string>>;
    readonly message?: string;
  };
};

/** What deeds are done to; opening something sets it. */
export interface Stage {
  readonly sandbox: SandboxGitHub;
  /** `owner/name`. */
  readonly repo: string;
  issue: number | null;
  pull: number | null;
}

/** Does it, and says what was done, as `labels #1 bug`. Throws where the person may not, or it can't be. */
export function doDeed(stage: Stage, deed: Deed): string {
  const { sandbox, repo } = stage;
  const person = sandbox.as(deed.as);
  if (deed.opens_issue) {
    const { number } = person.openIssue({ repo, ...deed.opens_issue });
    stage.issue ??= number;
    return `opens issue #${number}: ${deed.opens_issue.title}`;
  }
  if (deed.opens_pull_request) {
    const { branch, files, title, message = title, body = "" } = deed.opens_pull_request;
    person.push({ repo, branch, files, message });
    const named = body.replaceAll("#ISSUE", `#${stage.issue ?? "?"}`);
    const { number } = person.openPullRequest({ repo, head: branch, title, body: named });
    stage.pull = number;
    return `opens pull request #${number}: ${title}`;
  }
  if (deed.pushes) {
    const { branch, files = { "change.txt": `${branch}\n` }, message = "Update" } = deed.pushes;
    person.push({ repo, branch, files, message });
    return `pushes to ${branch}: ${message}`;
  }
  if (deed.reviews || deed.merges || deed.clicks) return doToPull(stage, deed);
  return doToSubject(stage, deed);
}

function doToSubject({ sandbox, repo, issue, pull }: Stage, deed: Deed): string {
  const person = sandbox.as(deed.as);
  const number = needed(issue ?? pull);
  const subject = { repo, number };
  if (deed.labels !== undefined) {
    person.label(subject, deed.labels);
    return `labels #${number} ${deed.labels}`;
  }
  if (deed.unlabels !== undefined) {
    person.unlabel(subject, deed.unlabels);
    return `takes label ${deed.unlabels} from #${number}`;
  }
  if (deed.assigns !== undefined) {
    person.assign(subject, deed.assigns);
    return `assigns #${number} to ${deed.assigns}`;
  }
  if (deed.comments !== undefined) {
    person.comment(subject, deed.comments);
    return `comments on #${number}: ${deed.comments}`;
  }
  if (deed.closes) {
    person.closeIssue(subject);
    return `closes #${number}`;
  }
  if (deed.reopens) {
    person.reopenIssue(subject);
    return `reopens #${number}`;
  }
  throw new Error(`${deed.as} does nothing`);
}

function doToPull({ sandbox, repo, pull }: Stage, deed: Deed): string {
  const person = sandbox.as(deed.as);
  const number = needed(pull);
  if (deed.reviews) {
    const event = deed.reviews.event.toUpperCase() as Uppercase<typeof deed.reviews.event>;
    person.review({ repo, number }, event, deed.reviews.body);
    return `reviews #${number}: ${deed.reviews.event}${deed.reviews.body ? `, ${deed.reviews.body}` : ""}`;
  }
  if (deed.merges) {
    person.merge({ repo, number });
    return `merges #${number}`;
  }
  const run = sandbox
    .checkRuns(repo, number)
    .find(({ actions }) => actions.some(({ identifier }) => identifier === deed.clicks));
  if (!run) throw new Error(`no check run on #${number} has a button ${deed.clicks ?? ""}`);
  person.clickCheckRunAction(run.id, deed.clicks ?? "");
  return `clicks ${deed.clicks ?? ""} on ${run.name}`;
}

function needed(number: number | null): number {
  if (number === null) throw new Error("the scenario has opened no issue or pull request yet");
  return number;
}
