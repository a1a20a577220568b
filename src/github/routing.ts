import type { Execution } from "../core/execution.ts";
import { createCauses, type EventCause } from "./causes.ts";
import { closingOf, concerned } from "./concerned.ts";
import type { Happening } from "./happening.ts";
import { numberAt, textAt, valueAt } from "./payload.ts";
import { isOurOwn, shortId, type Work } from "./room.ts";
import { pullRequestIn } from "./subject.ts";
import { readsFilesOf, subjectFiles } from "./subject-files.ts";

/** Hands the event to every unfinished execution whose subject or linked pull request it concerns. */
export async function routeEvent(work: Work): Promise<readonly string[]> {
  const { room, happening } = work;
  const { repository } = happening;
  const unfinished = { repository: repository.id, states: ["running", "paused"] } as const;
  // Most events of a repository concern nobody: ask the cheapest question first.
  const some = await room.stores.executions.list({ ...unfinished, limit: 1 });
  if (some.executions.length === 0 || (await isEcho(work))) return [];

  const closing = closingOf(happening);
  const executions = await concerned(work);
  if (executions.length === 0) return [];
  const causeFor = await createCauses(work);
  const filesFor = changesFor(work);
  const notes: string[] = [];
  for (const execution of executions) {
    if (startedBy(execution, happening)) continue;
    const [cause, files] = [await causeFor(execution), await filesFor(execution)];
    await deliver(work, execution, { closing, cause, files });
    notes.push(`told ${execution.workflow.stem} ${shortId(execution.id)}`);
  }
  return notes;
}

/** What is known of an event besides its payload. */
interface Known {
  /** Issues that its pull request says it closes. */
  readonly closing: readonly number[];
  readonly cause: EventCause;
  readonly files: readonly string[] | null;
}

async function deliver({ room, happening }: Work, execution: Execution, { closing, cause, files }: Known) {
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
      ...(cause === null ? {} : { cause }),
      ...(files === null ? {} : { files }),
    },
  });
}

/**
 * What the subject changes, where that may be other files than the execution knows of, because its head or base moved,
 * and its workflow reads them; else null.
 */
function changesFor(work: Work): (execution: Execution) => Promise<readonly string[] | null> {
  const { room, happening } = work;
  const files = subjectFiles(work);
  const pull = pullRequestIn(happening.payload);
  const moved =
    happening.name === "pull_request.synchronize" ||
    valueAt(happening.payload, "changes", "base") !== undefined;
  return async (execution) => {
    const { subject } = execution;
    if (pull === null || subject?.number !== pull.number) return null;
    // The event that moved the head may have been lost, and an older release read no files.
    if (!moved && subject.head_sha === pull.head_sha && subject.files) return null;
    if (!readsFilesOf(await room.engine.workflowOf(execution), subject)) return null;
    return files.of(subject.number);
  };
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
  // A command's own arguments are no part of what GitHub delivers.
  const { args: _, ...delivered } = execution.event;
  return JSON.stringify(delivered) === JSON.stringify(happening.trimmed);
}
