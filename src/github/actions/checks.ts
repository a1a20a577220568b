import { unreachable } from "../../core/problem.ts";
import type { StepResult } from "../../engine/ports/runner.ts";
import { failureOf } from "./errors.ts";
import { perform } from "./perform.ts";
import { type RequiredCheck, requiredChecks } from "./required-checks.ts";
import { type ActionContext, failed } from "./results.ts";
import { type Head, headOf } from "./run/head.ts";

export type Which = "required" | "all" | readonly string[];

type Verdict = "passed" | "failed" | "pending";

/** A check run or a commit status, the newest of its name from its App. */
interface Check {
  readonly name: string;
  /** Null for a commit status, which tells nothing of who may have set it. */
  readonly appId: number | null;
  readonly conclusion: string | null;
  readonly url: string | null;
  readonly verdict: Verdict;
}

/**
 * `wait_for: {checks}`: looks once at the checks of the newest linked pull request's head (or the subject's), and
 * succeeds with {head_sha, checks: [{name, conclusion, url}]}, fails as `checks_failed` with the same, or parks until
 * one changes.
 * Our own App's check runs don't count for `all`, and this workflow's own never: they wait for this very step. Where
 * the base branch requires no checks, `required` means all.
 */
export async function lookAtChecks(context: ActionContext, which: Which): Promise<StepResult> {
  const { request, clock } = context;
  const own = request.workflow.report.check;
  if (own !== null && which !== "required" && which !== "all" && which.includes(own)) {
    return failed(
      "own_check",
      `"${own}" is this workflow's own check: it is over only when this step is. Name another.`,
    );
  }
  const result = await perform({
    effect: { class: "read" },
    mayHaveHappened: false,
    call: () => look(context, which),
    find: async () => null,
    clock,
    signal: request.signal,
  });
  switch (result.outcome) {
    case "done":
      return result.data as StepResult;
    case "refused":
      return { type: "failed", ...failureOf(result.error, clock.now()), effects: [] };
    case "unknown":
      throw new Error("what is only read has no unknown outcome");
    default:
      return unreachable(result);
  }
}

async function look(context: ActionContext, which: Which): Promise<StepResult> {
  const { request } = context;
  const head = await headOf(context);
  if (!head) {
    return failed(
      "no_pull_request",
      "Checks belong to a pull request, and this step is about none. Let an earlier step open one that closes the subject.",
    );
  }
  const [all, wanted] = await Promise.all([checksAt(context, head.sha), wantedChecks(context, head, which)]);
  const own = request.workflow.report.check;
  const isOwn = ({ appId, name, url }: Check) =>
    appId === context.appId || name === own || (url !== null && context.isOwnCheck(url));
  const checks = wanted === null ? all.filter((check) => !isOwn(check)) : chosen(all, wanted);
  const output = {
    head_sha: head.sha,
    checks: checks.map(({ name, conclusion, url }) => ({ name, conclusion, url })),
  };
  const failing = checks.filter(({ verdict }) => verdict === "failed");
  if (failing.length > 0) {
    const list = failing
      .map(({ name, conclusion, url }) => `${name} (${conclusion}${url ? `, ${url}` : ""})`)
      .join("; ");
    return failed("checks_failed", `Checks failed at ${head.sha.slice(0, 7)}: ${list}`, output);
  }
  if (checks.length === 0 || checks.some(({ verdict }) => verdict === "pending")) {
    return { type: "parked", waiting: { for: "checks", which, headSha: head.sha }, effects: [] };
  }
  return { type: "succeeded", output, effects: [] };
}

/** Null: all there are. */
async function wantedChecks(
  { octokit, request, appId }: ActionContext,
  head: Head,
  which: Which,
): Promise<readonly RequiredCheck[] | null> {
  if (which === "all") return null;
  if (which !== "required") return which.map((name) => ({ name, appId: null }));
  const { owner, name: repo } = request.execution.repository;
  const required = await requiredChecks({ octokit, owner, repo, branch: head.base, signal: request.signal });
  const own = request.workflow.report.check;
  const others = required.filter((one) => one.name !== own || (one.appId ?? appId) !== appId);
  return others.length > 0 ? others : null;
}

/** Each wanted one as it is reported, pending where nobody has yet. */
function chosen(all: readonly Check[], wanted: readonly RequiredCheck[]): Check[] {
  return wanted.flatMap(({ name, appId }) => {
    const reported = all.filter(
      (check) => check.name === name && (appId === null || check.appId === null || check.appId === appId),
    );
    return reported.length > 0
      ? reported
      : [{ name, appId, conclusion: null, url: null, verdict: "pending" as const }];
  });
}

async function checksAt({ octokit, request }: ActionContext, sha: string): Promise<Check[]> {
  const { owner, name: repo } = request.execution.repository;
  const at = { owner, repo, ref: sha, per_page: 100, request: { signal: request.signal } };
  const [runs, statuses] = await Promise.all([
    octokit.paginate(octokit.rest.checks.listForRef, at),
    octokit.paginate(octokit.rest.repos.listCommitStatusesForRef, at),
  ]);
  // One name may be in several suites of an App, as after a workflow was run for the same commit again.
  const newest = new Map(
    runs.toSorted((a, b) => a.id - b.id).map((run) => [`${run.app?.id}/${run.name}`, run]),
  );
  // Newest first; contexts ignore case.
  const byContext = new Map(statuses.toReversed().map((status) => [status.context.toLowerCase(), status]));
  return [
    ...[...newest.values()].map((run) => ({
      name: run.name,
      appId: run.app?.id ?? null,
      conclusion: run.conclusion,
      url: run.html_url,
      verdict: run.status === "completed" ? (runVerdicts.get(run.conclusion ?? "") ?? "failed") : "pending",
    })),
    ...[...byContext.values()].map((status) => ({
      name: status.context,
      appId: null,
      conclusion: status.state,
      url: status.target_url,
      verdict: statusVerdicts.get(status.state) ?? "failed",
    })),
  ];
}

const runVerdicts: ReadonlyMap<string, Verdict> = new Map([
  ["success", "passed"],
  ["neutral", "passed"],
  ["skipped", "passed"],
  // Somebody is asked for something, and may still do it.
  ["action_required", "pending"],
]);

const statusVerdicts: ReadonlyMap<string, Verdict> = new Map([
  ["success", "passed"],
  ["pending", "pending"],
]);
