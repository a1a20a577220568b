import type { Execution, WorkflowRef } from "../../core/execution.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { nearest } from "../../core/nearest.ts";
import { formatProblem } from "../../core/problem.ts";
import type { Trigger, Workflow } from "../../core/workflow.ts";
import { parseAnswer } from "../../engine/answer/index.ts";
import { type Definitions, type WorkflowFile, workflowsIn } from "../definitions.ts";
import { code } from "../neutralise.ts";
import type { Work } from "../room.ts";
import { notStarted, presentFor, startWorkflow } from "../start.ts";
import { readSubject } from "../subject.ts";
import { hears, type Occasion, stillHolds } from "../triggers.ts";
import { notAllowed, type Reply, refused, taken } from "./answers.ts";
import { wrongValues } from "./decide.ts";
import type { ParsedCommand } from "./parse.ts";

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
    .flatMap(({ workflow }) => workflow.triggers.flatMap(({ command }) => command?.name ?? []));
  return { definitions, names: new Set(names) };
}

/** `/word key=value …`: starts the workflows that ask for it. Role write and up, unless the trigger names another. */
export async function startByCommand(
  work: Work,
  own: OwnCommands | null,
  { word, rest, block }: Extract<ParsedCommand, { kind: "custom" }>,
  id: string,
): Promise<Reply> {
  const { happening } = work;
  const occasion: Occasion = {
    event: "slash_command",
    action: null,
    payload: happening.payload,
    by: "person",
  };
  const replies: Reply[] = [];
  for (const file of own === null ? [] : workflowsIn(own.definitions)) {
    const trigger = file.workflow.triggers.find(
      (found) => found.command?.name === word && hears(found, occasion),
    );
    if (own === null || trigger === undefined || file.workflow.status !== "active") continue;
    const refusal = await stopped(work, { ...trigger, role: trigger.role ?? "write" }, occasion);
    replies.push(
      refusal === null
        ? await start(work, own.definitions, file, rest, block, `${id}:${file.workflow.stem}`)
        : notAllowed(`/${word}`, refusal),
    );
  }
  const answers = replies.flatMap(({ answer }) => answer ?? []);
  return {
    ok: replies.every(({ ok }) => ok),
    note: replies.length > 0 ? replies.map(({ note }) => note).join("; ") : `/${word} does not apply here`,
    answer: answers.length > 0 ? answers.join("\n\n") : null,
  };
}

async function stopped(work: Work, trigger: Trigger, occasion: Occasion): Promise<string | null> {
  const { happening, octokit } = work;
  const { number, repository, isPullRequest } = happening;
  const now = number === null ? null : await readSubject(octokit, repository, number, isPullRequest);
  if (now === null) return "it is gone";
  return stillHolds(trigger, occasion, await presentFor(work, trigger, now.subject, now.state));
}

/** `run WORKFLOW [key=value …]`; who gave it is authorised. */
export async function runWorkflow(
  work: Work,
  command: { readonly rest: string; readonly block: string | null },
  id: string,
): Promise<Reply> {
  const { room, happening, octokit } = work;
  const [stem = ""] = command.rest.split(/\s+/, 1);
  const definitions = await room.definitions.newest(octokit, happening.repository, happening.defaultBranch);
  if (definitions === null) return noWorkflows();
  const found = findByStem(definitions, stem);
  if ("reply" in found) return found.reply;
  return start(work, definitions, found.file, command.rest.slice(stem.length).trim(), command.block, id);
}

async function start(
  work: Work,
  definitions: Definitions,
  file: WorkflowFile,
  words: string,
  block: string | null,
  occurrence: string,
): Promise<Reply> {
  const { happening, octokit } = work;
  const { stem } = file.workflow;
  const given =
    words === "" && block === null ? { values: {} } : parseAnswer(words, block, inputSchema(file.workflow));
  if ("problems" in given) return wrongValues(`run ${stem}`, given.problems);
  const { number, repository, isPullRequest } = happening;
  const now = number === null ? null : await readSubject(octokit, repository, number, isPullRequest);
  const started = await startWorkflow(
    work,
    definitions,
    file,
    now?.subject ?? null,
    given.values,
    occurrence,
  );
  if ("problems" in started) return refused(`could not start ${stem}`, notStarted(stem, started.problems));
  const joined = started.note.startsWith("joined");
  return taken(started.note, joined ? `${code(stem)} runs here already.` : null);
}

/** The workflow's inputs as the schema of an answer: their types tell how words are read. */
function inputSchema({ inputs }: Workflow): JsonObject {
  const properties = inputs.map(({ name, schema }): [string, Json] => [name, schema ?? {}]);
  return { type: "object", properties: Object.fromEntries(properties), additionalProperties: false };
}

function findByStem(
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

function noWorkflows(): Reply {
  return refused(
    "no workflows",
    `This repository has no workflow in ${code(".hishamos/")} of its default branch.`,
  );
}

/** The newest definition of what an execution runs, stored so that the execution can be pinned to it. */
export async function latestDefinition(
  { room, happening, octokit }: Work,
  { workflow }: Execution,
): Promise<{ readonly workflow: WorkflowRef } | { readonly reply: Reply }> {
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
  await room.stores.definitions.put(hash, { path, text: file.text });
  return { workflow: { name, stem, path, commit: definitions.commit, hash } };
}
