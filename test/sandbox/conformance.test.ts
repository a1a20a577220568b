import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SandboxGitHub, startSandboxGitHub } from "../../src/sandbox/github/index.ts";
import { allRoutes } from "../../src/sandbox/github/routes/all.ts";
import { WebhookSender } from "../../src/sandbox/github/webhooks/sender.ts";
import { asApp, asInstallation, asNobody, asPerson } from "./clients.ts";
import { type Conformance, createResponseChecker, watchConformance } from "./openapi.ts";

const checker = createResponseChecker();
const at = { owner: "acme", repo: "shop" };

let sandbox: SandboxGitHub;
let seen: Conformance;
let installationId: number;
let repositoryId: number;
let bot: Octokit;
let mona: Octokit;
let app: Octokit;
let head: string;

const receiver = createServer((request, response) => {
  request
    .resume()
    .on("end", () =>
      response.writeHead(request.headers["x-github-event"] === "label" ? 500 : 200).end("heard"),
    );
});

beforeAll(async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  receiver.listen(0, "127.0.0.1", resolve);
  await promise;
  sandbox = await startSandboxGitHub({
    webhook: { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`, secret: "s" },
  });
  seen = watchConformance(sandbox, checker);
  const made = sandbox.createRepository({
    ...at,
    name: at.repo,
    collaborators: { mona: "admin", hubot: "write", tess: "triage" },
    files: { "src/a.ts": "one\ntwo\n", "src/deep/b.ts": "b\n" },
  });
  repositoryId = made.id;
  installationId = sandbox.install({ account: "acme" });
  bot = await asInstallation(sandbox, installationId);
  mona = asPerson(sandbox, "mona");
  app = asApp(sandbox);
  head = (await bot.rest.repos.getBranch({ ...at, branch: "main" })).data.commit.sha;
});

afterAll(async () => {
  await sandbox.close();
  await new Promise((done) => receiver.close(done));
});

/** A branch with one commit on it. */
function branch(name: string, files: Record<string, string>): string {
  return sandbox.as("hubot").push({ branch: name, message: `Work on ${name}`, files, from: "main" }).sha;
}

describe("each answer is what GitHub's OpenAPI description says", () => {
  test("apps and installations", async () => {
    await app.rest.apps.getAuthenticated();
    await app.rest.apps.getWebhookConfigForApp();
    await app.rest.apps.listInstallations();
    await app.rest.apps.getInstallation({ installation_id: installationId });
    await app.rest.apps.getRepoInstallation(at);
    await app.rest.apps.getOrgInstallation({ org: "acme" });
    await app.rest.apps.getUserInstallation({ username: "acme" });
    await bot.rest.apps.listReposAccessibleToInstallation();
    const narrow = {
      installation_id: installationId,
      repository_ids: [repositoryId],
      permissions: { issues: "read" as const },
    };
    const { data } = await app.rest.apps.createInstallationAccessToken(narrow);
    expect(data.permissions).toEqual({ issues: "read" });
    expect(data.repositories?.map((one) => one.name)).toEqual(["shop"]);
    await bot.rest.rateLimit.get();
    expect(seen.problems).toEqual([]);
  });

  test("the repository, roles, teams and accounts", async () => {
    sandbox.createTeam("acme", "deployers", ["mona"]);
    await bot.rest.repos.get(at);
    await bot.rest.repos.getCollaboratorPermissionLevel({ ...at, username: "tess" });
    await bot.rest.repos.checkCollaborator({ ...at, username: "tess" });
    await bot.rest.teams.getMembershipForUserInOrg({ org: "acme", team_slug: "deployers", username: "mona" });
    await bot.rest.users.getByUsername({ username: "mona" });
    await mona.rest.users.getAuthenticated();
    await bot.rest.repos.createDispatchEvent({ ...at, event_type: "deploy", client_payload: { stage: 1 } });
    expect(seen.problems).toEqual([]);
  });

  test("contents", async () => {
    await bot.rest.repos.getContent({ ...at, path: "" });
    await bot.rest.repos.getContent({ ...at, path: "src" });
    const { data: file } = await bot.rest.repos.getContent({ ...at, path: "src/a.ts" });
    const message = "Change a file";
    const content = Buffer.from("changed\n").toString("base64");
    if (Array.isArray(file)) throw new Error("a file came back as a folder");
    await bot.rest.repos.createOrUpdateFileContents({
      ...at,
      path: "src/a.ts",
      message,
      content,
      sha: file.sha,
    });
    const { data } = await bot.rest.repos.createOrUpdateFileContents({
      ...at,
      path: "new.txt",
      message,
      content,
    });
    await bot.rest.repos.deleteFile({ ...at, path: "new.txt", message, sha: data.content?.sha ?? "" });
    expect(seen.problems).toEqual([]);
  });

  test("git objects, branches and commits", async () => {
    await bot.rest.git.getRef({ ...at, ref: "heads/main" });
    await bot.rest.git.listMatchingRefs({ ...at, ref: "heads/" });
    const { data: blob } = await bot.rest.git.createBlob({ ...at, content: "text" });
    await bot.rest.git.getBlob({ ...at, file_sha: blob.sha });
    const tree = [{ path: "made/by/api.txt", mode: "100644" as const, type: "blob" as const, sha: blob.sha }];
    const { data: made } = await bot.rest.git.createTree({ ...at, base_tree: head, tree });
    await bot.rest.git.getTree({ ...at, tree_sha: made.sha, recursive: "true" });
    const { data: commit } = await bot.rest.git.createCommit({
      ...at,
      message: "By hand",
      tree: made.sha,
      parents: [head],
    });
    await bot.rest.git.getCommit({ ...at, commit_sha: commit.sha });
    await bot.rest.git.createRef({ ...at, ref: "refs/heads/by-hand", sha: head });
    await bot.rest.git.updateRef({ ...at, ref: "heads/by-hand", sha: commit.sha });
    await bot.rest.repos.listBranches(at);
    await bot.rest.repos.listCommits({ ...at, sha: "by-hand" });
    await bot.rest.repos.getCommit({ ...at, ref: "by-hand" });
    await bot.rest.repos.compareCommitsWithBasehead({ ...at, basehead: "main...by-hand" });
    await bot.rest.repos.compareCommits({ ...at, base: "main", head: "by-hand" });
    await bot.rest.git.deleteRef({ ...at, ref: "heads/by-hand" });
    expect(seen.problems).toEqual([]);
  });

  test("issues, assignees and labels", async () => {
    const { data: issue } = await mona.rest.issues.create({
      ...at,
      title: "It breaks",
      body: "When clicked",
      labels: ["bug"],
      assignees: ["hubot"],
    });
    const one = { ...at, issue_number: issue.number };
    await bot.rest.issues.get(one);
    await bot.rest.issues.listForRepo({ ...at, labels: "bug", state: "all" });
    await asPerson(sandbox, "hubot").rest.issues.list({ filter: "assigned" });
    await bot.rest.issues.update({ ...one, title: "It broke", body: null });
    await bot.rest.issues.listAssignees(at);
    await bot.rest.issues.checkUserCanBeAssigned({ ...at, assignee: "hubot" });
    await bot.rest.issues.addAssignees({ ...one, assignees: ["mona"] });
    await bot.rest.issues.removeAssignees({ ...one, assignees: ["hubot"] });
    await bot.rest.issues.createLabel({ ...at, name: "severity/high", color: "ff0000", description: "Now" });
    await bot.rest.issues.updateLabel({ ...at, name: "severity/high", new_name: "urgent" });
    await bot.rest.issues.getLabel({ ...at, name: "urgent" });
    await bot.rest.issues.listLabelsForRepo(at);
    await bot.rest.issues.addLabels({ ...one, labels: ["urgent", "made by use"] });
    await bot.rest.issues.setLabels({ ...one, labels: ["bug"] });
    await bot.rest.issues.listLabelsOnIssue(one);
    await bot.rest.issues.removeLabel({ ...one, name: "bug" });
    await bot.rest.issues.removeAllLabels(one);
    await bot.rest.issues.deleteLabel({ ...at, name: "urgent" });
    await bot.rest.issues.lock({ ...one, lock_reason: "resolved" });
    await bot.rest.issues.unlock(one);
    await bot.rest.issues.update({ ...one, state: "closed", state_reason: "not_planned" });
    await bot.rest.issues.update({ ...one, state: "open" });
    await bot.rest.issues.listEvents(one);
    const { data: events } = await bot.rest.issues.listEventsForRepo({ ...at, per_page: 100 });
    expect(events[0]).toMatchObject({ event: "reopened", issue: { number: one.issue_number } });
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted((a, b) => b - a));
    expect(events.find(({ event }) => event === "labeled")).toMatchObject({
      label: { name: expect.any(String) },
      actor: { login: expect.any(String) },
    });
    const { data: timeline } = await bot.rest.issues.listEventsForTimeline(one);
    expect(timeline.map((entry) => entry.event)).toEqual(
      expect.arrayContaining(["labeled", "unlabeled", "assigned", "closed", "reopened", "renamed", "locked"]),
    );
    const { data: hits } = await bot.rest.search.issuesAndPullRequests({
      q: "repo:acme/shop is:issue broke",
    });
    expect(hits.items.map((hit) => hit.number)).toEqual([issue.number]);
    expect(seen.problems).toEqual([]);
  });

  test("comments and reactions", async () => {
    const { data: issue } = await mona.rest.issues.create({ ...at, title: "Talk" });
    const one = { ...at, issue_number: issue.number };
    const { data: comment } = await bot.rest.issues.createComment({ ...one, body: "Hello" });
    const said = { ...at, comment_id: comment.id };
    await bot.rest.issues.getComment(said);
    await bot.rest.issues.listComments(one);
    await bot.rest.issues.listCommentsForRepo(at);
    await bot.rest.issues.updateComment({ ...said, body: "Hello again" });
    const { data: eyes } = await bot.rest.reactions.createForIssueComment({ ...said, content: "eyes" });
    await bot.rest.reactions.createForIssueComment({ ...said, content: "eyes" });
    await bot.rest.reactions.listForIssueComment(said);
    await bot.rest.reactions.deleteForIssueComment({ ...said, reaction_id: eyes.id });
    const { data: rocket } = await bot.rest.reactions.createForIssue({ ...one, content: "rocket" });
    await bot.rest.reactions.listForIssue(one);
    await bot.rest.reactions.deleteForIssue({ ...one, reaction_id: rocket.id });
    await bot.graphql(
      "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { minimizedComment { isMinimized } } }",
      {
        id: comment.node_id,
      },
    );
    expect((await bot.rest.issues.getComment(said)).data).toMatchObject({
      minimized: { reason: "outdated" },
    });
    await bot.rest.issues.listEventsForTimeline(one);
    await bot.rest.issues.deleteComment(said);
    expect(seen.problems).toEqual([]);
  });

  test("pull requests and reviews", async () => {
    const sha = branch("fix", { "src/a.ts": "one\nfixed\n" });
    const { data: pull } = await bot.rest.pulls.create({
      ...at,
      title: "Fix it",
      head: "fix",
      base: "main",
      body: "Fixes #1",
    });
    const one = { ...at, pull_number: pull.number };
    await bot.rest.pulls.get(one);
    await bot.rest.pulls.list({ ...at, head: "acme:fix", base: "main", state: "open" });
    await bot.rest.pulls.update({ ...one, title: "Fix it well" });
    await bot.rest.pulls.listFiles(one);
    await bot.rest.pulls.listCommits(one);
    await bot.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: sha });
    await bot.rest.pulls.requestReviewers({ ...one, reviewers: ["mona"] });
    await bot.rest.pulls.listRequestedReviewers(one);
    const { data: pending } = await mona.rest.pulls.createReview(one);
    await mona.rest.pulls.submitReview({
      ...one,
      review_id: pending.id,
      event: "REQUEST_CHANGES",
      body: "Not yet",
    });
    await mona.rest.pulls.getReview({ ...one, review_id: pending.id });
    branch("fix", { "src/a.ts": "one\nfixed well\n" });
    await mona.rest.pulls.createReview({ ...one, event: "APPROVE" });
    await bot.rest.pulls.listReviews(one);
    await bot.rest.issues.addLabels({ ...at, issue_number: pull.number, labels: ["bug"] });
    await bot.rest.issues.get({ ...at, issue_number: pull.number });
    await bot.rest.issues.listEventsForTimeline({ ...at, issue_number: pull.number });
    await bot.rest.pulls.update({ ...one, state: "closed" });
    await bot.rest.pulls.update({ ...one, state: "open" });
    await expect(bot.rest.pulls.checkIfMerged(one)).rejects.toMatchObject({ status: 404 });
    await bot.rest.pulls.list({ ...at, state: "all" });
    const { data: latest } = await bot.rest.pulls.get(one);
    const { data: merged } = await bot.rest.pulls.merge({ ...one, sha: latest.head.sha });
    expect(merged.merged).toBe(true);
    expect((await bot.rest.pulls.checkIfMerged(one)).status).toBe(204);
    await bot.rest.pulls.get(one);
    expect(seen.problems).toEqual([]);
  });

  test("checks", async () => {
    branch("checked", { "c.txt": "c\n" });
    const { data: pull } = await bot.rest.pulls.create({
      ...at,
      title: "Checked",
      head: "checked",
      base: "main",
    });
    const annotation = {
      path: "c.txt",
      start_line: 1,
      end_line: 1,
      annotation_level: "failure" as const,
      message: "no",
    };
    const output = { title: "Steps", summary: "One", text: "More", annotations: [annotation] };
    const { data: run } = await bot.rest.checks.create({
      ...at,
      name: "hishamos",
      head_sha: pull.head.sha,
      status: "in_progress",
      external_id: "e1",
      output,
    });
    const one = { ...at, check_run_id: run.id };
    await bot.rest.checks.get(one);
    const actions = [{ label: "Approve", description: "Go on", identifier: "approve" }];
    await bot.rest.checks.update({ ...one, conclusion: "action_required", output, actions });
    const { data: annotations } = await bot.rest.checks.listAnnotations(one);
    expect(annotations).toHaveLength(2);
    await bot.rest.checks.listForRef({ ...at, ref: pull.head.sha });
    const { data: suites } = await bot.rest.checks.listSuitesForRef({ ...at, ref: "checked" });
    await bot.rest.checks.listForSuite({ ...at, check_suite_id: suites.check_suites[0]?.id ?? 0 });
    await bot.rest.checks.rerequestRun(one);
    sandbox.as("hubot").clickCheckRunAction(run.id, "approve");
    await bot.rest.checks.create({ ...at, name: "quick", head_sha: pull.head.sha, conclusion: "success" });
    expect(seen.problems).toEqual([]);
  });

  test("releases and deployments", async () => {
    const { data: release } = await bot.rest.repos.createRelease({
      ...at,
      tag_name: "v1.0.0",
      name: "One",
      body: "First",
    });
    await bot.rest.repos.getRelease({ ...at, release_id: release.id });
    await bot.rest.repos.getReleaseByTag({ ...at, tag: "v1.0.0" });
    await bot.rest.repos.getLatestRelease(at);
    await bot.rest.repos.listReleases(at);
    const { data: deployment } = await bot.rest.repos.createDeployment({
      ...at,
      ref: "main",
      environment: "production",
      auto_merge: false,
      required_contexts: [],
    });
    if (!("id" in deployment)) throw new Error("no deployment was made");
    const one = { ...at, deployment_id: deployment.id };
    await bot.rest.repos.getDeployment(one);
    await bot.rest.repos.listDeployments(at);
    await bot.rest.repos.createDeploymentStatus({ ...one, state: "success", description: "Done" });
    await bot.rest.repos.listDeploymentStatuses(one);
    expect(seen.problems).toEqual([]);
  });

  test("GitHub Actions", async () => {
    branch("main", {
      ".github/workflows/deploy.yml": `name: Deploy
run-name: Deploy to \${{ inputs.target }}
on:
  workflow_dispatch:
    inputs:
      target: { required: true, type: choice, options: [staging, production] }
jobs:
  deploy: { runs-on: ubuntu-latest, steps: [{ run: make deploy }] }
`,
    });
    await bot.rest.actions.listRepoWorkflows(at);
    const deploy = { ...at, workflow_id: "deploy.yml" };
    await bot.rest.actions.getWorkflow(deploy);
    const { data: started } = await bot.rest.actions.createWorkflowDispatch({
      ...deploy,
      ref: "main",
      inputs: { target: "staging" },
      return_run_details: true,
    });
    // Octokit's types know only the answer without details.
    const { workflow_run_id: run_id } = started as { workflow_run_id: number };
    const one = { ...at, run_id };
    const { data: queued } = await bot.rest.actions.getWorkflowRun(one);
    expect(queued).toMatchObject({ status: "queued", display_title: "Deploy to staging", run_number: 1 });
    sandbox.startRun(one.run_id);
    sandbox.finishRun(one.run_id, { conclusion: "success", output: { url: "https://example.com" } });
    const { data: done } = await bot.rest.actions.getWorkflowRun(one);
    expect(done).toMatchObject({ status: "completed", conclusion: "success" });
    await bot.rest.actions.listJobsForWorkflowRun(one);
    const { data: made } = await bot.rest.actions.listWorkflowRunArtifacts({
      ...one,
      name: "hishamos-output",
    });
    const artifact_id = made.artifacts[0]?.id ?? 0;
    await bot.rest.actions.getArtifact({ ...at, artifact_id });
    const { data: zip } = await bot.rest.actions.downloadArtifact({
      ...at,
      artifact_id,
      archive_format: "zip",
    });
    expect(
      Buffer.from(zip as ArrayBuffer)
        .subarray(0, 2)
        .toString(),
    ).toBe("PK");
    const { status } = await bot.rest.actions.createWorkflowDispatch({
      ...deploy,
      ref: "main",
      inputs: { target: "production" },
    });
    expect(status).toBe(204);
    const { data: all } = await bot.rest.actions.listWorkflowRuns({
      ...deploy,
      event: "workflow_dispatch",
      actor: "hishamos[bot]",
      created: ">=2020-01-01T00:00:00Z",
    });
    expect(all.workflow_runs.map((run) => run.display_title)).toEqual([
      "Deploy to production",
      "Deploy to staging",
    ]);
    await bot.rest.actions.cancelWorkflowRun({ ...at, run_id: all.workflow_runs[0]?.id ?? 0 });
    const { data: cancelled } = await bot.rest.actions.listWorkflowRunsForRepo({
      ...at,
      status: "cancelled",
    });
    expect(cancelled.total_count).toBe(1);
    const refused: readonly (readonly [status: number, request: () => Promise<unknown>])[] = [
      [404, () => bot.rest.actions.createWorkflowDispatch({ ...at, workflow_id: "absent.yml", ref: "main" })],
      [422, () => bot.rest.actions.createWorkflowDispatch({ ...deploy, ref: "absent" })],
      [422, () => bot.rest.actions.createWorkflowDispatch({ ...deploy, ref: "main" })],
      [409, () => bot.rest.actions.cancelWorkflowRun(one)],
    ];
    for (const [wanted, request] of refused)
      await expect(request()).rejects.toMatchObject({ status: wanted });
    expect(seen.problems).toEqual([]);
  });

  test("commit statuses, foreign checks and the checks a branch requires", async () => {
    const sha = branch("judged", { "j.txt": "j\n" });
    await bot.rest.repos.createCommitStatus({ ...at, sha, state: "pending", context: "ci" });
    await bot.rest.repos.createCommitStatus({
      ...at,
      sha,
      state: "success",
      context: "CI",
      target_url: "https://ci.example.com/1",
    });
    sandbox.reportStatus("acme/shop", { at: sha, context: "other", state: "failure" });
    const { data: combined } = await bot.rest.repos.getCombinedStatusForRef({ ...at, ref: sha });
    expect([combined.state, combined.total_count]).toEqual(["failure", 2]);
    await bot.rest.repos.listCommitStatusesForRef({ ...at, ref: "judged" });
    const id = sandbox.reportCheck("acme/shop", { at: sha, name: "lint" });
    sandbox.reportCheck("acme/shop", { at: sha, name: "lint", conclusion: "success" });
    const { data: check } = await bot.rest.checks.get({ ...at, check_run_id: id });
    expect(check).toMatchObject({ status: "completed", app: { slug: "github-actions" } });
    await expect(
      bot.rest.checks.update({ ...at, check_run_id: id, conclusion: "failure" }),
    ).rejects.toMatchObject({ status: 403 });
    sandbox.requireChecks("acme/shop", "main", ["ci"]);
    sandbox.requireChecks("acme/shop", "main", [{ context: "lint", appId: check.app?.id ?? 0 }], "ruleset");
    await mona.rest.repos.getStatusChecksProtection({ ...at, branch: "main" });
    const { data: rules } = await bot.rest.repos.getBranchRules({ ...at, branch: "main" });
    expect(rules).toHaveLength(1);
    const { data: main } = await bot.rest.repos.getBranch({ ...at, branch: "main" });
    expect(main.protection.required_status_checks?.contexts).toEqual(["ci"]);
    expect(seen.problems).toEqual([]);
  });

  test("milestones", async () => {
    const { data: milestone } = await bot.rest.issues.createMilestone({
      ...at,
      title: "v1",
      due_on: "2026-12-01T00:00:00Z",
    });
    const one = { ...at, milestone_number: milestone.number };
    const { data: issue } = await bot.rest.issues.create({
      ...at,
      title: "Planned",
      milestone: milestone.number,
    });
    expect(issue.milestone?.title).toBe("v1");
    await bot.rest.issues.update({ ...at, issue_number: issue.number, milestone: null });
    await bot.rest.issues.listMilestones({ ...at, state: "all" });
    await bot.rest.issues.getMilestone(one);
    await bot.rest.issues.updateMilestone({ ...one, title: "v1.0", state: "closed" });
    await bot.rest.issues.deleteMilestone(one);
    const sent = [...seen.sent].filter((event) => /milestone/.test(event));
    expect(sent).toEqual([
      "milestone.created",
      "issues.milestoned",
      "issues.demilestoned",
      "milestone.edited",
      "milestone.closed",
      "milestone.deleted",
    ]);
    expect(seen.problems).toEqual([]);
  });

  test("a pull request from a stranger's fork", async () => {
    const stranger = asPerson(sandbox, "stranger");
    const { data: fork } = await stranger.rest.repos.createFork(at);
    expect(fork).toMatchObject({ full_name: "stranger/shop", fork: true });
    await bot.rest.repos.listForks(at);
    const push = (text: string) =>
      sandbox.as("stranger").push({
        repo: "stranger/shop",
        branch: "idea",
        message: "An idea",
        files: { "idea.txt": text },
      });
    push("first\n");
    const { data: pull } = await stranger.rest.pulls.create({
      ...at,
      title: "An idea",
      head: "stranger:idea",
      base: "main",
    });
    expect(pull.head.repo?.id).not.toBe(pull.base.repo.id);
    expect([pull.author_association, pull.changed_files]).toEqual(["NONE", 1]);
    const { sha } = push("second\n");
    const { data: moved } = await bot.rest.pulls.get({ ...at, pull_number: pull.number });
    expect(moved.head).toMatchObject({ sha, label: "stranger:idea" });
    const { data: found } = await bot.rest.pulls.list({ ...at, head: "stranger:idea" });
    expect(found.map(({ number }) => number)).toEqual([pull.number]);
    const { data: check } = await bot.rest.checks.create({ ...at, name: "hishamos", head_sha: sha });
    expect(check.pull_requests).toEqual([]);
    const { data: may } = await bot.rest.repos.getCollaboratorPermissionLevel({
      ...at,
      username: "stranger",
    });
    expect(may).toMatchObject({ permission: "read", role_name: "read" });
    await mona.rest.pulls.merge({ ...at, pull_number: pull.number });
    const { data: merged } = await bot.rest.pulls.get({ ...at, pull_number: pull.number });
    expect([merged.merged, merged.author_association]).toEqual([true, "CONTRIBUTOR"]);
    expect(sandbox.file("acme/shop", "idea.txt")).toBe("second\n");
    expect(seen.problems).toEqual([]);
  });

  test("webhook deliveries", async () => {
    await sandbox.settled();
    const deliveries = await app.paginate(app.rest.apps.listWebhookDeliveries, { per_page: 20 });
    expect(deliveries).toHaveLength(sandbox.deliveries().length);
    const { data: failed } = await app.request("GET /app/hook/deliveries", { status: "failure" });
    expect(
      new Set(failed.map((delivery) => `${delivery.event} ${delivery.status_code} ${delivery.status}`)),
    ).toEqual(new Set(["label 500 Invalid HTTP Response: 500"]));
    const id = Number(failed[0]?.id);
    const { data: detail } = await app.rest.apps.getWebhookDelivery({ delivery_id: id });
    expect(detail.response.payload).toBe("heard");
    await app.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
    await sandbox.settled();
    expect(sandbox.deliveries().at(-1)).toMatchObject({ guid: detail.guid, redelivery: true });
    expect(seen.problems).toEqual([]);
  });

  test("installations come, are suspended, change and go", () => {
    sandbox.createRepository({ owner: "solo", name: "one", installed: false });
    const id = sandbox.install({ account: "solo", repositories: ["one"], announce: true });
    sandbox.createRepository({ owner: "solo", name: "two", installed: false });
    sandbox.changeSelection(id, "added", ["solo/two"]);
    sandbox.changeSelection(id, "removed", ["solo/two"]);
    sandbox.renameRepository("solo/two", "deux");
    sandbox.suspend(id);
    sandbox.suspend(id, false);
    sandbox.uninstall(id);
    expect([...seen.sent].filter((one) => one.startsWith("installation"))).toHaveLength(6);
    expect(seen.problems).toEqual([]);
  });

  test("refusals", async () => {
    const refused: readonly (readonly [status: number, request: () => Promise<unknown>])[] = [
      [404, () => bot.rest.issues.get({ ...at, issue_number: 999 })],
      [422, () => bot.rest.issues.create({ ...at, title: "" })],
      [422, () => bot.rest.issues.createLabel({ ...at, name: "bug" })],
      [404, () => bot.rest.issues.removeLabel({ ...at, issue_number: 2, name: "absent" })],
      [422, () => bot.rest.pulls.create({ ...at, title: "x", head: "absent", base: "main" })],
      [401, () => asNobody(sandbox).rest.issues.create({ ...at, title: "x" })],
      [404, () => bot.request("GET /repos/{owner}/{repo}/unheard-of", at)],
    ];
    for (const [status, request] of refused) await expect(request()).rejects.toMatchObject({ status });
    expect(seen.problems).toEqual([]);
  });

  test("an App registered by its manifest: its credentials, once", async () => {
    const { events } = sandbox.app;
    const url = "http://127.0.0.1:9/hooks";
    const manifest = {
      url: "https://hishamos.example",
      hook_attributes: { url },
      default_permissions: { issues: "write" as const },
      default_events: events,
    };
    const { code } = sandbox.registerApp(manifest);
    const { data } = await asNobody(sandbox).rest.apps.createFromManifest({ code });
    expect(data).toMatchObject({ id: sandbox.app.id, permissions: { issues: "write" } });
    const again = asNobody(sandbox).rest.apps.createFromManifest({ code });
    await expect(again).rejects.toMatchObject({ status: 404 });
    const { data: hook } = await asApp(sandbox).rest.apps.getWebhookConfigForApp();
    expect(hook).toMatchObject({ url, content_type: "json" });
    await sandbox.settled();
    expect(sandbox.deliveries().at(-1)).toMatchObject({ event: "ping", installationId: null });
    expect(seen.problems).toEqual([]);
  });
});

describe("afterwards", () => {
  const sender = new WebhookSender({
    appId: () => 1,
    now: Date.now,
    nextId: () => 1,
    onProgress: () => undefined,
  });
  test.for(allRoutes(sender).map(({ method, path }) => ({ method, path })))(
    "$method $path is GitHub's and was answered",
    ({ method, path }) => {
      expect(checker.has(method, path)).toBe(true);
      const statuses = [...(seen.answered.get(`${method} ${path}`) ?? [])];
      expect(statuses.filter((status) => status < 400)).not.toEqual([]);
    },
  );

  test("every event the App subscribes to was sent", () => {
    const events = new Set([...seen.sent].map((one) => one.split(".")[0]));
    expect(sandbox.app.events.filter((event) => !events.has(event))).toEqual([]);
  });
});
