import type { JsonObject } from "../../src/core/json.ts";
import type { EffectClass } from "../../src/github/actions/index.ts";
import type { Stage } from "../github/actions/stage.ts";

export interface Row {
  readonly action: string;
  readonly input: JsonObject | ((stage: Stage) => JsonObject);
  /** What has to be there first. */
  readonly before?: (stage: Stage) => Promise<unknown>;
  /** As the table of classes says; here by hand, so that a change there is seen. */
  readonly is: EffectClass["class"] | "sticky";
}

const content = (text: string) => Buffer.from(text).toString("base64");
const annotation = { path: "a.txt", start_line: 1, end_line: 1, annotation_level: "notice", message: "m" };

/** Every change that the stand-in knows, as a step makes it. */
export const rows: readonly Row[] = [
  { action: "issues.createComment", input: { body: "Hello" }, is: "findable" },
  { action: "issues.create", input: { title: "Follow up" }, is: "findable" },
  { action: "issues.createLabel", input: { name: "severity: high" }, is: "findable" },
  { action: "issues.createMilestone", input: { title: "November" }, is: "findable" },
  { action: "pulls.create", input: { title: "Next", head: "next", base: "main" }, is: "findable" },
  { action: "pulls.createReview", input: { event: "COMMENT", body: "Fine" }, is: "findable" },
  { action: "pulls.merge", input: {}, is: "findable" },
  { action: "repos.createRelease", input: { tag_name: "v1.0.0" }, is: "findable" },
  {
    action: "repos.createOrUpdateFileContents",
    input: { path: "new.txt", message: "Add it", content: content("new") },
    is: "findable",
  },
  { action: "git.createRef", input: (s) => ({ ref: "refs/heads/more", sha: s.head() }), is: "findable" },
  {
    action: "checks.create",
    input: (s) => ({
      name: "lint",
      head_sha: s.head(),
      output: { title: "t", summary: "s", annotations: [annotation] },
    }),
    is: "findable",
  },
  {
    action: "checks.update",
    before: (s) => s.run("checks.create", { name: "lint", head_sha: s.head() }, permitted("before")),
    input: (s) => ({
      check_run_id: s.github.checkRuns("octo-org/octo-repo")[0]?.id ?? 0,
      conclusion: "failure",
      output: { title: "t", summary: "s", annotations: [annotation, { ...annotation, start_line: 2 }] },
    }),
    is: "findable",
  },
  {
    action: "repos.createCommitStatus",
    input: (s) => ({ sha: s.head(), state: "success", context: "ci" }),
    is: "findable",
  },
  { action: "comment.sticky", input: { body: "State" }, is: "sticky" },
  { action: "issues.addLabels", input: { labels: ["bug"] }, is: "repeatable" },
  { action: "issues.setLabels", input: { labels: ["question"] }, is: "repeatable" },
  { action: "issues.removeLabel", input: { name: "triage" }, is: "repeatable" },
  { action: "issues.removeAllLabels", input: {}, is: "repeatable" },
  { action: "issues.updateLabel", input: { name: "triage", color: "aabbcc" }, is: "repeatable" },
  { action: "issues.deleteLabel", input: { name: "triage" }, is: "repeatable" },
  { action: "issues.addAssignees", input: { assignees: ["dev"] }, is: "repeatable" },
  { action: "issues.removeAssignees", input: { assignees: ["reporter"] }, is: "repeatable" },
  { action: "issues.update", input: { state: "closed", title: "Closed" }, is: "repeatable" },
  { action: "issues.lock", input: {}, is: "repeatable" },
  { action: "issues.unlock", input: {}, is: "repeatable" },
  {
    action: "issues.updateComment",
    before: comment,
    input: (s) => ({ comment_id: commentId(s), body: "Other words" }),
    is: "repeatable",
  },
  {
    action: "issues.deleteComment",
    before: comment,
    input: (s) => ({ comment_id: commentId(s) }),
    is: "repeatable",
  },
  {
    action: "reactions.createForIssueComment",
    before: comment,
    input: (s) => ({ comment_id: commentId(s), content: "rocket" }),
    is: "repeatable",
  },
  { action: "reactions.createForIssue", input: { content: "rocket" }, is: "repeatable" },
  {
    action: "issues.updateMilestone",
    before: (s) => s.run("issues.createMilestone", { title: "November" }, permitted("before")),
    input: { milestone_number: 1, state: "closed" },
    is: "repeatable",
  },
  {
    action: "issues.deleteMilestone",
    before: (s) => s.run("issues.createMilestone", { title: "November" }, permitted("before")),
    input: { milestone_number: 1 },
    is: "repeatable",
  },
  { action: "pulls.update", input: { title: "Better" }, is: "repeatable" },
  { action: "pulls.requestReviewers", input: { reviewers: ["reporter"] }, is: "repeatable" },
  { action: "git.createBlob", input: { content: "x" }, is: "repeatable" },
  {
    action: "git.createTree",
    input: { tree: [{ path: "x.txt", mode: "100644", type: "blob", content: "x" }] },
    is: "repeatable",
  },
  {
    action: "git.updateRef",
    input: (s) => ({ ref: "heads/next", sha: s.head(), force: true }),
    is: "repeatable",
  },
  { action: "git.deleteRef", input: { ref: "heads/next" }, is: "repeatable" },
  {
    action: "actions.cancelWorkflowRun",
    before: dispatched,
    input: (s) => ({ run_id: runId(s) }),
    is: "repeatable",
  },
  {
    action: "actions.createWorkflowDispatch",
    input: { workflow_id: "ci.yml", ref: "main" },
    is: "once",
  },
  { action: "repos.createDispatchEvent", input: { event_type: "go" }, is: "once" },
  { action: "repos.createDeployment", input: { ref: "main", required_contexts: [] }, is: "once" },
];

const all = ["actions", "checks", "contents", "deployments", "issues", "pull_requests", "statuses"] as const;

/** By a step of its own, with every permission. */
export function permitted(step: string) {
  const permissions = Object.fromEntries(all.map((name) => [name, "write" as const]));
  return { key: `execution-1/1/${step}/1`, permissions };
}

function comment(stage: Stage): Promise<unknown> {
  return stage.run("issues.createComment", { body: "First" }, permitted("before"));
}

function commentId({ github }: Stage): number {
  return github.comments("octo-org/octo-repo", 1)[0]?.id ?? 0;
}

function dispatched(stage: Stage): Promise<unknown> {
  return stage.run(
    "actions.createWorkflowDispatch",
    { workflow_id: "ci.yml", ref: "main" },
    permitted("before"),
  );
}

function runId({ github }: Stage): number {
  return github.workflowRuns("octo-org/octo-repo")[0]?.id ?? 0;
}
