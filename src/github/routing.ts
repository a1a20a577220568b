import type { Octokit } from "@octokit/rest";
import type { Execution } from "../core/execution.ts";
import type { ExecutionStore } from "../engine/ports/index.ts";
import { hasStatus } from "./failures.ts";
import type { Happening } from "./happening.ts";
import { closedIssues } from "./links.ts";
import { listAt, numberAt, textAt, valueAt } from "./payload.ts";
import { isOurOwn, shortId, type Work } from "./room.ts";
import { pullRequestIn } from "./subject.ts";

/** Hands the event to every unfinished execution whose subject or linked pull request it concerns. */
export async function routeEvent(work: Work): Promise<readonly string[]> {
  const { room, happening } = work;
  const { repository } = happening;
  const unfinished = { repository: repository.id, states: ["running", "paused"] } as const;
  // Most events of a repository concern nobody: ask the cheapest question first.
  const some = await room.stores.executions.list({ ...unfinished, limit: 1 });
  if (some.executions.length === 0 || (await isEcho(work))) return [];

  const closing = closingOf(happening);
  const numbers = new Set([...(await concernedNumbers(work)), ...closing]);
  const executions = new Map<string, Execution>();
  for (const subject of numbers) {
    for (const found of await listAll(room.stores.executions, { ...unfinished, subject })) {
      executions.set(found.id, found);
    }
  }
  const notes: string[] = [];
  for (const execution of executions.values()) {
    if (startedBy(execution, happening)) continue;
    await deliver(work, execution, closing);
    notes.push(`told ${execution.workflow.stem} ${shortId(execution.id)}`);
  }
  return notes;
}

async function deliver({ room, happening }: Work, execution: Execution, closing: readonly number[]) {
  const pull = pullRequestIn(happening.payload);
  const { subject, linked } = execution;
  const belongs =
    pull !== null &&
    (linked.some(({ number }) => number === pull.number) ||
      (subject?.type === "issue" && closing.includes(subject.number)));
  await room.engine.send({
    id: happening.id,
    executionId: execution.id,
    at: happening.receivedAt,
    body: {
      type: "event_received",
      id: happening.id,
      name: happening.name,
      payload: happening.trimmed,
      ...(belongs ? { pullRequest: pull } : {}),
    },
  });
}

/** Every page of a list. */
export async function listAll(
  store: ExecutionStore,
  query: Parameters<ExecutionStore["list"]>[0],
): Promise<readonly Execution[]> {
  const found: Execution[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.list(cursor === null ? query : { ...query, cursor });
    found.push(...page.executions);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

/**
 * True for what our own reports cause: every change of a sticky comment or a check run comes back as an event, and would
 * wake the execution that it reports. Other deeds of ours do satisfy waits.
 */
async function isEcho(work: Work): Promise<boolean> {
  const { room, happening } = work;
  if (happening.event === "check_run" || happening.event === "check_suite") {
    return numberAt(happening.payload, happening.event, "app", "id") === room.appId;
  }
  if (happening.event !== "issue_comment") return false;
  const body = textAt(happening.payload, "comment", "body") ?? "";
  return body.includes("<!-- hishamos:") && (await isOurOwn(work));
}

/** The start's own event is no news to what it started; it comes by here again when a delivery is processed again. */
function startedBy(execution: Execution, happening: Happening): boolean {
  return JSON.stringify(execution.event) === JSON.stringify(happening.trimmed);
}

/** Issues that the event's pull request says it closes. */
function closingOf({ payload, repository }: Happening): readonly number[] {
  const pull = valueAt(payload, "pull_request");
  if (pull === undefined) return [];
  return closedIssues(`${textAt(pull, "title") ?? ""}\n${textAt(pull, "body") ?? ""}`, repository);
}

async function concernedNumbers({ happening, octokit }: Work): Promise<readonly number[]> {
  const { number, payload } = happening;
  if (number !== null) return [number];
  for (const key of ["check_run", "check_suite", "workflow_run"]) {
    const run = valueAt(payload, key);
    if (run === undefined) continue;
    const named = listAt(run, "pull_requests").flatMap((pull) => numberAt(pull, "number") ?? []);
    const sha = textAt(run, "head_sha");
    // A push from a fork names none.
    return named.length > 0 || sha === null ? named : pullsWithHead(octokit, happening, sha);
  }
  const sha =
    textAt(payload, "deployment", "sha") ?? (happening.event === "status" ? textAt(payload, "sha") : null);
  return sha === null ? [] : pullsWithHead(octokit, happening, sha);
}

async function pullsWithHead(
  octokit: Octokit,
  { repository }: Happening,
  sha: string,
): Promise<readonly number[]> {
  try {
    const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
      owner: repository.owner,
      repo: repository.name,
      commit_sha: sha,
    });
    return data.filter(({ head }) => head.sha === sha).map(({ number }) => number);
  } catch (error) {
    // A commit that this repository does not have.
    if (hasStatus(error, 404, 422)) return [];
    throw error;
  }
}
