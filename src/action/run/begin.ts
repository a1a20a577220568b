import { createHash } from "node:crypto";
import type { Execution } from "../../core/execution.ts";
import type { Json } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Problem } from "../../core/problem.ts";
import type { Trigger } from "../../core/workflow.ts";
import { definitionKind } from "../../definition/index.ts";
import type { Engine, Started } from "../../engine/ports/index.ts";
import { kindOf, startByCall } from "../../github/call.ts";
import { handleComment } from "../../github/commands/handle.ts";
import { type Definitions, type WorkflowFile, workflowsIn } from "../../github/definitions.ts";
import { powersOf } from "../../github/gateway/powers.ts";
import { workOn } from "../../github/process.ts";
import { causeOf, type Room, type Work } from "../../github/room.ts";
import { startTriggered } from "../../github/start.ts";
import { hears, type Occasion } from "../../github/triggers.ts";
import type { Job } from "../job.ts";
import type { ActionProblem } from "../problems.ts";
import { happeningOf } from "./happened.ts";

export type Begun =
  | { readonly execution: Execution }
  /** The event is one of those that the workflow names, but this one is none that it wants. */
  | { readonly nothing: string }
  | { readonly problems: readonly Problem[] };

/**
 * Starts the workflow that the job names, as it stands on the default branch: by its trigger where one names the job's
 * event or is for commands and the event a comment, else as if somebody had called it. The same run begins the same execution, whatever its attempt.
 */
export async function begin(whole: Room, job: Job): Promise<Begun> {
  const stem = job.inputs.workflow ?? "";
  const last: { started?: Started } = {};
  const room: Room = {
    ...whole,
    engine: heard(whole.engine, last),
    definitions: {
      ...whole.definitions,
      newest: async (...at) => only(await whole.definitions.newest(...at), stem),
    },
  };
  const news = { id: occurrenceOf(job), event: job.eventName, payload: job.payload, at: room.clock.now() };
  const work = workOn(room, happeningOf(job, news, job.runAttempt > 1));
  const { octokit, happening } = work;
  const definitions = await whole.definitions.newest(octokit, happening.repository, happening.defaultBranch);
  const file = find(definitions, stem);
  if ("problems" in file) return file;
  const { triggers } = file.workflow;
  const named = triggers.filter(({ event }) => event === happening.event);
  const own = job.subject === happening.number;
  if (named.length > 0 && own && !withoutFilters.has(job.eventName)) {
    const occasion: Occasion = { ...happening, by: await causeOf(work) };
    if (!named.some((trigger) => hears(trigger, occasion)))
      return { nothing: named.map((trigger) => whyNot(trigger, occasion)).join("; ") };
    const notes = await startTriggered(work, job.inputs.inputs);
    return outcomeOf(last.started) ?? { nothing: notes.join("; ") };
  }
  if (happening.name === "issue_comment.created" && own && triggers.some(({ command }) => command)) {
    const notes = await handleComment(work);
    const why = notes.length > 0 ? notes.join("; ") : "the comment has no command that starts it";
    return outcomeOf(last.started) ?? { nothing: why };
  }
  return await call(work, definitions as Definitions, file, job);
}

/** Of these a job hears only what it asked for itself. */
const withoutFilters = new Set(["schedule", "workflow_dispatch"]);

async function call(work: Work, definitions: Definitions, file: WorkflowFile, job: Job): Promise<Begun> {
  const { room, happening, octokit } = work;
  const about = job.subject === null ? null : await kindOf(octokit, job.repository, job.subject);
  if (job.subject !== null && about === null)
    return refused(`there is no issue or pull request #${job.subject}`);
  const caller = { kind: "actions", login: job.actor, repository: job.repository.id } as const;
  const called: Work = {
    ...work,
    room: { ...room, authoriser: powersOf(caller, room.authoriser) },
    happening: { ...happening, number: about?.number ?? null, isPullRequest: about?.isPullRequest ?? false },
  };
  const started = await startByCall(called, definitions, {
    file,
    input: job.inputs.inputs,
    event: happening.trimmed,
    occurrence: happening.id,
  });
  if ("refusal" in started) return refused(`the job may not start it: ${started.refusal}`);
  return outcomeOf(started) ?? refused("it was not started");
}

/** One start of one step of a job, in every attempt of its run: what an earlier one made is found again by its id. */
function occurrenceOf({ runId, jobName, step, inputs, subject }: Job): string {
  const what: Json = [jobName, step, inputs.workflow, inputs.inputs, subject];
  return `actions:${runId}:${createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 32)}`;
}

/** Keeps what came of the last start. */
function heard(engine: Engine, last: { started?: Started }): Engine {
  return {
    ...engine,
    async start(request) {
      last.started = await engine.start(request);
      return last.started;
    },
  };
}

function outcomeOf(started: Started | undefined): Begun | null {
  if (started === undefined) return null;
  return started.result === "invalid" ? { problems: started.problems } : { execution: started.execution };
}

/** Of all workflows the one that the job names; agents and settings stay. */
function only(definitions: Definitions | null, stem: string): Definitions | null {
  if (definitions === null) return null;
  return {
    ...definitions,
    files: definitions.files.filter((file) => !("workflow" in file) || file.workflow.stem === stem),
  };
}

function find(
  definitions: Definitions | null,
  stem: string,
): WorkflowFile | { readonly problems: readonly Problem[] } {
  const files = definitions === null ? [] : workflowsIn(definitions);
  const file = files.find(({ workflow }) => workflow.stem === stem);
  if (file?.workflow.status === "draft")
    return refused(`the workflow ${stem} is a draft`, `Set status: active in ${file.path} to run it.`);
  if (file) return file;
  const broken = definitions?.files.find(
    ({ path }) => definitionKind(path) === "workflow" && path.replace(/^.*\/|\.[^.]*$/g, "") === stem,
  );
  if (broken && "problems" in broken) {
    const [invalid] = refused(`the workflow ${stem} is not valid on the default branch`).problems;
    return { problems: [...(invalid ? [invalid] : []), ...broken.problems] };
  }
  const stems = files.map(({ workflow }) => workflow.stem);
  const hint =
    didYouMean(stem, stems) ??
    (stems.length > 0
      ? `There are ${stems.join(", ")}.`
      : "There are none in .hishamos/ of the default branch.");
  return refused(`there is no workflow ${stem} on the default branch`, hint);
}

function refused(message: string, hint?: string): { readonly problems: readonly ActionProblem[] } {
  return { problems: [{ code: "HOS908", message, ...(hint === undefined ? {} : { hint }) }] };
}

/** Which of its filters keeps the trigger from hearing the event. */
function whyNot(trigger: Trigger, occasion: Occasion): string {
  const { event, action, by } = occasion;
  if (by === "bot" || (by === "us" && !trigger.own))
    return "a bot has caused the event, and it may start nothing";
  if (!hears({ ...trigger, labels: [], branches: [] }, occasion))
    return `it is for ${event} ${trigger.types.join(", ")}, and this is ${action ?? "none of them"}`;
  if (!hears({ ...trigger, branches: [] }, occasion))
    return `it is for the label ${trigger.labels.join(", ")}`;
  return `it is for the branch ${trigger.branches.join(", ")}`;
}
