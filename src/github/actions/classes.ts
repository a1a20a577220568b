import {
  type Find,
  findCheckRun,
  findCommitComment,
  findCommitStatus,
  findDismissal,
  findFile,
  findIssue,
  findIssueComment,
  findLabel,
  findMerge,
  findMilestone,
  findPullRequest,
  findRef,
  findRelease,
  findReview,
  findReviewComment,
  finishCheckUpdate,
  markedBody,
  markedExternalId,
  type Prepare,
} from "./find.ts";

/**
 * What is to be done when nobody knows whether a call happened.
 * read: nothing was changed, ask again. repeatable: twice is the same as once; `done` names the answers that
 * mean, to a repeated call, that the first one did it. findable: look for what it made. once: ask a person.
 */
export type EffectClass =
  | { readonly class: "read" }
  | { readonly class: "repeatable"; readonly done: readonly number[] }
  | { readonly class: "findable"; readonly prepare?: Prepare; readonly find: Find }
  | { readonly class: "once" };

const read: EffectClass = { class: "read" };
const once: EffectClass = { class: "once" };
const repeatable: EffectClass = { class: "repeatable", done: [] };
const doneOn = (...done: number[]): EffectClass => ({ class: "repeatable", done });
const findable = (find: Find, prepare?: Prepare): EffectClass => ({
  class: "findable",
  find,
  ...(prepare && { prepare }),
});

/** The methods whose class does not follow from their HTTP method. */
export const classes: ReadonlyMap<string, EffectClass> = new Map([
  // POST that answers and changes nothing.
  ["markdown.render", read],
  ["markdown.renderRaw", read],
  ["repos.generateReleaseNotes", read],

  // POST that adds to a set, or makes what is named by its content.
  ["issues.addAssignees", repeatable],
  ["issues.addLabels", repeatable],
  ["pulls.requestReviewers", repeatable],
  ["reactions.createForCommitComment", repeatable],
  ["reactions.createForIssue", repeatable],
  ["reactions.createForIssueComment", repeatable],
  ["reactions.createForPullRequestReviewComment", repeatable],
  ["reactions.createForRelease", repeatable],
  ["git.createBlob", repeatable],
  ["git.createTree", repeatable],
  ["git.createTag", repeatable],
  ["repos.merge", repeatable],
  ["repos.mergeUpstream", repeatable],

  // A repeated call is told that there is nothing left to do.
  ["actions.cancelWorkflowRun", doneOn(409)],
  ["actions.forceCancelWorkflowRun", doneOn(409)],
  ["git.deleteRef", doneOn(404, 422)],
  ["pulls.updateBranch", doneOn(422)],

  // Found by our marker and author, or by the name that GitHub allows once.
  ["issues.createComment", findable(findIssueComment, markedBody)],
  ["issues.create", findable(findIssue, markedBody)],
  ["issues.createLabel", findable(findLabel)],
  ["issues.createMilestone", findable(findMilestone)],
  ["pulls.create", findable(findPullRequest, markedBody)],
  ["pulls.merge", findable(findMerge)],
  ["pulls.createReview", findable(findReview, markedBody)],
  ["pulls.createReviewComment", findable(findReviewComment, markedBody)],
  ["pulls.createReplyForReviewComment", findable(findReviewComment, markedBody)],
  ["repos.createCommitComment", findable(findCommitComment, markedBody)],
  ["repos.createRelease", findable(findRelease)],
  ["repos.createOrUpdateFileContents", findable(findFile)],
  ["checks.create", findable(findCheckRun, markedExternalId)],
  ["git.createRef", findable(findRef)],
  ["pulls.dismissReview", findable(findDismissal)],
  ["repos.createCommitStatus", findable(findCommitStatus)],

  // An update that adds to what is there.
  ["checks.update", findable(finishCheckUpdate)],
]);

/** The method's class: by name, else GET reads, PUT and PATCH set, DELETE removes (gone is done), POST is once. */
export function classOf(method: string, verb: string): EffectClass {
  return classes.get(method) ?? byVerb.get(verb) ?? once;
}

const byVerb: ReadonlyMap<string, EffectClass> = new Map([
  ["GET", read],
  ["HEAD", read],
  ["PUT", repeatable],
  ["PATCH", repeatable],
  ["DELETE", doneOn(404, 410)],
]);
