import type { Commanded } from "../../core/event.ts";
import type { Execution } from "../../core/execution.ts";
import { nearest } from "../../core/nearest.ts";
import { formatProblem, unreachable } from "../../core/problem.ts";
import { type Definitions, type WorkflowFile, workflowsIn } from "../definitions.ts";
import { code } from "../neutralise.ts";
import type { Work } from "../room.ts";
import {
  type Admitted,
  admit,
  commandUsers,
  notStarted,
  presentFor,
  type Start,
  startWorkflow,
} from "../start.ts";
import { readSubject } from "../subject.ts";
import { readsFilesOf, subjectFiles } from "../subject-files.ts";
import { hears, type Occasion, stillHolds } from "../triggers.ts";
import { notAllowed, type Reply, refused, taken } from "./answers.ts";
import { inputsOf, readArguments } from "./arguments.ts";
import { wrongValues } from "./decide.ts";
import type { ParsedCommand } from "./parse.ts";
import { mayUse } from "./permitted.ts";

/** Commands that the repository's own workflows define by `on: slash_command`. */
export interface OwnCommands {
  readonly definitions: Definitions;
  readonly names: ReadonlySet<string>;
}

export async function ownCommands({ room, happening, octokit }: Work): Promise<OwnCommands | null> {
  const definitions = await room.definitions.newest(octokit, happening.repository, happening.defaultBranch);
  if (definitions === null) return null;
  const names = workflowsIn(definitions)
    .filter(({ workflow }) => workflow.status === "active")
    .flatMap(({ workflow }) => workflow.triggers)
    .flatMap(({ command }) => (command?.on.includes(placeOf(happening)) ? command.name : []));
  return { definitions, names: new Set(names) };
}

function placeOf({ isPullRequest }: Work["happening"]): "issue" | "pull_request" {
  return isPullRequest ? "pull_request" : "issue";
}

/** `/word value key=value …`: starts the workflows that ask for it. Role write and up, unless the trigger names another. */
export async function startByCommand(
  work: Work,
  own: OwnCommands | null,
  { word, rest, block }: Extract<ParsedCommand, { kind: "custom" }>,
  id: string,
): Promise<Reply> {
  const { happening, octokit } = work;
  const { number, repository, isPullRequest, payload } = happening;
  const occasion: Occasion = { event: "slash_command", action: null, payload, by: "person" };
  const found = number === null ? null : await readSubject(octokit, repository, number, isPullRequest);
  if (own === null || found === null) return refused(`/${word}: gone`, "What this was written on is gone.");
  const files = subjectFiles(work);
  const replies: Reply[] = [];
  for (const file of workflowsIn(own.definitions)) {
    const heard = file.workflow.triggers.find(
      (trigger) =>
        trigger.command?.name === word &&
        trigger.command.on.includes(placeOf(happening)) &&
        hears(trigger, occasion),
    );
    if (heard === undefined || file.workflow.status !== "active") continue;
    const trigger = { ...heard, role: heard.role ?? "write" };
    const given = readArguments(rest, block, heard.command?.args ?? [], file.workflow);
    if ("problems" in given) {
      replies.push(wrongValues(`/${word}`, given.problems));
      continue;
    }
    const event = { ...happening.trimmed, args: given.values };
    const now = await files.fill(file.workflow, found);
    const present = await presentFor(work, trigger, now, own.definitions.config.vars, event);
    const unmet = stillHolds(trigger, occasion, present);
    const admitted: Admitted =
      unmet === null ? await admit(work, trigger, "person", now.subject) : { refusal: unmet };
    if ("refusal" in admitted) {
      replies.push(notAllowed(`/${word}`, admitted.refusal));
      continue;
    }
    replies.push(
      await start(work, own.definitions, {
        ...admitted,
        file,
        subject: now.subject,
        input: inputsOf(given.values, file.workflow),
        occurrence: `${id}:${file.workflow.stem}`,
        trigger: "slash_command",
        event,
      }),
    );
  }
  const answers = replies.flatMap(({ answer }) => answer ?? []);
  return {
    ok: replies.every(({ ok }) => ok),
    note: replies.length > 0 ? replies.map(({ note }) => note).join("; ") : `/${word} does not apply here`,
    answer: answers.length > 0 ? answers.join("\n\n") : null,
  };
}

/** `run WORKFLOW [key=value …]`, from somebody who may. */
export async function runWorkflow(
  work: Work,
  command: { readonly rest: string; readonly block: string | null },
  occurrence: string,
): Promise<Reply> {
  const { room, happening, octokit } = work;
  const [stem = ""] = command.rest.split(/\s+/, 1);
  const definitions = await room.definitions.newest(octokit, happening.repository, happening.defaultBranch);
  const found = definitions && findByStem(definitions, stem);
  const file = found && "file" in found ? found.file : null;
  // Who may not run anything is not told what there is to be run.
  const refusal = await mayUse(work, "run", file?.workflow ?? null);
  if (refusal !== null) return notAllowed("run", refusal);
  if (definitions === null || found === null) return noWorkflows();
  if ("reply" in found) return found.reply;
  const { workflow } = found.file;
  const given = readArguments(command.rest.slice(stem.length), command.block, [], workflow);
  if ("problems" in given) return wrongValues(`run ${stem}`, given.problems);
  const { number, repository, isPullRequest } = happening;
  const present = number === null ? null : await readSubject(octokit, repository, number, isPullRequest);
  const now = await subjectFiles(work).fill(workflow, present);
  return start(work, definitions, {
    file: found.file,
    subject: now?.subject ?? null,
    input: given.values,
    occurrence,
    trigger: null,
    held: null,
    hops: 0,
  });
}

async function start(work: Work, definitions: Definitions, request: Start): Promise<Reply> {
  const { stem } = request.file.workflow;
  const started = await startWorkflow(work, definitions, request);
  if ("problems" in started) return refused(`could not start ${stem}`, notStarted(stem, started.problems));
  switch (started.result) {
    case "slot_taken":
      return taken(started.note, `${code(stem)} runs here already.`);
    case "queued":
      return taken(started.note, `${code(stem)} begins when the one before it has ended.`);
    case "rejected":
      return refused(started.note, `I could not start ${code(stem)}: another one of its group is under way.`);
    case "created":
    case "exists":
      return taken(started.note);
    default:
      return unreachable(started.result);
  }
}

/** The active workflow of the default branch that commands call so, or the answer that says why there is none. */
export function findByStem(
  definitions: Definitions,
  stem: string,
): { readonly file: WorkflowFile } | { readonly reply: Reply } {
  const files = workflowsIn(definitions);
  const file = files.find(({ workflow }) => workflow.stem === stem);
  if (file?.workflow.status === "draft") {
    return {
      reply: refused(
        "a draft",
        `${code(stem)} is a draft. Set ${code("status: active")} in ${code(file.path)} to run it.`,
      ),
    };
  }
  if (file) return { file };
  const broken = definitions.files.find(({ path }) => path.replace(/^.*\/|\.[^.]*$/g, "") === stem);
  if (broken && "problems" in broken) {
    const first = broken.problems[0];
    const detail = first === undefined ? "" : `: ${code(formatProblem(first))}`;
    return { reply: refused("invalid definition", `${code(broken.path)} is not valid${detail}`) };
  }
  const stems = files
    .filter(({ workflow }) => workflow.status === "active")
    .map(({ workflow }) => workflow.stem);
  if (stems.length === 0) return { reply: noWorkflows() };
  const close = nearest(stem, stems);
  const hint =
    close === undefined
      ? `There are ${stems.map((known) => code(known)).join(", ")}.`
      : `Did you mean ${code(close)}?`;
  const what = stem === "" ? "Which workflow?" : `There is no workflow ${code(stem)} here.`;
  return { reply: refused("unknown workflow", `${what} ${hint}`) };
}

export function noWorkflows(): Reply {
  return refused(
    "no workflows",
    `This repository has no workflow in ${code(".hishamos/")} of its default branch.`,
  );
}

/** The newest definition of what an execution runs, stored so that the execution can be pinned to it. */
export async function latestDefinition(
  work: Work,
  { workflow, subject }: Execution,
): Promise<Pick<Commanded, "workflow" | "commands" | "files"> | { readonly reply: Reply }> {
  const { room, happening, octokit } = work;
  const definitions = await room.definitions.newest(octokit, happening.repository, happening.defaultBranch);
  const file = definitions?.files.find(({ path }) => path === workflow.path);
  if (definitions === null || file === undefined) {
    const gone = `${code(workflow.path)} is no longer on the default branch. Retry without ${code("latest")}.`;
    return { reply: refused("retry latest: gone", gone) };
  }
  if (!("workflow" in file)) {
    const invalid = `${code(workflow.path)} is not valid at present. Correct it, or retry without ${code("latest")}.`;
    return { reply: refused("retry latest: invalid", invalid) };
  }
  const { name, stem, path, hash } = file.workflow;
  const files = file.files.size === 0 ? {} : { files: Object.fromEntries(file.files) };
  await room.stores.definitions.put(hash, { path, text: file.text, ...files }, room.clock.now());
  const latest = {
    workflow: { name, stem, path, commit: definitions.commit, hash },
    commands: commandUsers(definitions),
  };
  if (!readsFilesOf(file.workflow, subject)) return latest;
  const paths = await subjectFiles(work).of(subject.number);
  return paths === null ? latest : { ...latest, files: paths };
}
