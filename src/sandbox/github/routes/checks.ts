import type { CheckRun } from "../model.ts";
import { createCheckRun, rerequestRun, updateCheckRun } from "../operations/checks.ts";
import { listed, page } from "../pagination.ts";
import { forbidden, Refusal } from "../refusal.ts";
import {
  idParameter,
  parameter,
  type RepositoryCall,
  type Route,
  read,
  type WriteCall,
  write,
} from "../router.ts";
import { repositoryPage } from "../serialize/basics.ts";
import { checkRunJson, checkSuiteJson } from "../serialize/check.ts";
import { found } from "../world.ts";

const CHECKS = ["checks"];

function runOf(call: RepositoryCall): CheckRun {
  return found(call.repository.checkRuns.get(idParameter(call, "check_run_id")));
}

/** Only Apps write check runs. */
function appOnly(call: WriteCall): void {
  if (call.by.app === null) throw forbidden("You must authenticate via a GitHub App.");
}

function shaOf(call: RepositoryCall): string {
  const ref = parameter(call, "ref");
  const commit = call.repository.git.resolve(ref);
  if (commit === undefined) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  return commit.sha;
}

/** Only the newest run of each name in each suite, unless `filter=all`. */
function runsAt(call: RepositoryCall, sha: string): CheckRun[] {
  const { query } = call;
  const name = query.get("check_name");
  const status = query.get("status");
  const appId = query.get("app_id");
  const runs = [...call.repository.checkRuns.values()].filter(
    (run) =>
      run.headSha === sha &&
      (name === null || run.name === name) &&
      (status === null || run.status === status) &&
      (appId === null || String(run.suite.app.id) === appId),
  );
  const newest = new Map(runs.map((run) => [`${run.suite.id}/${run.name}`, run]));
  return (query.get("filter") === "all" ? runs : [...newest.values()]).toReversed();
}

export const checkRoutes: readonly Route[] = [
  write("POST /repos/{owner}/{repo}/check-runs", CHECKS, "write", (call) => {
    appOnly(call);
    const run = createCheckRun(call.world, call.repository, call.by, call.input);
    return { status: 201, body: checkRunJson(call.world, call.repository, run) };
  }),
  read("GET /repos/{owner}/{repo}/check-runs/{check_run_id}", CHECKS, (call) => ({
    status: 200,
    body: checkRunJson(call.world, call.repository, runOf(call)),
  })),
  write("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", CHECKS, "write", (call) => {
    appOnly(call);
    const run = runOf(call);
    updateCheckRun(call.world, call.repository, run, call.by, call.input);
    return { status: 200, body: checkRunJson(call.world, call.repository, run) };
  }),
  read("GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations", CHECKS, (call) => {
    const run = runOf(call);
    return listed(call, run.annotations, (annotation) => ({
      ...annotation,
      blob_href: repositoryPage(
        call.world,
        call.repository,
        `/blob/${run.headSha}/${encodeURI(annotation.path)}`,
      ),
    }));
  }),
  write("POST /repos/{owner}/{repo}/check-runs/{check_run_id}/rerequest", CHECKS, "write", (call) => {
    const run = runOf(call);
    if (run.status !== "completed") throw new Refusal(422, "This check run is not rerequestable");
    rerequestRun(call.world, call.repository, run, call.by);
    return { status: 201, body: {} };
  }),
  read("GET /repos/{owner}/{repo}/commits/{ref}/check-runs", CHECKS, (call) => {
    const runs = runsAt(call, shaOf(call));
    const { items, headers } = page(call, runs);
    const shown = items.map((run) => checkRunJson(call.world, call.repository, run));
    return { status: 200, headers, body: { total_count: runs.length, check_runs: shown } };
  }),
  read("GET /repos/{owner}/{repo}/commits/{ref}/check-suites", CHECKS, (call) => {
    const sha = shaOf(call);
    const suites = [...call.repository.checkSuites.values()].filter((suite) => suite.headSha === sha);
    const { items, headers } = page(call, suites);
    const shown = items.map((suite) => checkSuiteJson(call.world, call.repository, suite));
    return { status: 200, headers, body: { total_count: suites.length, check_suites: shown } };
  }),
  read("GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs", CHECKS, (call) => {
    const suite = found(call.repository.checkSuites.get(idParameter(call, "check_suite_id")));
    const runs = runsAt(call, suite.headSha).filter((run) => run.suite === suite);
    const { items, headers } = page(call, runs);
    const shown = items.map((run) => checkRunJson(call.world, call.repository, run));
    return { status: 200, headers, body: { total_count: runs.length, check_runs: shown } };
  }),
];
