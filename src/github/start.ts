import type { CommandUsers, Execution, Subject } from "../core/execution.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { inFull, type Problem, unreachable } from "../core/problem.ts";
import type { Trigger } from "../core/workflow.ts";
import type { Started } from "../engine/ports/index.ts";
import { type Definitions, type WorkflowFile, workflowsIn } from "./definitions.ts";
import { hopsOf, mostHops } from "./hops.ts";
import { code, neutralise } from "./neutralise.ts";
import { outsiderOf } from "./outsiders.ts";
import { valueAt } from "./payload.ts";
import { changedFiles } from "./push.ts";
import { answerOnce, causeOf, shortId, type Work } from "./room.ts";
import { type PresentSubject, readSubject, subjectRoot } from "./subject.ts";
import { subjectFiles } from "./subject-files.ts";
import { type Cause, hears, type Occasion, type Present, stillHolds } from "./triggers.ts";

/**
 * Starts every active workflow of the default branch that a trigger of it wants started by this event. `input`: what is
 * given besides the event.
 */
export async function startTriggered(work: Work, input: JsonObject = {}): Promise<readonly string[]> {
  const { room, happening, octokit } = work;
  // Actions starts nothing for a deleted branch either.
  if (happening.event === "push" && valueAt(happening.payload, "deleted") === true) return [];
  const definitions = await room.definitions.newest(octokit, happening.repository, happening.defaultBranch);
  if (definitions === null) return [];
  const occasion: Occasion = {
    event: happening.event,
    action: happening.action,
    payload: happening.payload,
    by: await causeOf(work),
  };
  const wanted = workflowsIn(definitions).flatMap((file) => {
    const triggers = file.workflow.triggers.filter((trigger) => hears(trigger, occasion));
    return file.workflow.status === "active" && triggers.length > 0 ? [{ file, triggers }] : [];
  });
  if (wanted.length === 0) return [];
  const { number, repository, isPullRequest } = happening;
  const now = number === null ? null : await readSubject(octokit, repository, number, isPullRequest);
  if (number !== null && now === null) return [`#${number} is gone`];

  const files = subjectFiles(work);
  const notes: string[] = [];
  for (const { file, triggers } of wanted) {
    let reason: string | null = null;
    const about = await files.fill(file.workflow, now);
    const subject = about?.subject ?? null;
    for (const trigger of triggers) {
      const present = await presentFor(work, trigger, about, definitions.config.vars);
      reason = stillHolds(trigger, occasion, present);
      if (reason !== null) continue;
      const admitted = await admit(work, trigger, occasion.by, subject);
      if ("refusal" in admitted) reason = admitted.refusal;
      else notes.push(await startByTrigger(work, definitions, { file, subject, input, ...admitted }));
      break;
    }
    if (reason !== null) notes.push(`did not start ${file.workflow.stem}: ${reason}`);
  }
  return notes;
}

/** On what terms a start is let in. */
export type Admitted = Pick<Start, "held" | "hops"> | { readonly refusal: string };

/** Whether the start has to be allowed first, or not to be at all: for its sender, or for what lies behind it. */
export async function admit(
  work: Work,
  trigger: Trigger,
  cause: Cause,
  subject: Subject | null,
): Promise<Admitted> {
  const hops = await hopsOf(work, cause);
  if (hops >= mostHops) {
    return {
      refusal: `${hops} executions in a row have caused this without a person; that looks like a loop`,
    };
  }
  const outsider = trigger.outsiders === "run" ? null : await outsiderOf(work, trigger, cause, subject);
  if (outsider === null) return { held: null, hops };
  if (trigger.outsiders === "ignore") return { refusal: `${outsider} is an outsider, whom it ignores` };
  // Without a place for people to allow it, it would wait for ever.
  if (subject === null)
    return { refusal: `${outsider} is an outsider, and there is no issue to allow it on` };
  return { held: outsider, hops };
}

async function startByTrigger(
  work: Work,
  definitions: Definitions,
  start: Pick<Start, "file" | "subject" | "input" | "held" | "hops">,
): Promise<string> {
  const { happening } = work;
  const { stem } = start.file.workflow;
  const { id: occurrence, name: trigger } = happening;
  const before = start.held === null ? [] : await heldBefore(work, start);
  if (before.length > 0 && !replaces(start.file, trigger)) return `${stem} waits to be allowed already`;
  const started = await startWorkflow(work, definitions, { ...start, trigger, occurrence });
  if ("note" in started) {
    // After the start, so that a crash in between leaves one too many and not none.
    for (const { id } of before) await giveUp(work, id);
    return started.note;
  }
  if (happening.number !== null) {
    const body = notStarted(stem, started.problems);
    await answerOnce(work, happening.number, `${happening.id}:${stem}`, body);
  }
  return `could not start ${stem}: ${started.problems.map(({ message }) => message).join("; ")}`;
}

/** Starts of the same workflow on the same subject that wait to be allowed: they hold no concurrency group yet. */
async function heldBefore(
  { room, happening }: Work,
  { file, subject }: Pick<Start, "file" | "subject">,
): Promise<readonly Execution[]> {
  if (subject === null) return [];
  const { executions } = await room.stores.executions.list({
    repository: happening.repository.id,
    subject: subject.number,
    states: ["paused"],
  });
  return executions.filter(({ held, workflow, event }) => {
    const own = JSON.stringify(event) === JSON.stringify(happening.trimmed);
    return held !== null && workflow.path === file.path && !own;
  });
}

/** Whether newer commits take the place of what waits, as they would of what runs. */
function replaces({ workflow }: WorkflowFile, trigger: string): boolean {
  const usual = trigger === "pull_request.synchronize" ? "cancel_running" : "join";
  return (workflow.concurrency.onConflict ?? usual) === "cancel_running";
}

async function giveUp({ room, happening }: Work, executionId: string): Promise<void> {
  const { receivedAt: at, sender } = happening;
  // The event itself has gone to it under the delivery's own id.
  const id = `${happening.id}:newer`;
  const reason = "newer commits";
  const body = {
    type: "commanded",
    id,
    command: "cancel",
    by: sender.login,
    step: null,
    reason,
  } as const;
  await room.engine.send({ id, executionId, at, body });
}

/** One start, as it is asked of the engine. */
export interface Start {
  readonly file: WorkflowFile;
  readonly subject: Subject | null;
  readonly input: Readonly<Record<string, Json>>;
  readonly occurrence: string;
  /** As `pull_request.synchronize` or `slash_command`; null for `/hishamos run`. */
  readonly trigger: string | null;
  /** Login of the outsider whose start has to be allowed first. */
  readonly held: string | null;
  readonly hops: number;
  /** What the workflow sees of the event; the happening's unless given. */
  readonly event?: JsonObject;
}

export type StartResult =
  | { readonly result: Exclude<Started["result"], "invalid">; readonly note: string }
  | { readonly problems: readonly Problem[] };

/** Starts it, once per occurrence. The note says what came of it, as `started bug 3f2a91c0`. */
export async function startWorkflow(
  { room, happening }: Work,
  definitions: Definitions,
  { file, event = happening.trimmed, ...start }: Start,
): Promise<StartResult> {
  const { workflow, text, files } = file;
  const started = await room.engine.start({
    ...start,
    workflow,
    text,
    files,
    commit: definitions.commit,
    repository: happening.repository,
    installation: happening.installation,
    actor: happening.sender.login,
    event,
    vars: definitions.config.vars,
    commands: commandUsers(definitions),
  });
  if (started.result === "invalid") return { problems: started.problems };
  const { result, execution } = started;
  return { result, note: await noteOf(room, result, execution, workflow.stem) };
}

async function noteOf(
  room: Work["room"],
  result: Exclude<Started["result"], "invalid">,
  execution: Execution,
  stem: string,
): Promise<string> {
  const id = shortId(execution.id);
  switch (result) {
    case "created":
      return execution.held === null ? `started ${stem} ${id}` : `holds ${stem} ${id} of ${execution.held}`;
    case "exists":
      return `had started ${stem} ${id}`;
    case "slot_taken":
      return `joined ${stem} ${await holderOf(room, execution)}`;
    case "queued":
      return `queued ${stem} ${id}`;
    case "rejected":
      return `did not start ${stem}: ${id} of its group is under way`;
    default:
      return unreachable(result);
  }
}

/** Who holds the concurrency group that this start wanted. */
async function holderOf({ stores }: Work["room"], { repository, slot }: Execution): Promise<string> {
  if (slot === null) return "";
  const { executions } = await stores.executions.list({ repository: repository.id, slot, limit: 1 });
  return executions.map(({ id }) => shortId(id)).join("");
}

/** Who may use which command, as the settings say. */
export function commandUsers({ config }: Definitions): CommandUsers {
  return Object.fromEntries(config.commands);
}

/** The answer to people where a start lacks something. */
export function notStarted(stem: string, problems: readonly Problem[]): string {
  return [
    `I could not start ${code(stem)}:`,
    "",
    ...problems.map((problem) => `- ${neutralise(inFull(problem))}`),
    "",
    `Start it by hand with ${code(`/hishamos run ${stem} key=value`)}.`,
  ].join("\n");
}

export async function presentFor(
  { room, happening, octokit }: Work,
  trigger: Trigger,
  now: PresentSubject | null,
  vars: JsonObject,
  event = happening.trimmed,
): Promise<Present> {
  const { repository, sender } = happening;
  const subject = now?.subject ?? null;
  const roots: ReadonlyMap<string, Json> = new Map<string, Json>([
    ["event", event],
    ["subject", subjectRoot(subject)],
    ["actor", sender.login],
    ["repo", { ...repository, full_name: `${repository.owner}/${repository.name}` }],
    ["vars", vars],
  ]);
  return {
    subject,
    state: now?.state ?? null,
    role: trigger.role === null ? "none" : await room.authoriser.roleOf(octokit, repository, sender.login),
    files: trigger.paths.length === 0 ? [] : await changedFiles(octokit, happening),
    root: (name) => roots.get(name),
    now: room.clock.now(),
  };
}
