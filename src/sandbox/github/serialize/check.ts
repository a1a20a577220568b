import { type CheckRun, type CheckSuite, isPull, type Repository } from "../model.ts";
import type { World } from "../world.ts";
import { appJson } from "./app.ts";
import { iso, isoOrNull, nodeId, repositoryApi, repositoryPage } from "./basics.ts";
import { headCommit } from "./git.ts";
import { pullMinimal } from "./pull.ts";
import { repositoryJson } from "./repository.ts";

/** Open pull requests of the repository with that head. */
export function pullsAt(world: World, repository: Repository, sha: string) {
  const pulls = [...repository.issues.values()].filter(isPull).filter(
    // GitHub leaves out pull requests from forks.
    ({ state, pull }) => state === "open" && pull.headSha === sha && pull.headRepository === repository,
  );
  return pulls.map((issue) => pullMinimal(world, repository, issue));
}

/** `check-run` */
export function checkRunJson(world: World, repository: Repository, run: CheckRun) {
  const self = repositoryApi(world, repository, `/check-runs/${run.id}`);
  const page = repositoryPage(world, repository, `/runs/${run.id}`);
  return {
    id: run.id,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.headSha,
    external_id: run.externalId ?? "",
    url: self,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: isoOrNull(run.startedAt),
    completed_at: isoOrNull(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${self}/annotations`,
    },
    name: run.name,
    check_suite: { id: run.suite.id },
    app: appJson(world, run.suite.app),
    pull_requests: pullsAt(world, repository, run.headSha),
  };
}

/** `check-run-with-simple-check-suite`, as webhooks carry it */
export function checkRunInPayload(world: World, repository: Repository, run: CheckRun) {
  const { suite } = run;
  const state = suiteState(repository, suite);
  return {
    ...checkRunJson(world, repository, run),
    check_suite: {
      id: suite.id,
      node_id: nodeId("CheckSuite", suite.id),
      head_branch: suite.headBranch,
      head_sha: suite.headSha,
      status: state.status,
      conclusion: state.conclusion,
      url: repositoryApi(world, repository, `/check-suites/${suite.id}`),
      before: suite.before,
      after: suite.headSha,
      pull_requests: pullsAt(world, repository, suite.headSha),
      app: appJson(world, suite.app),
      created_at: iso(suite.createdAt),
      updated_at: iso(suite.createdAt),
    },
  };
}

/** A suite is as far as its least advanced run, and as bad as its worst. */
export function suiteState(
  repository: Repository,
  suite: CheckSuite,
): { status: string; conclusion: string | null } {
  const runs = runsOf(repository, suite);
  if (runs.length === 0) return { status: "queued", conclusion: null };
  if (runs.some((run) => run.status !== "completed")) return { status: "in_progress", conclusion: null };
  const worst = ["action_required", "failure", "timed_out", "cancelled", "success", "neutral", "skipped"];
  return {
    status: "completed",
    conclusion: worst.find((one) => runs.some((run) => run.conclusion === one)) ?? null,
  };
}

function runsOf(repository: Repository, suite: CheckSuite): CheckRun[] {
  return [...repository.checkRuns.values()].filter((run) => run.suite === suite);
}

/** `check-suite` */
export function checkSuiteJson(world: World, repository: Repository, suite: CheckSuite) {
  const commit = repository.git.commits.get(suite.headSha);
  const self = repositoryApi(world, repository, `/check-suites/${suite.id}`);
  return {
    id: suite.id,
    node_id: nodeId("CheckSuite", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteState(repository, suite),
    url: self,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullsAt(world, repository, suite.headSha),
    app: appJson(world, suite.app),
    repository: repositoryJson(world, repository),
    created_at: iso(suite.createdAt),
    updated_at: iso(suite.createdAt),
    head_commit: commit === undefined ? null : headCommit(commit),
    latest_check_runs_count: runsOf(repository, suite).length,
    check_runs_url: `${self}/check-runs`,
  };
}
