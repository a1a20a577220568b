import { cancelCause } from "./cancel-on.ts";
import { type AtWork, atWork, type Draft, note } from "./draft.ts";
import { end } from "./ending.ts";
import { advance, goOn } from "./enter.ts";
import type { GitHubEvent } from "./event.ts";
import { isObject, type Json } from "./json.ts";
import { presentPullRequest } from "./pull-request.ts";
import { lookAgain } from "./results.ts";
import { pullRequestRoot } from "./scope.ts";
import { fail, isLoop, succeed } from "./settle.ts";
import { link, updateSubject } from "./subject.ts";
import { answersWithPullRequest, moves, pullRequestOutput, remember, satisfies } from "./waits.ts";

/**
 * A GitHub event: what it tells of the subject is taken in, what was parked and has moved is looked at again, and the
 * first wait that it satisfies has it. One that no wait has may be a reason to cancel.
 */
export function takeGitHubEvent(draft: Draft, event: GitHubEvent): void {
  const { execution, workflow, at } = draft;
  updateSubject(draft, event);
  if (event.pullRequest) link(draft, event.pullRequest);
  for (const each of atWork(draft)) {
    const checks = each.at.step.kind.kind === "wait_for_checks" && !isLoop(each.at);
    if ((checks || each.run.waiting?.for === "run") && moves(each.run, event)) lookAgain(draft, each);
  }
  if (endsAWait(draft, event)) return;
  const cause = cancelCause(draft, event);
  if (cause !== null) {
    note(draft, { by: senderOf(event), what: `cancel: ${cause}`, step: null });
    return advance(draft, end(draft, { state: "cancelled", error: null }));
  }
  execution.seen = remember(workflow, execution, { ...event, at });
}

function endsAWait(draft: Draft, event: GitHubEvent): boolean {
  for (const each of atWork(draft)) {
    const { at, run } = each;
    if (!run.waiting) continue;
    if (run.waiting.for === "pull_request") {
      if (!settlePullRequest(draft, each, run.waiting.state)) continue;
    } else {
      const output = outputFor(draft, each, event);
      if (!output) continue;
      succeed(draft, at, run, output);
    }
    goOn(draft, at);
    return true;
  }
  return false;
}

function outputFor(draft: Draft, { at, run }: AtWork, event: GitHubEvent): Json {
  if (run.waiting?.for === "event" && satisfies(draft, at, run, { ...event, at: draft.at }))
    return event.payload;
  return answersWithPullRequest(run, event) ? pullRequestOutput(event) : null;
}

/** A wait for a merge is over when its pull request is closed, too: nobody is going to merge it. */
function settlePullRequest(draft: Draft, { at, run }: AtWork, wanted: "merged" | "closed"): boolean {
  const pull = presentPullRequest(draft.execution);
  if (!pull || pull.state === "open") return false;
  if (pull.state === wanted || wanted === "closed") succeed(draft, at, run, pullRequestRoot(pull));
  else {
    const message = `pull request #${pull.number} was closed without being merged`;
    fail(draft, at, run, { code: "pull_request_closed", message, class: "error" }, pullRequestRoot(pull));
  }
  return true;
}

function senderOf({ payload }: GitHubEvent): string | null {
  const sender = payload["sender"];
  return isObject(sender) && typeof sender["login"] === "string" ? sender["login"] : null;
}
