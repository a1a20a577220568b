import type { Octokit } from "@octokit/rest";
import type { JsonObject } from "../../core/json.ts";
import { type WorkflowFile, workflowsIn } from "../definitions.ts";
import { hasStatus } from "../failures.ts";
import type { Room } from "../room.ts";
import type { Installed } from "./repositories.ts";
import { hasCome, madeOf } from "./twins.ts";

/** How far a repository's events have been looked at. */
export interface Look {
  /** Up to this time (ms). */
  readonly readTo: number;
  /** Of the newest page, where all that it shows has been looked at; else null. */
  readonly etag: string | null;
}

interface Label {
  readonly id: number;
  readonly at: number;
  readonly number: number;
  readonly isPullRequest: boolean;
  readonly label: string;
  readonly sender: JsonObject;
}

/** A webhook may be minutes late (docs), and one that failed is asked for first. */
const patienceMs = 10 * 60_000;
const oldestMs = 3 * 24 * 60 * 60_000;
const overlapMs = 2 * 60_000;
/** Our clock and GitHub's may differ. */
const clocksMs = 60_000;
const pageSize = 100;
const mostPages = 10;
const mostExecutions = 100;

/**
 * Looks through a repository's newest events for labels that a workflow listens to and whose event never came, and stores
 * a delivery for each, as GitHub would have sent it. `asked`: whether the events had to be looked at at all. Rejects as
 * Octokit and the stores do; repeated, it stores none twice.
 */
export async function lookForLabels(
  room: Room,
  repository: Installed,
  before: Look | null,
  signal: AbortSignal,
): Promise<{ readonly look: Look; readonly asked: boolean; readonly takenUp: number }> {
  const now = room.clock.now();
  const cutoff = now - patienceMs;
  if (before === null) return { look: { readTo: now, etag: null }, asked: false, takenUp: 0 };
  const readTo = Math.max(before.readTo, cutoff);
  const octokit = room.clients.installation(repository.installation);
  const definitions = await room.definitions.newest(octokit, repository, repository.defaultBranch);
  const listening = definitions === null ? [] : workflowsIn(definitions).filter(listensToLabels);
  if (listening.length === 0) return { look: { readTo, etag: null }, asked: false, takenUp: 0 };
  const since = Math.max(before.readTo - overlapMs, now - oldestMs);
  const read = await readLabels(octokit, repository, { since, etag: before.etag, signal });
  let takenUp = 0;
  for (const label of newestOfEach(read.labels.filter(({ at }) => at <= cutoff))) {
    const heardBy = listening.filter((file) => hearsLabel(file, label));
    if (heardBy.length > 0 && (await takeUp(room, octokit, repository, label, heardBy))) takenUp += 1;
  }
  // Unchanged next time, the page may still show what is too young to be looked at now.
  const etag = read.labels.every(({ at }) => at <= cutoff) ? read.etag : null;
  return { look: { readTo, etag }, asked: true, takenUp };
}

function listensToLabels({ workflow }: WorkflowFile): boolean {
  return (
    workflow.status === "active" &&
    workflow.triggers.some(({ event, types }) => isSubjectEvent(event) && hearsLabeled(types))
  );
}

function isSubjectEvent(event: string): boolean {
  return event === "issues" || event === "pull_request";
}

function hearsLabeled(types: readonly string[]): boolean {
  return types.length === 0 || types.includes("labeled");
}

function hearsLabel({ workflow }: WorkflowFile, { label, isPullRequest }: Label): boolean {
  const event = isPullRequest ? "pull_request" : "issues";
  const wanted = label.toLowerCase();
  return workflow.triggers.some(
    (trigger) =>
      trigger.event === event &&
      hearsLabeled(trigger.types) &&
      (trigger.labels.length === 0 || trigger.labels.some((one) => one.toLowerCase() === wanted)),
  );
}

/** A label that was taken off and put on again counts once. They come newest first. */
function newestOfEach(labels: readonly Label[]): readonly Label[] {
  const each = new Map<string, Label>();
  for (const one of labels) {
    const key = `${one.number} ${one.label.toLowerCase()}`;
    if (!each.has(key)) each.set(key, one);
  }
  return [...each.values()].toReversed();
}

/** The labels put on at or after `since`, newest first; none where GitHub says that nothing has changed. */
async function readLabels(
  octokit: Octokit,
  { owner, name: repo }: Installed,
  {
    since,
    etag,
    signal,
  }: { readonly since: number; readonly etag: string | null; readonly signal: AbortSignal },
): Promise<{ readonly labels: readonly Label[]; readonly etag: string | null }> {
  const labels: Label[] = [];
  let newest: string | null = null;
  for (let page = 1; page <= mostPages; page++) {
    try {
      const { data, headers } = await octokit.rest.issues.listEventsForRepo({
        owner,
        repo,
        per_page: pageSize,
        page,
        request: { signal },
        ...(page === 1 && etag !== null ? { headers: { "if-none-match": etag } } : {}),
      });
      if (page === 1) newest = headers.etag ?? null;
      const within = data.filter(({ created_at }) => Date.parse(created_at) >= since);
      for (const { id, event, issue, label, actor, created_at } of within) {
        if (event !== "labeled" || !issue || !label?.name) continue;
        labels.push({
          id,
          at: Date.parse(created_at),
          number: issue.number,
          isPullRequest: issue.pull_request !== undefined,
          label: label.name,
          sender: json(actor ?? { login: "ghost", id: 10137, type: "User" }),
        });
      }
      if (within.length < data.length || data.length < pageSize) break;
    } catch (error) {
      if (page === 1 && hasStatus(error, 304)) return { labels: [], etag };
      // Issues are switched off, or the App may not read them.
      if (hasStatus(error, 404, 410)) return { labels: [], etag: null };
      throw error;
    }
  }
  return { labels, etag: newest };
}

/** True where a delivery was stored for it. */
async function takeUp(
  room: Room,
  octokit: Octokit,
  repository: Installed,
  one: Label,
  heardBy: readonly WorkflowFile[],
): Promise<boolean> {
  const { deliveries, executions } = room.stores;
  const id = madeOf(one.id);
  if ((await deliveries.get(id)) !== null) return false;
  if (await hasCome(deliveries, { ...one, repository: repository.id })) return false;
  const { executions: since } = await executions.list({
    repository: repository.id,
    subject: one.number,
    limit: mostExecutions,
  });
  const started = new Set(
    since.filter(({ startedAt }) => startedAt >= one.at - clocksMs).map(({ workflow }) => workflow.path),
  );
  if (heardBy.every(({ path }) => started.has(path))) return false;
  const payload = await payloadOf(octokit, repository, one);
  if (payload === null) return false;
  const event = one.isPullRequest ? "pull_request" : "issues";
  const made = { id, event, payload, receivedAt: room.clock.now(), outcome: null, attempts: 0 };
  const stored = await deliveries.add({ ...made, holder: null, revision: 1 });
  if (stored) room.log.info({ delivery: id, event, number: one.number }, "a label is taken up late");
  return stored;
}

/** What GitHub would have sent; null where the subject is gone or closed, or has lost the label. */
async function payloadOf(
  octokit: Octokit,
  { owner, name: repo, installation }: Installed,
  { number, isPullRequest, label: name, at, sender }: Label,
): Promise<JsonObject | null> {
  const place = { owner, repo };
  try {
    const { data: subject } = isPullRequest
      ? await octokit.rest.pulls.get({ ...place, pull_number: number })
      : await octokit.rest.issues.get({ ...place, issue_number: number });
    // GitHub's description allows mere names, too.
    const labels = subject.labels.map((each) => (typeof each === "string" ? { name: each } : each));
    const label = labels.find((each) => each.name?.toLowerCase() === name.toLowerCase());
    if (subject.state !== "open" || label === undefined) return null;
    const { data: repository } = await octokit.rest.repos.get(place);
    // By this time it is told from other events of the same label.
    const then = { ...subject, updated_at: new Date(at).toISOString() };
    return json({
      action: "labeled",
      ...(isPullRequest ? { number, pull_request: then } : { issue: then }),
      label,
      repository,
      sender,
      installation: { id: installation },
    });
  } catch (error) {
    if (hasStatus(error, 404, 410)) return null;
    throw error;
  }
}

/** Octokit's types are interfaces, which have no index signature. */
function json(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
