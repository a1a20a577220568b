import type { Execution, Subject } from "../core/execution.ts";
import type { Json } from "../core/json.ts";
import type { Problem } from "../core/problem.ts";
import type { Trigger } from "../core/workflow.ts";
import { type Definitions, type WorkflowFile, workflowsIn } from "./definitions.ts";
import { code, neutralise } from "./neutralise.ts";
import { valueAt } from "./payload.ts";
import { changedFiles } from "./push.ts";
import { answerOnce, isOurOwn, shortId, type Work } from "./room.ts";
import { readSubject, subjectRoot } from "./subject.ts";
import { hears, type Occasion, type Present, stillHolds } from "./triggers.ts";

/** Starts every active workflow of the default branch that a trigger of it wants started by this event. */
export async function startTriggered(work: Work): Promise<readonly string[]> {
  const { room, happening, octokit } = work;
  // Actions starts nothing for a deleted branch either.
  if (happening.event === "push" && valueAt(happening.payload, "deleted") === true) return [];
  const definitions = await room.definitions.newest(octokit, happening.repository, happening.defaultBranch);
  if (definitions === null) return [];
  const occasion: Occasion = {
    event: happening.event,
    action: happening.action,
    payload: happening.payload,
    by: !happening.sender.isBot ? "person" : (await isOurOwn(work)) ? "us" : "bot",
  };
  const wanted = workflowsIn(definitions).flatMap((file) => {
    const triggers = file.workflow.triggers.filter((trigger) => hears(trigger, occasion));
    return file.workflow.status === "active" && triggers.length > 0 ? [{ file, triggers }] : [];
  });
  if (wanted.length === 0) return [];

  const { number, repository, isPullRequest } = happening;
  const now = number === null ? null : await readSubject(octokit, repository, number, isPullRequest);
  if (number !== null && now === null) return [`#${number} is gone`];
  const notes: string[] = [];
  for (const { file, triggers } of wanted) {
    let reason: string | null = null;
    for (const trigger of triggers) {
      const present = await presentFor(work, trigger, now?.subject ?? null, now?.state ?? null);
      reason = stillHolds(trigger, occasion, present);
      if (reason === null) break;
    }
    if (reason !== null) notes.push(`did not start ${file.workflow.stem}: ${reason}`);
    else notes.push(await startByTrigger(work, definitions, file, now?.subject ?? null));
  }
  return notes;
}

async function startByTrigger(
  work: Work,
  definitions: Definitions,
  file: WorkflowFile,
  subject: Subject | null,
): Promise<string> {
  const { happening } = work;
  const { stem } = file.workflow;
  const started = await startWorkflow(work, definitions, file, subject, {}, happening.id);
  if ("note" in started) return started.note;
  if (happening.number !== null) {
    const body = notStarted(stem, started.problems);
    await answerOnce(work, happening.number, `${happening.id}:${stem}`, body);
  }
  return `could not start ${stem}: ${started.problems.map(({ message }) => message).join("; ")}`;
}

export type StartResult = { readonly note: string } | { readonly problems: readonly Problem[] };

/** Starts it, once per occurrence. The note says what came of it, as `started bug 3f2a91c0`. */
export async function startWorkflow(
  { room, happening }: Work,
  definitions: Definitions,
  { workflow, text }: WorkflowFile,
  subject: Subject | null,
  input: Readonly<Record<string, Json>>,
  occurrence: string,
): Promise<StartResult> {
  const started = await room.engine.start({
    workflow,
    text,
    commit: definitions.commit,
    repository: happening.repository,
    installation: happening.installation,
    subject,
    actor: happening.sender.login,
    event: happening.trimmed,
    input,
    occurrence,
  });
  switch (started.result) {
    case "invalid":
      return { problems: started.problems };
    case "created":
      return { note: `started ${workflow.stem} ${shortId(started.execution.id)}` };
    case "exists":
      return { note: `had started ${workflow.stem} ${shortId(started.execution.id)}` };
    case "slot_taken":
      return { note: `joined ${workflow.stem} ${await holderOf(room, started.execution)}` };
    default:
      return started satisfies never;
  }
}

/** Who holds the concurrency group that this start wanted. */
async function holderOf({ stores }: Work["room"], { repository, slot }: Execution): Promise<string> {
  if (slot === null) return "";
  const { executions } = await stores.executions.list({ repository: repository.id, slot, limit: 1 });
  return executions.map(({ id }) => shortId(id)).join("");
}

/** The answer to people where a start lacks something. */
export function notStarted(stem: string, problems: readonly Problem[]): string {
  return [
    `I could not start ${code(stem)}:`,
    "",
    ...problems.map(({ message, hint }) => `- ${neutralise([message, hint].filter(Boolean).join(" "))}`),
    "",
    `Start it by hand with ${code(`/hishamos run ${stem} key=value`)}.`,
  ].join("\n");
}

export async function presentFor(
  { room, happening, octokit }: Work,
  trigger: Trigger,
  subject: Subject | null,
  state: Present["state"],
): Promise<Present> {
  const { repository, sender, trimmed } = happening;
  const roots: ReadonlyMap<string, Json> = new Map<string, Json>([
    ["event", trimmed],
    ["subject", subjectRoot(subject)],
    ["actor", sender.login],
    ["repo", { ...repository, full_name: `${repository.owner}/${repository.name}` }],
    ["vars", {}],
  ]);
  return {
    subject,
    state,
    role: trigger.role === null ? "none" : await room.authoriser.roleOf(octokit, repository, sender.login),
    files: trigger.paths.length === 0 ? [] : await changedFiles(octokit, happening),
    root: (name) => roots.get(name),
    now: room.clock.now(),
  };
}
