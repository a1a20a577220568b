import type { Execution, Subject } from "../../core/execution.ts";
import { isInJob } from "../in-job.ts";
import { commentOnce, findComment, hasMarker, isOurs, withMarker } from "../marker.ts";
import { code, neutralise } from "../neutralise.ts";
import { whyCancelled } from "./cancelled.ts";
import type { Showing } from "./show.ts";
import { placeOf } from "./waiting.ts";

/**
 * Where to ask for an execution that belongs to no issue or pull request: on the issue that is opened for it, or, for
 * a child, for the execution at the top. It becomes the subject of both, so that commands there reach them. Null where
 * the workflow wants no such issue. Rejects with Octokit's RequestError.
 */
export async function placeToAsk(showing: Showing): Promise<number | null> {
  const { workflow, execution } = showing;
  const top = (await showing.top()) ?? execution;
  const place = placeOf(top);
  if (place === null) {
    if (workflow.report.issue === "none") return null;
    const subject = (await findIssue(showing, top)) ?? (await openIssue(showing, top));
    await showing.adopt(top, subject);
    if (top.id !== execution.id) await showing.adopt(execution, subject);
    return subject.number;
  }
  if (top.subject !== null) await showing.adopt(execution, top.subject);
  return place;
}

/**
 * Closes the issue that was opened for the execution, with a last word, once it is completed or cancelled; one that has
 * failed leaves it open, where its failure says how to retry. One that is retried opens it again. `closed` and the
 * result: the round at whose end it was closed, null while it is open. Rejects with Octokit's RequestError.
 */
export async function closeTracking(showing: Showing, closed: number | null): Promise<number | null> {
  const { execution, octokit, slug, since, log, turn } = showing;
  const { subject, state, round, repository } = execution;
  const ended = state === "completed" || state === "cancelled";
  if (execution.parent !== null || subject?.author !== `${slug}[bot]`) return closed;
  if (closed === null ? !ended : closed === round) return closed;
  const place = { owner: repository.owner, repo: repository.name };
  const about = { ...place, issue_number: subject.number };
  const { data: issue } = await octokit.rest.issues.get(about);
  if (!isOurs(issue, slug) || !hasMarker(issue.body, keyOf(execution))) return closed;
  const update = { ...about, request: { retries: 0, turnTaken: true } };
  if (!ended) {
    if (issue.state === "closed") {
      await turn("people");
      await octokit.rest.issues.update({ ...update, state: "open" });
    }
    return null;
  }
  const key = `ended/${execution.id}/${round}`;
  const comment = { ...place, number: subject.number, key, appSlugOrId: slug, since, log, turnTaken: true };
  if ((await findComment(octokit, comment)) === null) {
    await turn("news");
    await commentOnce(octokit, { ...comment, body: lastWord(execution), mayHaveHappened: false });
  }
  if (issue.state === "open") {
    await turn("news");
    const state_reason = state === "completed" ? "completed" : "not_planned";
    await octokit.rest.issues.update({ ...update, state: "closed", state_reason });
  }
  return round;
}

function lastWord(execution: Execution): string {
  const name = `**${neutralise(execution.workflow.name, 200)}**`;
  if (execution.state === "completed") return `✅ ${name} is completed. Nobody is needed here any more.`;
  const why = whyCancelled(execution);
  const again = isInJob(execution) ? "" : ` ${code("/hishamos retry")} takes it up again.`;
  return `🚫 ${name} is cancelled${why === "" ? "" : `: ${why}`}.${again}`;
}

function keyOf({ id }: Execution): string {
  return `tracking/${id}`;
}

async function findIssue(showing: Showing, top: Execution): Promise<Subject | null> {
  const { octokit, slug, since } = showing;
  const { owner, name: repo } = top.repository;
  const issues = await octokit.paginate(octokit.rest.issues.listForRepo, {
    owner,
    repo,
    creator: `${slug}[bot]`,
    state: "all",
    since: new Date(Math.min(since, top.startedAt)).toISOString(),
    per_page: 100,
  });
  const ours = issues.filter((issue) => isOurs(issue, slug) && hasMarker(issue.body, keyOf(top)));
  const [oldest] = ours.toSorted((a, b) => a.number - b.number);
  return oldest ? subjectOf(oldest) : null;
}

async function openIssue({ octokit, turn }: Showing, top: Execution): Promise<Subject> {
  const { owner, name: repo } = top.repository;
  await turn("people");
  const { data } = await octokit.rest.issues.create({
    owner,
    repo,
    title: `${top.workflow.name.slice(0, 150)} needs a person`,
    body: withMarker(bodyOf(top), keyOf(top)),
    request: { retries: 0, turnTaken: true },
  });
  return subjectOf(data);
}

function bodyOf({ workflow, actor, id }: Execution): string {
  return [
    `**${neutralise(workflow.name, 200)}**, started by ${code(actor)}, belongs to no issue or pull request, and has come to where a person is needed.`,
    "What it asks comes below, and commands are heard here.",
    `<sub>Execution ${code(id)} · ${code(workflow.path)}</sub>`,
  ].join("\n\n");
}

interface Issue {
  readonly number: number;
  readonly title: string;
  readonly html_url: string;
  readonly state: string;
  readonly user: { readonly login: string } | null;
  readonly labels: readonly (string | { readonly name?: string })[];
}

function subjectOf(issue: Issue): Subject {
  return {
    type: "issue",
    number: issue.number,
    title: issue.title,
    author: issue.user?.login ?? "ghost",
    labels: issue.labels.flatMap((label) => (typeof label === "string" ? label : (label.name ?? []))),
    url: issue.html_url,
    head_sha: null,
    is_fork: false,
    state: issue.state === "open" ? "open" : "closed",
  };
}
