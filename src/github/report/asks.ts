import type { Execution, StepError } from "../../core/execution.ts";
import { newestPullRequest } from "../../core/scope.ts";
import type { ApprovalOptions, Workflow } from "../../core/workflow.ts";
import { readyAnswer } from "../../engine/answer/index.ts";
import { isInJob } from "../in-job.ts";
import { code, neutralise } from "../neutralise.ts";
import { askKey } from "./ask-key.ts";
import {
  type ApprovalWait,
  anyWriter,
  called,
  decidersOf,
  limitOf,
  type PersonWait,
  type WaitingStep,
  waitingApprovals,
  waitingPersons,
} from "./waiting.ts";

/** One comment that calls for a person. The same key is never posted twice. */
export interface Ask {
  readonly key: string;
  readonly body: string;
  /** Number of the issue or pull request it belongs on, where that is not the execution's own. */
  readonly place: number | null;
}

/** What people are to be asked or told now: decisions, answers, reminders, and a failure that ended it. */
export function asksOf(workflow: Workflow, execution: Execution): readonly Ask[] {
  if (workflow.report.comment === "none") return [];
  // The end of a child is its parent's to tell.
  if (execution.state === "failed") return execution.parent === null ? [failureAsk(workflow, execution)] : [];
  if (execution.state !== "running") return [];
  const approvals = waitingApprovals(workflow, execution);
  const short = approvals.length === 1 && execution.parent === null;
  return [
    ...approvals.flatMap((one) => reminded(execution, one, approvalBody(workflow, execution, one, short))),
    ...waitingPersons(workflow, execution).flatMap((one) =>
      reminded(execution, one, personBody(workflow, execution, one)),
    ),
  ];
}

/** The question itself, and the newest reminder of it. */
function reminded(execution: Execution, { path, run, waiting }: WaitingStep, body: string): readonly Ask[] {
  const asking = waiting.for === "approval" ? waiting.asking : 1;
  const key = askKey({ execution: execution.id, round: run.round, step: path, visit: run.visit, asking });
  const question = { key, body, place: run.subject ?? null };
  const sent = run.remind?.sent ?? 0;
  if (sent === 0) return [question];
  const reminder = `### 🔔 Still waiting: ${code(path)}\n\nReminder ${sent}. The question again:\n\n${body}`;
  return [question, { ...question, key: `${key}/reminder/${sent}`, body: reminder }];
}

function approvalBody(
  workflow: Workflow,
  execution: Execution,
  { path, step, waiting }: WaitingStep<ApprovalWait>,
  short: boolean,
): string {
  const options = step.kind.kind === "approval" ? step.kind : null;
  const [approve, reject] = short
    ? ["/approve", "/reject REASON"]
    : [`/hishamos approve ${called(execution, path)}`, `/hishamos reject ${called(execution, path)} REASON`];
  const count = options?.count ?? 1;
  const given = waiting.approvals.map(({ by }) => code(by)).join(", ");
  return paragraphs(
    `### ✋ Approval needed: ${code(path)}`,
    `${title(execution)} waits for a decision${waiting.asking > 1 ? " again, because the pull request has a new head" : ""}.`,
    waiting.message === null ? "" : neutralise(waiting.message),
    `Who may decide: ${options ? decidersOf(options) : anyWriter}.`,
    count > 1 ? `${count} people must approve${given ? `; so far: ${given}` : ""}.` : "",
    waiting.headSha === null ? "" : `The decision is for commit ${waiting.headSha.slice(0, 12)}.`,
    ...limits(workflow, execution, options),
    ...waysToDecide(execution, options, [approve, reject]),
  );
}

/** Where the commands are limited further: a review or button is not. */
function limits(
  workflow: Workflow,
  execution: Execution,
  options: ApprovalOptions | null,
): readonly string[] {
  if (!options?.by.includes("command")) return [];
  return ["approve", "reject"].flatMap((name) => {
    const limit = limitOf(workflow, execution, name);
    return limit === null ? [] : [`By the command ${code(name)} only: ${limit}.`];
  });
}

/** By review, by command, or both, as the approval's `by` says; a button stands on the check run itself. */
function waysToDecide(
  execution: Execution,
  options: ApprovalOptions | null,
  [approve, reject]: readonly [string, string],
): readonly string[] {
  const by = options?.by ?? ["command"];
  const pull = newestPullRequest(execution);
  const review =
    by.includes("review") && pull
      ? [`Review #${pull.number}: an approving review approves, one that asks for changes rejects.`]
      : [];
  if (!by.includes("command")) return review;
  return [...review, ...(review.length > 0 ? ["Or answer here:"] : []), copy(approve), copy(reject)];
}

/** The agent's own words say what is needed and stand strangers' text in code; here comes how to answer. */
function personBody(
  workflow: Workflow,
  execution: Execution,
  { path, waiting }: WaitingStep<PersonWait>,
): string {
  const who = limitOf(workflow, execution, "done") ?? anyWriter;
  const byValues = waiting.produces === null || waiting.outputSchema !== null;
  return paragraphs(
    `### 🙋 A person is needed: ${code(path)}`,
    // Nobody's text may look like the marker of ours.
    waiting.question.replaceAll("<!--", "&lt;!--"),
    byValues ? `Answer with a comment like this one, filled in (${who} may):` : "",
    byValues ? copy(readyAnswer(called(execution, path), waiting.outputSchema)) : "",
    inability(workflow, execution, path),
  );
}

/** One line, and whose it is only where that differs from whose the answer is. */
function inability(workflow: Workflow, execution: Execution, path: string): string {
  const limit = limitOf(workflow, execution, "fail");
  const who = limit === limitOf(workflow, execution, "done") ? "" : ` (${limit ?? anyWriter} may)`;
  return `If it can't be done, say why${who}: ${code(`/hishamos fail ${called(execution, path)} REASON`, 300)}`;
}

function failureAsk(workflow: Workflow, execution: Execution): Ask {
  const error = execution.ending?.error ?? null;
  return {
    key: `failed/${execution.id}/${execution.round}`,
    place: null,
    body: paragraphs(
      `### ❌ ${code(execution.workflow.name)} failed${error ? ` at ${code(error.step)}` : ""}`,
      error ? errorWords(error) : "",
      ...(isInJob(execution) ? [jobsWayOn] : retries(workflow, execution)),
    ),
  };
}

const jobsWayOn =
  "It ran in a job of GitHub Actions, which has ended: run the job again when the cause is gone.";

function retries(workflow: Workflow, execution: Execution): readonly string[] {
  const who = limitOf(workflow, execution, "retry") ?? anyWriter;
  return [`When the cause is gone, ${who} can try again from there:`, copy("/hishamos retry")];
}

export function errorWords(error: StepError, max = 2_000): string {
  return `${code(error.code)}: ${neutralise(error.message, max)}`;
}

function title(execution: Execution): string {
  return `**${neutralise(execution.workflow.name, 200)}**`;
}

/** A block with GitHub's copy button; a command in a block of ours is never obeyed. */
function copy(command: string): string {
  return `\`\`\`\n${command.replaceAll("```", "")}\n\`\`\``;
}

function paragraphs(...texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}
