import type { Execution } from "../../core/execution.ts";
import type { CommandName } from "../../definition/index.ts";
import type { MessageBody } from "../../engine/ports/index.ts";
import { perform } from "../actions/perform.ts";
import { executionsAt } from "../elsewhere.ts";
import { numberAt, textAt } from "../payload.ts";
import { answerOnce, shortId, takenBy, type Work } from "../room.ts";
import {
  ambiguous,
  helpText,
  notAllowed,
  nothingRuns,
  problemReply,
  type Reply,
  statusText,
  taken,
  unknownCommand,
  usage,
} from "./answers.ts";
import { type Prepared, prepareAnswer, prepareDecision, prepareInability } from "./decide.ts";
import { explainWorkflow } from "./explain.ts";
import { type ParsedCommand, parseCommands } from "./parse.ts";
import { mayCommand, mayUse } from "./permitted.ts";
import { latestDefinition, ownCommands, runWorkflow, startByCommand } from "./start.ts";
import { findTarget, takers } from "./target.ts";

const neverAborted = new AbortController().signal;

type Command = Extract<ParsedCommand, { kind: "command" }>;
type Steering = Exclude<CommandName, "status" | "run" | "explain" | "help">;

/**
 * Carries out the commands of a new comment, in their order: a reaction at once, an answer where something is to be said,
 * a reaction at the end. Edits and bots are not heard; neither is a short form that nothing here can take.
 */
export async function handleComment(work: Work): Promise<readonly string[]> {
  const { room, happening, octokit } = work;
  const { number, payload, repository, sender } = happening;
  const comment = numberAt(payload, "comment", "id");
  if (happening.name !== "issue_comment.created" || number === null || comment === null || sender.isBot)
    return [];
  const parsed = parseCommands(textAt(payload, "comment", "body") ?? "");
  if (parsed.length === 0) return [];

  const list = () => executionsAt(work, number);
  const executions = await list();
  const own = parsed.some(({ kind }) => kind === "custom") ? await ownCommands(work) : null;
  const heard = parsed.flatMap((command, at) => {
    if (command.kind === "custom" && !own?.names.has(command.word)) return [];
    const id = `comment:${comment}:${at}`;
    const known = takenBy(executions, id) !== undefined;
    if (
      command.kind === "command" &&
      command.short &&
      !known &&
      takers(command.name, executions).length === 0
    )
      return [];
    return [{ command, id }];
  });
  if (heard.length === 0) return [];

  const react = async (content: "eyes" | "+1" | "confused") => {
    const request = { owner: repository.owner, repo: repository.name, comment_id: comment, content };
    const tell = (error: unknown) => room.log.warn({ comment, err: error }, "could not react to a comment");
    // A reaction is a courtesy: one that can't be made (the comment is deleted) keeps nothing from being done.
    try {
      const result = await perform({
        effect: { class: "repeatable", done: [] },
        mayHaveHappened: false,
        call: () => octokit.rest.reactions.createForIssueComment({ ...request, request: { retries: 0 } }),
        find: async () => null,
        clock: room.clock,
        signal: neverAborted,
      });
      if (result.outcome !== "done") tell(result.error);
    } catch (error) {
      tell(error);
    }
  };
  await react("eyes");
  const replies: Reply[] = [];
  for (const { command, id } of heard) {
    const reply =
      command.kind === "unknown"
        ? unknownCommand(command.word)
        : command.kind === "custom"
          ? await startByCommand(work, own, command, id)
          : await carryOut(work, command, id, await list());
    if (reply.answer !== null) await answerOnce(work, number, id, reply.answer);
    replies.push(reply);
  }
  await react(replies.every(({ ok }) => ok) ? "+1" : "confused");
  return replies.map(({ note }) => note);
}

async function carryOut(
  work: Work,
  command: Command,
  id: string,
  executions: readonly Execution[],
): Promise<Reply> {
  switch (command.name) {
    case "help":
    case "explain":
    case "status": {
      const refusal = await mayUse(work, command.name, null);
      if (refusal !== null) return notAllowed(command.name, refusal);
      if (command.name === "help") return taken("help", helpText());
      if (command.name === "explain") return explainWorkflow(work, command.rest, executions);
      const named = executions.filter(({ workflow }) => workflow.stem === command.rest);
      const shown = named.length > 0 ? named : executions;
      return shown.length === 0 ? nothingRuns("status") : taken("status", statusText(shown));
    }
    case "run":
      return runWorkflow(work, command, id);
    case "pause":
    case "resume":
    case "cancel":
    case "retry":
    case "skip":
    case "allow":
    case "approve":
    case "reject":
    case "done":
    case "fail":
      return steer(work, command.name, command, id, executions);
    default:
      return command.name satisfies never;
  }
}

/** A command for an execution: checked, then sent, so that whoever gave it learns at once what is wrong with it. */
async function steer(
  work: Work,
  name: Steering,
  command: Command,
  id: string,
  executions: readonly Execution[],
): Promise<Reply> {
  const { room, happening } = work;
  const taker = takenBy(executions, id);
  if (taker !== undefined) return taken(`${name} for ${taker.workflow.stem} ${shortId(taker.id)}`);
  const target = findTarget(name, command.rest, executions);
  if ("none" in target) return nothingRuns(name);
  if ("several" in target) return ambiguous(name, target.several);
  const { execution, rest } = target;
  const prepared = await prepare(work, name, execution, rest, command.block, id);
  const what = `${name} for ${execution.workflow.stem} ${shortId(execution.id)}`;
  if ("reply" in prepared) return prepared.reply;
  const problem = await room.engine.check(execution, prepared.body);
  if (problem !== null) return problemReply(name, problem);
  await room.engine.send({ id, executionId: execution.id, at: happening.receivedAt, body: prepared.body });
  return taken(what);
}

/**
 * What a command sends to the execution, or the answer that says why nothing is sent: `rest` is what stands behind the
 * command's name, `block` the YAML below it. `id` names the message.
 */
export async function prepare(
  work: Work,
  name: Steering,
  execution: Execution,
  rest: string,
  block: string | null,
  id: string,
): Promise<Prepared> {
  if (name === "approve" || name === "reject") return prepareDecision(work, execution, name, rest, id);
  if (name === "done") return prepareAnswer(work, execution, rest, block, id);
  if (name === "fail") return prepareInability(work, execution, rest, id);
  const { login } = work.happening.sender;
  const refusal = await mayCommand(work, name, execution);
  if (refusal !== null) return { reply: notAllowed(name, refusal) };
  const commanded = (
    step: string | null,
    reason: string | null,
  ): Extract<MessageBody, { type: "commanded" }> => {
    return { type: "commanded", id, command: name, by: login, step, reason };
  };
  if (name === "retry") {
    const { from, latest } = /^(?:from\s+(?<from>\S+))?\s*(?<latest>latest)?$/i.exec(rest)?.groups ?? {};
    if (from === undefined && latest === undefined && rest !== "")
      return { reply: usage("retry [from STEP] [latest]") };
    const body = commanded(from ?? null, null);
    if (latest === undefined) return { body };
    const definition = await latestDefinition(work, execution);
    return "reply" in definition ? definition : { body: { ...body, ...definition } };
  }
  if (name === "skip") {
    const [step = ""] = rest.split(/\s+/, 1);
    const reason = rest.slice(step.length).trim();
    if (step === "") return { reply: usage("skip STEP") };
    return { body: commanded(step, reason === "" ? null : reason) };
  }
  return { body: commanded(null, rest === "" ? null : rest) };
}
