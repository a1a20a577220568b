import { createHash } from "node:crypto";
import type { Octokit } from "@octokit/rest";
import type { Execution, Subject } from "../../core/execution.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { Log } from "../../engine/ports/log.ts";
import { isRequestFailure, rateLimit } from "../actions/errors.ts";
import { commentOnce, findComment, withMarker } from "../marker.ts";
import type { Urgency } from "../pacing/index.ts";
import { asksOf } from "./asks.ts";
import { type CheckRun, checkRunOf } from "./check.ts";
import type { Children } from "./children.ts";
import { type Shown, withAsked } from "./shown.ts";
import { renderSticky } from "./sticky.ts";
import { closeTracking, placeToAsk } from "./tracking.ts";
import { placeOf, waitingSteps } from "./waiting.ts";

/** One pass over one execution at one state. */
export interface Showing {
  readonly workflow: Workflow;
  readonly execution: Execution;
  readonly octokit: Octokit;
  /** Our App's slug, by which our comments and check runs are known. */
  readonly slug: string;
  readonly log: Log;
  /** Now in ms. */
  readonly now: number;
  /** Nothing of ours is older (ms). */
  readonly since: number;
  /** Takes the turn of the next write; rejects where it has to wait, so that the pass is made again at what is newest then. */
  readonly turn: (urgency: Urgency) => Promise<void>;
  /** The execution at the top, for a child whose own has no place yet; null for one that stands alone. */
  readonly top: () => Promise<Execution | null>;
  /** The children that it waits for, as they are now. */
  readonly children: () => Promise<Children>;
  /** Makes the issue the execution's subject, so that commands and asks reach it. Durable when it resolves. */
  readonly adopt: (execution: Execution, subject: Subject) => Promise<void>;
  /** True where another process may have shown the same meanwhile: what was written is looked for, and doubles are removed. */
  readonly doubtful: boolean;
  /** Takes what is known to be shown, after every write. */
  readonly keep: (shown: Shown) => void;
}

/**
 * Brings GitHub to the execution's state: people asked first, then the sticky comment, then the check run, then the end
 * of the issue that was opened for it.
 * Everything is found by its marker or external id before it is made, so a pass may be repeated after any
 * failure. Rejects where trying later may help; what GitHub refuses for good is logged and left out.
 */
export async function show(showing: Showing, shown: Shown): Promise<Shown> {
  let now = shown;
  for (const part of [showAsks, showSticky, showCheck, showEnd]) {
    try {
      now = await part(showing, now);
    } catch (error) {
      if (!isFinal(error, showing.now)) throw error;
      const fields = { executionId: showing.execution.id, part: part.name, error };
      showing.log.warn(fields, "GitHub refuses a part of the report; it is left out until the next change");
    }
  }
  return now;
}

/** A refusal that the same request would meet again. */
function isFinal(error: unknown, now: number): boolean {
  return (
    isRequestFailure(error) && error.status < 500 && error.status !== 401 && rateLimit(error, now) === null
  );
}

async function showAsks(showing: Showing, shown: Shown): Promise<Shown> {
  const { workflow, execution, octokit, slug, since, log, turn, keep } = showing;
  let now = shown;
  for (const { key, body, place: elsewhere } of asksOf(workflow, execution)) {
    const asked = now.asked.includes(key);
    if (asked && !showing.doubtful) continue;
    const number = elsewhere ?? placeOf(execution) ?? (await placeToAsk(showing));
    if (number === null) continue;
    const place = { ...repositoryOf(execution), number, key, appSlugOrId: slug, since, log, turnTaken: true };
    if (asked) {
      await findComment(octokit, place);
      continue;
    }
    await turn("people");
    const { url } = await commentOnce(octokit, { ...place, body, mayHaveHappened: true });
    now = withAsked(now, key, url);
    keep(now);
  }
  return now;
}

async function showSticky(showing: Showing, shown: Shown): Promise<Shown> {
  const { workflow, execution, octokit, slug, since, log, turn, keep } = showing;
  const number = placeOf(execution);
  if (number === null || !isStickyWanted(workflow, execution, shown)) return shown;
  const key = `report/${execution.id}`;
  const body = withMarker(renderSticky(workflow, execution, await showing.children()), key);
  const hash = hashOf(body);
  if (shown.sticky?.hash === hash && !showing.doubtful) return shown;
  const repository = repositoryOf(execution);
  const place = { ...repository, number, key, appSlugOrId: slug, since, log, turnTaken: true };
  const found = showing.doubtful ? await findComment(octokit, place) : null;
  if (found !== null && found.id === shown.sticky?.id && shown.sticky.hash === hash) return shown;
  await turn("news");
  const known = found ?? shown.sticky ?? (await findComment(octokit, place));
  const id =
    (known && (await updateComment(octokit, repository, known.id, body))) ??
    (await commentOnce(octokit, { ...place, body, mayHaveHappened: shown.sticky !== null })).id;
  const now = { ...shown, sticky: { id, hash } };
  keep(now);
  return now;
}

/** Options of a request whose turn was taken. */
const inTurn = { retries: 0, turnTaken: true };

/** The comment's id, or null where somebody deleted it. */
async function updateComment(octokit: Octokit, repository: Repository, id: number, body: string) {
  try {
    await octokit.rest.issues.updateComment({ ...repository, comment_id: id, body, request: inTurn });
    return id;
  } catch (error) {
    if (isRequestFailure(error) && error.status === 404) return null;
    throw error;
  }
}

function isStickyWanted(workflow: Workflow, execution: Execution, shown: Shown): boolean {
  const { comment } = workflow.report;
  if (comment === "none" || execution.parent !== null) return false;
  if (comment === "sticky" || shown.sticky) return true;
  // A start that waits to be allowed asks by the sticky comment itself.
  const asked = shown.asked.length > 0 || execution.held !== null;
  if (comment === "when_asked") return asked;
  return execution.subject?.type === "issue" || asked || waitingSteps(workflow, execution).length > 0;
}

async function showCheck(showing: Showing, shown: Shown): Promise<Shown> {
  const { workflow, execution, octokit, turn, keep } = showing;
  const wanted = checkRunOf(workflow, execution);
  if (wanted === null) return shown;
  const hash = hashOf(JSON.stringify(wanted));
  const completed = wanted.status === "completed";
  const last = shown.check?.sha === wanted.head_sha ? shown.check : null;
  if (last?.hash === hash) return shown;
  const repository = repositoryOf(execution);
  if (shown.check && !last && !shown.check.completed) {
    await supersede(showing, shown.check.id, wanted);
    keep({ ...shown, check: { ...shown.check, completed: true } });
  }
  // GitHub does not take a completed check run back to in_progress: a new one of the same name replaces it.
  const usable = (one: { readonly completed: boolean }) => !one.completed || completed;
  // One that was completed may have a successor whose creation was never heard of.
  await turn("news");
  const known = last && !last.completed ? last : await newestCheckRun(showing, wanted);
  const times = completed && execution.endedAt !== null ? { completed_at: iso(execution.endedAt) } : {};
  const { head_sha, ...facts } = wanted;
  const options = { ...repository, ...facts, ...times, request: inTurn };
  const { data } =
    known && usable(known)
      ? await octokit.rest.checks.update({ ...options, check_run_id: known.id })
      : await octokit.rest.checks.create({ ...options, head_sha, started_at: iso(execution.startedAt) });
  const now = { ...shown, check: { sha: wanted.head_sha, id: data.id, hash, completed } };
  keep(now);
  return now;
}

/** The run at an earlier head ends: nothing would ever bring it to an end there. */
async function supersede({ execution, octokit, turn }: Showing, id: number, { head_sha }: CheckRun) {
  await turn("news");
  const summary = `The pull request has newer commits: it goes on at ${head_sha.slice(0, 12)}.`;
  await octokit.rest.checks.update({
    ...repositoryOf(execution),
    check_run_id: id,
    status: "completed",
    conclusion: "neutral",
    output: { title: "goes on at a newer commit", summary },
    request: inTurn,
  });
}

/** The newest check run of this execution at the head, or null. */
async function newestCheckRun({ octokit, execution, slug }: Showing, wanted: CheckRun) {
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, {
    ...repositoryOf(execution),
    ref: wanted.head_sha,
    check_name: wanted.name,
    filter: "all",
    per_page: 100,
  });
  const ours = runs.filter(
    (run) => run.app?.slug === slug && run.external_id?.split("/")[0] === execution.id,
  );
  const [newest] = ours.toSorted((a, b) => b.id - a.id);
  return newest ? { id: newest.id, completed: newest.status === "completed" } : null;
}

async function showEnd(showing: Showing, shown: Shown): Promise<Shown> {
  const closed = await closeTracking(showing, shown.closed);
  if (closed === shown.closed) return shown;
  const now = { ...shown, closed };
  showing.keep(now);
  return now;
}

interface Repository {
  readonly owner: string;
  readonly repo: string;
}

function repositoryOf({ repository }: Execution): Repository {
  return { owner: repository.owner, repo: repository.name };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
