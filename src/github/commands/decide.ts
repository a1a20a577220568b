import type { Execution } from "../../core/execution.ts";
import { allSteps, idOf } from "../../core/locate.ts";
import { nearest } from "../../core/nearest.ts";
import { inFull, type Problem } from "../../core/problem.ts";
import { refuse } from "../../core/refusal.ts";
import { parseAnswer } from "../../engine/answer/index.ts";
import type { MessageBody } from "../../engine/ports/index.ts";
import { code, neutralise } from "../neutralise.ts";
import { listAt, textAt } from "../payload.ts";
import { type PendingApproval, pendingApprovals, waitingSteps } from "../pending.ts";
import type { Work } from "../room.ts";
import { notAllowed, problemReply, type Reply, refused, usage } from "./answers.ts";
import { namedUsers } from "./permitted.ts";
import { isMeant } from "./target.ts";

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
  const paths = [...allSteps(workflow).keys(), ...approvals.map((approval) => approval.step)];
  const { step, reason } = readDecision(name, rest, [
    ...new Set(paths.flatMap((path) => [path, idOf(path)])),
  ]);
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
  const limited = await namedUsers(work, name, workflow, execution);
  const refusal =
    (limited && (await room.authoriser.mayCommand(octokit, execution.repository, login, limited))) ??
    (await room.authoriser.mayDecide(octokit, execution, chosen.options, login));
  return refusal === null ? { body: decided } : { reply: notAllowed(name, refusal) };
}

/** The first word is a step where it names one, or where it can hardly be anything else. */
function readDecision(name: "approve" | "reject", rest: string, steps: readonly string[]) {
  const [first = ""] = rest.split(/\s+/, 1);
  const after = rest.slice(first.length).trim();
  const alone = name === "approve" && first !== "" && after === "" && nearest(first, steps) !== undefined;
  const isStep = steps.includes(first) || alone;
  const reason = isStep ? after : rest;
  return { step: isStep ? first : null, reason: reason === "" ? null : reason };
}

function choose(approvals: readonly PendingApproval[], step: string | null): PendingApproval | null {
  const exact = approvals.find((approval) => approval.step === step);
  if (exact !== undefined) return exact;
  const meant = step === null ? approvals : approvals.filter((approval) => isMeant(approval.step, step));
  return meant.length === 1 ? (meant[0] ?? null) : null;
}

function nothingAsked(approvals: readonly PendingApproval[]): Problem {
  if (approvals.length === 0) return refuse("HOS301", "no step waits for an approval now").problem;
  const names = approvals.map(({ step }) => step).join(", ");
  return refuse("HOS302", `several steps wait for an approval: ${names}`, "Name the one you mean.").problem;
}

/**
 * Whether the sender may answer a step that asked: from role write up, or whom the issue is assigned to, unless `commands`
 * says who may. Null: they may.
 */
async function mayAnswer(work: Work, name: "done" | "fail", execution: Execution): Promise<Reply | null> {
  const { room, happening, octokit } = work;
  const { login } = happening.sender;
  const assigned = listAt(happening.payload, "issue", "assignees").some(
    (user) => textAt(user, "login")?.toLowerCase() === login.toLowerCase(),
  );
  const limited = await namedUsers(work, name, await room.engine.workflowOf(execution), execution);
  const from = limited ?? ["role:write"];
  const refusal =
    assigned && limited === null
      ? null
      : await room.authoriser.mayCommand(octokit, happening.repository, login, from);
  if (refusal === null) return null;
  return notAllowed(name, limited === null ? `${refusal}, and it is not assigned to you` : refusal);
}

/** `STEP REASON` of a person who was asked and says that it can't be done; who may is as for an answer. */
export async function prepareInability(
  work: Work,
  execution: Execution,
  rest: string,
  id: string,
): Promise<Prepared> {
  const refusal = await mayAnswer(work, "fail", execution);
  if (refusal !== null) return { reply: refusal };
  const [step = ""] = rest.split(/\s+/, 1);
  const reason = rest.slice(step.length).trim();
  if (step === "" || reason === "") return { reply: usage("fail STEP REASON") };
  const { login: by } = work.happening.sender;
  return { body: { type: "decided", id, decision: "fail", step, by, reason, values: {}, asking: null } };
}

/** A person's answer to a step that asked. */
export async function prepareAnswer(
  work: Work,
  execution: Execution,
  rest: string,
  block: string | null,
  id: string,
): Promise<Prepared> {
  const { room, happening } = work;
  const { login } = happening.sender;
  const refusal = await mayAnswer(work, "done", execution);
  if (refusal !== null) return { reply: refusal };

  const asked = [...waitingSteps(execution)].flatMap(([path, waiting]) =>
    waiting.for === "person" ? [{ path, waiting }] : [],
  );
  const [first = ""] = rest.split(/\s+/, 1);
  const names = !first.includes("=") && first !== "";
  const [only] = asked.length === 1 ? asked : [];
  const called = asked.filter(({ path }) => isMeant(path, first));
  const [exact = called.length === 1 ? called[0] : undefined] = asked.filter(({ path }) => path === first);
  const chosen = names ? exact : only;
  const step = chosen?.path ?? (names ? first : null);
  const waiting = chosen?.waiting;
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
    const fallback = refuse("HOS301", "no step waits for an answer now").problem;
    return { reply: problemReply("done", problem ?? fallback) };
  }
  const answer = parseAnswer(names ? rest.slice(first.length).trim() : rest, block, waiting.outputSchema);
  if ("values" in answer) return { body: { ...decided, values: answer.values } };
  return { reply: wrongValues(`done ${step ?? ""}`, answer.problems) };
}

export function wrongValues(command: string, problems: readonly Problem[]): Reply {
  const lines = problems.map((problem) => `- ${neutralise(inFull(problem))}`);
  const words = [`I can't take ${code(command)} yet:`, "", ...lines].join("\n");
  return { ...refused(`${command}: wrong values`, words), why: { problems } };
}
