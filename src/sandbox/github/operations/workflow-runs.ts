import type { App, Doer, Repository, RunConclusion, WorkflowRun } from "../model.ts";
import { Refusal } from "../refusal.ts";
import { repositoryApi } from "../serialize/basics.ts";
import { workflowJson, workflowRunJson } from "../serialize/workflow-run.ts";
import { makeApp } from "../setup.ts";
import { announce } from "../webhooks/announce.ts";
import { titleOf, type WorkflowFile, workflowFile } from "../workflow-file.ts";
import type { World } from "../world.ts";
import { zipOf } from "../zip.ts";
import { createCheckRun, updateCheckRun } from "./checks.ts";
import { addSuite } from "./commits.ts";

/** GitHub takes at most this many inputs of a dispatch. */
const DISPATCH_INPUTS = 25;

/** An App that is not ours, made when first spoken of. */
export function otherApp(world: World, slug: string): App {
  const existing = world.otherApps.get(slug);
  if (existing !== undefined) return existing;
  const app = makeApp(world, { slug, owner: "github", permissions: { checks: "write" }, events: [] });
  world.otherApps.set(slug, app);
  return app;
}

/** GitHub Actions itself: whose check runs the jobs are. */
function actions(world: World): Doer {
  const app = otherApp(world, "github-actions");
  return { user: app.bot, app };
}

export function workflowId(world: World, repository: Repository, path: string): number {
  const known = repository.workflowIds.get(path);
  if (known !== undefined) return known;
  const id = world.nextId();
  repository.workflowIds.set(path, id);
  return id;
}

function announceRun(world: World, repository: Repository, run: WorkflowRun, action: string): void {
  const payload = {
    workflow_run: workflowRunJson(world, repository, run),
    workflow: workflowJson(world, repository, run.path),
  };
  announce(world, { event: "workflow_run", action, repository, by: run.by, payload });
}

function filledInputs(
  file: WorkflowFile,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const known = file.inputs;
  if (known === null) throw new Refusal(422, "Workflow does not have 'workflow_dispatch' trigger");
  const unexpected = Object.keys(given).filter((name) => !known.has(name));
  if (unexpected.length > 0)
    throw new Refusal(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  if (Object.keys(given).length > DISPATCH_INPUTS) throw new Refusal(422, "Too many inputs provided");
  const filled: Record<string, string> = {};
  for (const [name, input] of known) {
    const value = Object.hasOwn(given, name) ? String(given[name]) : input.default;
    if (value === null && input.required) throw new Refusal(422, `Required input '${name}' not provided`);
    if (value !== null && input.options !== null && !input.options.includes(value)) {
      throw new Refusal(
        422,
        `Provided value '${value}' for input '${name}' not in the list of allowed values`,
      );
    }
    filled[name] = value ?? "";
  }
  return filled;
}

/** Starts a run of the workflow as it is at the ref. It stays queued until `startRun`. */
export function dispatchWorkflow(
  world: World,
  repository: Repository,
  by: Doer,
  path: string,
  ref: string,
  given: Readonly<Record<string, unknown>>,
): WorkflowRun {
  workflowId(world, repository, path);
  const name = ref.replace(/^refs\/(?:heads|tags)\//, "");
  const { git } = repository;
  const sha = git.branch(name) ?? git.refs.get(`refs/tags/${name}`);
  if (sha === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
  const file = workflowFile(repository, path, sha);
  if (file === undefined) throw new Refusal(422, `Workflow ${path} does not exist on ${name}`);
  const inputs = filledInputs(file, given);
  announce(world, {
    event: "workflow_dispatch",
    action: null,
    repository,
    by,
    payload: { inputs, ref: git.branch(name) ? `refs/heads/${name}` : `refs/tags/${name}`, workflow: path },
  });
  const at = world.now();
  const run: WorkflowRun = {
    id: world.nextId(),
    number: [...repository.workflowRuns.values()].filter((one) => one.path === path).length + 1,
    path,
    name: file.name,
    title: titleOf(file, inputs),
    event: "workflow_dispatch",
    inputs,
    headBranch: name,
    headSha: sha,
    by,
    suite: addSuite(world, repository, sha, name, null, otherApp(world, "github-actions")),
    status: "queued",
    conclusion: null,
    artifacts: [],
    createdAt: at,
    updatedAt: at,
  };
  repository.workflowRuns.set(run.id, run);
  announceRun(world, repository, run, "requested");
  for (const job of file.jobs) {
    createCheckRun(world, repository, actions(world), { name: job, head_sha: sha }, run.suite);
  }
  return run;
}

function moveJobs(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  input: Readonly<Record<string, unknown>>,
): void {
  for (const job of jobsOf(repository, run)) updateCheckRun(world, repository, job, actions(world), input);
}

export function jobsOf(repository: Repository, run: WorkflowRun) {
  return [...repository.checkRuns.values()].filter((one) => one.suite === run.suite);
}

/** A runner takes the run. */
export function startRun(world: World, repository: Repository, run: WorkflowRun): void {
  if (run.status !== "queued") throw new Error(`workflow run ${run.id} is ${run.status}`);
  run.status = "in_progress";
  run.updatedAt = world.now();
  moveJobs(world, repository, run, { status: "in_progress" });
  announceRun(world, repository, run, "in_progress");
}

export interface RunEnd {
  readonly conclusion: RunConclusion;
  /** JSON for the artifact `hishamos-output`. */
  readonly output?: unknown;
  /** Artifact name to file name to content. */
  readonly artifacts?: Readonly<Record<string, Readonly<Record<string, string | Buffer>>>>;
}

export function finishRun(world: World, repository: Repository, run: WorkflowRun, end: RunEnd): void {
  if (run.status === "completed") throw new Error(`workflow run ${run.id} is completed already`);
  if (run.status === "queued" && end.conclusion !== "cancelled") startRun(world, repository, run);
  const made = {
    ...(end.output === undefined
      ? {}
      : { "hishamos-output": { "hishamos-output.json": JSON.stringify(end.output) } }),
    ...end.artifacts,
  };
  run.artifacts = Object.entries(made).map(([name, files]) => ({
    id: world.nextId(),
    name,
    zip: zipOf(files),
    createdAt: world.now(),
  }));
  run.status = "completed";
  run.conclusion = end.conclusion;
  run.updatedAt = world.now();
  const conclusion = end.conclusion === "startup_failure" ? "failure" : end.conclusion;
  moveJobs(world, repository, run, { conclusion });
  announceRun(world, repository, run, "completed");
}

/** As GitHub: a completed run can't be cancelled. */
export function cancelRun(world: World, repository: Repository, run: WorkflowRun): void {
  if (run.status === "completed") throw new Refusal(409, "Cannot cancel a workflow run that is completed.");
  finishRun(world, repository, run, { conclusion: "cancelled" });
}

/** The address of a run's page in the API, as dispatch answers it. */
export function runUrl(world: World, repository: Repository, run: WorkflowRun): string {
  return repositoryApi(world, repository, `/actions/runs/${run.id}`);
}
