import type { Execution } from "../core/execution.ts";
import { listAll } from "./lists.ts";
import { textAt } from "./payload.ts";
import { type PendingApproval, pendingApprovals } from "./pending.ts";
import { shortId, type Work } from "./room.ts";
import { readSubject } from "./subject.ts";

/** GitHub's words for a review, as webhooks have them, and what they decide; a comment decides nothing. */
const decisions: ReadonlyMap<string, "approve" | "reject"> = new Map([
  ["approved", "approve"],
  ["changes_requested", "reject"],
]);

/**
 * Takes an approving or refusing review as the decision of every approval that may be given by review, if it is of the
 * current head and its author may decide. Others are reviews like any, and get no answer.
 */
export async function takeReview(work: Work): Promise<readonly string[]> {
  const { room, happening, octokit } = work;
  if (happening.name !== "pull_request_review.submitted" || happening.number === null) return [];
  const { payload, repository, sender } = happening;
  const decision = decisions.get((textAt(payload, "review", "state") ?? "").toLowerCase());
  if (decision === undefined) return [];
  const executions = await listAll(room.stores.executions, {
    repository: repository.id,
    subject: happening.number,
    states: ["running", "paused"],
  });
  const notes: string[] = [];
  let head: string | null | undefined;
  for (const execution of executions) {
    // Processed again after a crash: what is asked since was not what the review was about.
    if (execution.consumed.some((id) => id.startsWith(`${happening.id}:`))) continue;
    for (const approval of pendingApprovals(execution, await room.engine.workflowOf(execution))) {
      if (!approval.options.by.includes("review") || !isAsked(execution, approval, happening.number))
        continue;
      head ??= (await readSubject(octokit, repository, happening.number, true))?.subject.head_sha ?? null;
      const reviewed = textAt(payload, "review", "commit_id");
      if (reviewed !== head) return [...notes, `the review is of ${reviewed?.slice(0, 7)}, not of the head`];
      const refusal = await room.authoriser.mayDecide(octokit, execution, approval.options, sender.login);
      if (refusal !== null) {
        notes.push(`the review of ${sender.login} decides nothing: ${refusal}`);
        continue;
      }
      const id = `${happening.id}:${approval.step}`;
      const reason = textAt(payload, "review", "body");
      const body = {
        type: "decided",
        id,
        decision,
        step: approval.step,
        by: sender.login,
        reason: reason === "" ? null : reason,
        values: {},
        asking: approval.asking,
      } as const;
      await room.engine.send({ id, executionId: execution.id, at: happening.receivedAt, body });
      notes.push(`${decision} by review for ${execution.workflow.stem} ${shortId(execution.id)}`);
    }
  }
  return notes;
}

/** Whether the approval is asked for on this pull request: a review of what another step is about is none of it. */
function isAsked({ subject: own, linked }: Execution, { subject }: PendingApproval, number: number): boolean {
  if (subject !== null) return subject === number;
  return own?.number === number || linked.some((pull) => pull.number === number);
}
