import { randomBytes } from "node:crypto";
import { flag, isObject, requiredText } from "../input.ts";
import type { WorkflowRun } from "../model.ts";
import { cancelRun, dispatchWorkflow, jobsOf, runUrl, workflowId } from "../operations/workflow-runs.ts";
import { page } from "../pagination.ts";
import { notFound, Refusal } from "../refusal.ts";
import {
  type Answer,
  idParameter,
  parameter,
  type RepositoryCall,
  type Route,
  read,
  type WriteCall,
  write,
} from "../router.ts";
import { repositoryPage } from "../serialize/basics.ts";
import { artifactJson, jobJson, workflowJson, workflowRunJson } from "../serialize/workflow-run.ts";
import { workflowPaths } from "../workflow-file.ts";
import { found } from "../world.ts";

const ACTIONS = ["actions"];

/** One page of a list that GitHub wraps in an object with its total. */
function counted<T>(call: RepositoryCall, key: string, all: readonly T[], show: (one: T) => unknown): Answer {
  const { items, headers } = page(call, all);
  return { status: 200, headers, body: { total_count: all.length, [key]: items.map(show) } };
}

/** Paths of the workflows that GitHub knows: those on the default branch. */
function pathsOf({ world, repository }: RepositoryCall): string[] {
  const paths = workflowPaths(repository, repository.defaultBranch);
  for (const path of paths) workflowId(world, repository, path);
  return paths;
}

/** By its id or its file's name. */
function pathOf(call: RepositoryCall): string {
  const wanted = parameter(call, "workflow_id");
  const { workflowIds } = call.repository;
  return found(
    pathsOf(call).find(
      (path) => String(workflowIds.get(path)) === wanted || path.split("/").at(-1) === wanted,
    ),
  );
}

function runOf(call: RepositoryCall): WorkflowRun {
  return found(call.repository.workflowRuns.get(idParameter(call, "run_id")));
}

const COMPARISONS: Readonly<Record<string, (at: number, than: number) => boolean>> = {
  ">=": (at, than) => at >= than,
  ">": (at, than) => at > than,
  "<=": (at, than) => at <= than,
  "<": (at, than) => at < than,
};

/** `2026-01-01`, `>=…`, `<=…`, `…..…`, with dates or times (GitHub's search syntax). */
function created(query: string | null): (at: number) => boolean {
  const [, comparison = "", first = "", last] = /^(>=|<=|>|<)?(.+?)(?:\.\.(.+))?$/.exec(query ?? "") ?? [];
  const from = Date.parse(first);
  if (query === null || Number.isNaN(from)) return () => true;
  // Whole seconds, as times are shown.
  const second = (at: number) => Math.floor(at / 1000) * 1000;
  const compare = COMPARISONS[comparison];
  if (compare) return (at) => compare(second(at), from);
  const until = last === undefined ? from + 24 * 3_600_000 - 1 : Date.parse(last);
  return (at) => second(at) >= from && second(at) <= until;
}

function listRuns(call: RepositoryCall, path: string | null): Answer {
  const { query, repository, world } = call;
  const is = (name: string, ...values: (string | null)[]) => {
    const wanted = query.get(name);
    return wanted === null || values.includes(wanted);
  };
  const inTime = created(query.get("created"));
  const runs = [...repository.workflowRuns.values()].filter(
    (run) =>
      (path === null || run.path === path) &&
      is("actor", run.by.user.login) &&
      is("branch", run.headBranch) &&
      is("event", run.event) &&
      is("status", run.status, run.conclusion) &&
      is("head_sha", run.headSha) &&
      is("check_suite_id", String(run.suite.id)) &&
      inTime(run.createdAt),
  );
  return counted(call, "workflow_runs", runs.toReversed(), (run) => workflowRunJson(world, repository, run));
}

function dispatch(call: WriteCall): Answer {
  const { world, repository, by, input } = call;
  const path = pathOf(call);
  const ref = requiredText(input, "ref", "WorkflowDispatch");
  const inputs = input["inputs"] ?? {};
  if (!isObject(inputs))
    throw new Refusal(422, "Invalid request.\n\nFor 'properties/inputs', it is not an object.");
  const run = dispatchWorkflow(world, repository, by, path, ref, inputs);
  if (!flag(input, "return_run_details")) return { status: 204 };
  return {
    status: 200,
    body: {
      workflow_run_id: run.id,
      run_url: runUrl(world, repository, run),
      html_url: repositoryPage(world, repository, `/actions/runs/${run.id}`),
    },
  };
}

function artifactOf(call: RepositoryCall) {
  const id = idParameter(call, "artifact_id");
  const all = [...call.repository.workflowRuns.values()].flatMap((run) =>
    run.artifacts.map((artifact) => ({ run, artifact })),
  );
  return found(all.find(({ artifact }) => artifact.id === id));
}

/** A redirect to where the bytes can be had without a token, as at GitHub. */
function download(call: RepositoryCall): Answer {
  const { world, repository } = call;
  if (parameter(call, "archive_format") !== "zip") throw notFound();
  const { run, artifact } = artifactOf(call);
  if (artifactJson(world, repository, run, artifact).expired) throw new Refusal(410, "Artifact has expired");
  const secret = randomBytes(16).toString("hex");
  world.downloads.set(secret, artifact.zip);
  return { status: 302, headers: { location: `${world.url}/downloads/${secret}` } };
}

export const actionsRoutes: readonly Route[] = [
  read("GET /repos/{owner}/{repo}/actions/workflows", ACTIONS, (call) =>
    counted(call, "workflows", pathsOf(call), (path) => workflowJson(call.world, call.repository, path)),
  ),
  read("GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}", ACTIONS, (call) => ({
    status: 200,
    body: workflowJson(call.world, call.repository, pathOf(call)),
  })),
  write("POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", ACTIONS, "write", dispatch),
  read("GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs", ACTIONS, (call) =>
    listRuns(call, pathOf(call)),
  ),
  read("GET /repos/{owner}/{repo}/actions/runs", ACTIONS, (call) => listRuns(call, null)),
  read("GET /repos/{owner}/{repo}/actions/runs/{run_id}", ACTIONS, (call) => ({
    status: 200,
    body: workflowRunJson(call.world, call.repository, runOf(call)),
  })),
  write("POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel", ACTIONS, "write", (call) => {
    cancelRun(call.world, call.repository, runOf(call));
    return { status: 202, body: {} };
  }),
  read("GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs", ACTIONS, (call) => {
    const run = runOf(call);
    return counted(call, "jobs", jobsOf(call.repository, run), (job) =>
      jobJson(call.world, call.repository, run, job),
    );
  }),
  read("GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts", ACTIONS, (call) => {
    const run = runOf(call);
    const name = call.query.get("name");
    const fitting = run.artifacts.filter((artifact) => name === null || artifact.name === name);
    return counted(call, "artifacts", fitting, (artifact) =>
      artifactJson(call.world, call.repository, run, artifact),
    );
  }),
  read("GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}", ACTIONS, (call) => {
    const { run, artifact } = artifactOf(call);
    return { status: 200, body: artifactJson(call.world, call.repository, run, artifact) };
  }),
  read("GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}", ACTIONS, download),
];
