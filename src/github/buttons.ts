import type { Execution } from "../core/execution.ts";
import { inFull } from "../core/problem.ts";
import type { MessageBody } from "../engine/ports/index.ts";
import { mayCommand } from "./commands/permitted.ts";
import { code, neutralise } from "./neutralise.ts";
import { listAt, numberAt, textAt } from "./payload.ts";
import { pendingApprovals } from "./pending.ts";
import { answerOnce, shortId, takenBy, type Work } from "./room.ts";

/** Identifiers of a check run's buttons, as its reporter writes them, but for those of approvals. */
const commands = ["pause", "resume", "cancel", "retry", "allow"] as const;
type Command = (typeof commands)[number];

/**
 * A button of a check run was pressed. Its `external_id` says what it belongs to: `executionId`, or
 * `executionId/step/asking` where it decides an approval as it was asked then.
 */
export async function pressButton(work: Work): Promise<readonly string[]> {
  const { room, happening } = work;
  if (happening.name !== "check_run.requested_action") return [];
  const { payload, repository, sender } = happening;
  if (numberAt(payload, "check_run", "app", "id") !== room.appId) return [];
  const button = textAt(payload, "requested_action", "identifier") ?? "";
  // A step's path has slashes of its own.
  const [, id = "", step, asking] =
    /^([^/]*)(?:\/(.+)\/(\d+))?$/.exec(textAt(payload, "check_run", "external_id") ?? "") ?? [];
  const execution = id === "" ? null : await room.stores.executions.load(id);
  if (execution === null || execution.repository.id !== repository.id)
    return ["a button of no execution here"];

  const what = `${button} by button for ${execution.workflow.stem} ${shortId(execution.id)}`;
  if (takenBy([execution], happening.id) !== undefined) return [what];
  const body =
    button === "approve" || button === "reject"
      ? await decision(work, execution, button, step ?? null, asking === undefined ? null : Number(asking))
      : await command(work, execution, button);
  if (body === null) return [`unknown button ${button.slice(0, 20)}`];
  const refusal = typeof body === "string" ? body : await refusalOf(work, execution, body);
  if (refusal === null && typeof body !== "string") {
    await room.engine.send({ id: happening.id, executionId: execution.id, at: happening.receivedAt, body });
    return [what];
  }
  const number = placeToAnswer(work, execution);
  if (number !== null && refusal !== null) {
    const text = `I can't take ${code(button)} from ${code(sender.login)}: ${neutralise(refusal)}`;
    await answerOnce(work, number, happening.id, /[.!?]$/.test(text) ? text : `${text}.`);
  }
  return [`${what} refused: ${refusal ?? ""}`];
}

async function refusalOf({ room }: Work, execution: Execution, body: MessageBody): Promise<string | null> {
  const problem = await room.engine.check(execution, body);
  return problem && inFull(problem);
}

/** What to send, or why not. */
async function decision(
  { room, happening, octokit }: Work,
  execution: Execution,
  button: "approve" | "reject",
  step: string | null,
  asking: number | null,
): Promise<MessageBody | string> {
  const { login } = happening.sender;
  const pending = pendingApprovals(execution, await room.engine.workflowOf(execution));
  const approval =
    step === null && pending.length === 1 ? pending[0] : pending.find((one) => one.step === step);
  if (approval === undefined) return "this approval is no longer asked for";
  if (asking !== null && asking !== approval.asking) return "newer commits came since, so it was asked again";
  if (!approval.options.by.includes("button")) return `it is given by ${approval.options.by.join(" or ")}`;
  const refusal = await room.authoriser.mayDecide(octokit, execution, approval.options, login);
  if (refusal !== null) return refusal;
  return {
    type: "decided",
    id: happening.id,
    decision: button,
    step: approval.step,
    by: login,
    reason: null,
    values: {},
    asking: approval.asking,
  };
}

async function command(work: Work, execution: Execution, button: string) {
  if (!isCommand(button)) return null;
  const { happening } = work;
  const { login } = happening.sender;
  const refusal = await mayCommand(work, button, execution);
  if (refusal !== null) return refusal;
  return {
    type: "commanded",
    id: happening.id,
    command: button,
    by: login,
    step: null,
    reason: null,
  } as const;
}

function isCommand(button: string): button is Command {
  return (commands as readonly string[]).includes(button);
}

/** The pull request that the check run is shown on, else the execution's subject. */
function placeToAnswer({ happening }: Work, execution: Execution): number | null {
  const sha = textAt(happening.payload, "check_run", "head_sha");
  const [shown] = listAt(happening.payload, "check_run", "pull_requests");
  const linked = execution.linked.findLast(({ head_sha }) => head_sha === sha);
  return numberAt(shown, "number") ?? linked?.number ?? execution.subject?.number ?? null;
}
