import type { Artifact, CheckRun, Repository, WorkflowRun } from "../model.ts";
import { workflowFile } from "../workflow-file.ts";
import type { World } from "../world.ts";
import { iso, isoOrNull, nodeId, repositoryApi, repositoryPage, simpleUser } from "./basics.ts";
import { pullsAt } from "./check.ts";
import { headCommit } from "./git.ts";
import { repositoryJson } from "./repository.ts";

/** Artifacts are kept for 90 days (GitHub's default). */
const ARTIFACT_LIFE_MS = 90 * 24 * 3_600_000;

/** `workflow` */
export function workflowJson(world: World, repository: Repository, path: string) {
  const id = repository.workflowIds.get(path) ?? 0;
  const name = workflowFile(repository, path, repository.defaultBranch)?.name ?? path;
  const page = repositoryPage(world, repository, `/blob/${repository.defaultBranch}/${path}`);
  return {
    id,
    node_id: nodeId("Workflow", id),
    name,
    path,
    state: "active",
    created_at: iso(repository.createdAt),
    updated_at: iso(repository.createdAt),
    url: repositoryApi(world, repository, `/actions/workflows/${id}`),
    html_url: page,
    badge_url: repositoryPage(world, repository, `/workflows/${encodeURIComponent(name)}/badge.svg`),
  };
}

/** `workflow-run` */
export function workflowRunJson(world: World, repository: Repository, run: WorkflowRun) {
  const self = repositoryApi(world, repository, `/actions/runs/${run.id}`);
  const commit = repository.git.commits.get(run.headSha);
  const workflowId = repository.workflowIds.get(run.path) ?? 0;
  const actor = simpleUser(world, run.by.user);
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WorkflowRun", run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: run.title,
    run_number: run.number,
    run_attempt: 1,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: workflowId,
    check_suite_id: run.suite.id,
    check_suite_node_id: nodeId("CheckSuite", run.suite.id),
    url: self,
    html_url: repositoryPage(world, repository, `/actions/runs/${run.id}`),
    pull_requests: pullsAt(world, repository, run.headSha),
    created_at: iso(run.createdAt),
    updated_at: iso(run.updatedAt),
    run_started_at: iso(run.createdAt),
    actor,
    triggering_actor: actor,
    referenced_workflows: [],
    jobs_url: `${self}/jobs`,
    logs_url: `${self}/logs`,
    check_suite_url: repositoryApi(world, repository, `/check-suites/${run.suite.id}`),
    artifacts_url: `${self}/artifacts`,
    cancel_url: `${self}/cancel`,
    rerun_url: `${self}/rerun`,
    previous_attempt_url: null,
    workflow_url: repositoryApi(world, repository, `/actions/workflows/${workflowId}`),
    head_commit: commit === undefined ? null : headCommit(commit),
    repository: repositoryJson(world, repository),
    head_repository: repositoryJson(world, repository),
  };
}

/** `job`: GitHub shows a job also as a check run, under the same id. */
export function jobJson(world: World, repository: Repository, run: WorkflowRun, job: CheckRun) {
  return {
    id: job.id,
    run_id: run.id,
    run_url: repositoryApi(world, repository, `/actions/runs/${run.id}`),
    run_attempt: 1,
    node_id: nodeId("CheckRun", job.id),
    head_sha: run.headSha,
    head_branch: run.headBranch,
    url: repositoryApi(world, repository, `/actions/jobs/${job.id}`),
    html_url: repositoryPage(world, repository, `/actions/runs/${run.id}/job/${job.id}`),
    status: job.status,
    conclusion: job.conclusion,
    created_at: iso(run.createdAt),
    started_at: iso(job.startedAt ?? run.createdAt),
    completed_at: isoOrNull(job.completedAt),
    name: job.name,
    steps: [],
    check_run_url: repositoryApi(world, repository, `/check-runs/${job.id}`),
    labels: ["ubuntu-latest"],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
    workflow_name: run.name,
  };
}

/** `artifact` */
export function artifactJson(world: World, repository: Repository, run: WorkflowRun, artifact: Artifact) {
  const self = repositoryApi(world, repository, `/actions/artifacts/${artifact.id}`);
  const expiresAt = artifact.createdAt + ARTIFACT_LIFE_MS;
  return {
    id: artifact.id,
    node_id: nodeId("Artifact", artifact.id),
    name: artifact.name,
    size_in_bytes: artifact.zip.length,
    url: self,
    archive_download_url: `${self}/zip`,
    expired: expiresAt <= world.now(),
    created_at: iso(artifact.createdAt),
    updated_at: iso(artifact.createdAt),
    expires_at: iso(expiresAt),
    digest: null,
    workflow_run: {
      id: run.id,
      repository_id: repository.id,
      head_repository_id: repository.id,
      head_branch: run.headBranch,
      head_sha: run.headSha,
    },
  };
}
