import type { Execution } from "../../core/execution.ts";
import { nearest } from "../../core/nearest.ts";
import type { Problem } from "../../core/problem.ts";
import { parseAnswer } from "../../engine/answer/index.ts";
import type { MessageBody } from "../../engine/ports/index.ts";
import { code, neutralise } from "../neutralise.ts";
import { listAt, textAt } from "../payload.ts";
import { type PendingApproval, pendingApprovals, waitingSteps } from "../pending.ts";
import type { Work } from "../room.ts";
import { notAllowed, problemReply, type Reply, refused } from "./answers.ts";

/** What to send, or the answer that says why nothing is sent. */
export type Prepared = { readonly body: MessageBody } | { readonly reply: Reply };

/** An approval or its refusal, from somebody who may give it. `rest`: `[STEP] [REASON]`. */
export async function prepareDecision(
  work: Work,
  execution: Execution,
  name: "approve" | "reject",
  rest: string,
  id: string,
): Promise<Prepared> {
  const { room, happening, octokit } = work;
  const { login } = happening.sender;
  const workflow = await room.engine.workflowOf(execution);
  const approvals = pendingApprovals(execution, workflow);
  const { step, reason } = readDecision(name, rest, [...workflow.steps.byId.keys()]);
  const chosen = choose(approvals, step);
  const decided = {
    type: "decided",
    id,
    decision: name,
    step: chosen?.step ?? step,
    by: login,
    reason,
    values: {},
    asking: chosen?.asking ?? null,
  } as const;
  if (chosen === null) {
    // The engine knows best what is wrong with it; without a known approval nobody could be authorised.
    const problem = await room.engine.check(execution, decided);
    return { reply: problemReply(name, problem ?? nothingAsked(approvals)) };
  }
  if (!chosen.options.by.includes("command")) {
    const ways = chosen.options.by.join(" or ");
    return {
      reply: refused(
        `${name} refused`,
        `The approval ${code(chosen.step)} is given by ${ways}, not by command.`,
      ),
    };
  }
  const refusal = await room.authoriser.mayDecide(octokit, execution, chosen.options, login);
  return refusal === null ? { body: decided } : { reply: notAllowed(name, refusal) };
}

/** The first word is a step where it names one, or where it can hardly be anything else. */
function readDecision(name: "approve" | "reject", rest: string, steps: readonly string[]) {
  const [first = ""] = rest.split(/\s+/, 1);
  const after = rest.slice(first.length).trim();
  const alone = name === "approve" && after === "" && nearest(first, steps) !== undefined;
  const isStep = steps.includes(first) || alone;
  const reason = isStep ? after : rest;
  return { step: isStep ? first : null, reason: reason === "" ? null : reason };
}

function choose(approvals: readonly PendingApproval[], step: string | null): PendingApproval | null {
  if (step !== null) return approvals.find((approval) => approval.step === step) ?? null;
  return approvals.length === 1 ? (approvals[0] ?? null) : null;
}

function nothingAsked(approvals: readonly PendingApproval[]): Problem {
  if (approvals.length === 0) return { code: "HOS601", message: "no step waits for an approval now" };
  const names = approvals.map(({ step }) => step).join(", ");
  return {
    code: "HOS602",
    message: `several steps wait for an approval: ${names}`,
    hint: "Name the one you mean.",
  };
}

/** A person's answer to a step that asked: from role write up, or from whom the issue is assigned to. */
export async function prepareAnswer(
  work: Work,
  execution: Execution,
  rest: string,
  block: string | null,
  id: string,
): Promise<Prepared> {
  const { room, happening, octokit } = work;
  const { login } = happening.sender;
  const assigned = listAt(happening.payload, "issue", "assignees").some(
    (user) => textAt(user, "login")?.toLowerCase() === login.toLowerCase(),
  );
  const refusal = assigned
    ? null
    : await room.authoriser.mayCommand(octokit, happening.repository, login, "write");
  if (refusal !== null) return { reply: notAllowed("done", `${refusal}, and it is not assigned to you`) };

  const asked = [...waitingSteps(execution)].flatMap(([path, waiting]) =>
    waiting.for === "person" ? [{ path, waiting }] : [],
  );
  const [first = ""] = rest.split(/\s+/, 1);
  const names = !first.includes("=") && first !== "";
  const [only] = asked.length === 1 ? asked : [];
  const step = names ? first : (only?.path ?? null);
  const waiting = asked.find(({ path }) => path === step)?.waiting;
  const decided = {
    type: "decided",
    id,
    decision: "done",
    step,
    by: login,
    reason: null,
    asking: null,
  } as const;
  if (waiting === undefined) {
    const problem = await room.engine.check(execution, { ...decided, values: {} });
    const fallback = { code: "HOS601", message: "no step waits for an answer now" };
    return { reply: problemReply("done", problem ?? fallback) };
  }
  const answer = parseAnswer(names ? rest.slice(first.length).trim() : rest, block, waiting.outputSchema);
  if ("values" in answer) return { body: { ...decided, values: answer.values } };
  return { reply: wrongValues(`done ${step ?? ""}`, answer.problems) };
}

export function wrongValues(command: string, problems: readonly Problem[]): Reply {
  const lines = problems.map(
    ({ message, hint }) => `- ${neutralise([message, hint].filter(Boolean).join(" "))}`,
  );
  return refused(`${command}: wrong values`, [`I can't take ${code(command)} yet:`, "", ...lines].join("\n"));
}
