import type { Repository, StatusState } from "../model.ts";
import { asDoer, fullName, type World } from "../world.ts";
import { createCheckRun, updateCheckRun } from "./checks.ts";
import { addStatus } from "./statuses.ts";
import { otherApp } from "./workflow-runs.ts";

/** A check run of an App that is not ours. */
export interface ForeignCheck {
  /** A commit, or the number of the pull request at whose head it is. */
  readonly at: string | number;
  readonly name: string;
  /** Left out: it is in progress. */
  readonly conclusion?: string;
  /** Slug of the App; GitHub Actions unless given. */
  readonly app?: string;
}

/** A commit status of a service that is not ours. */
export interface ForeignStatus {
  readonly at: string | number;
  readonly context: string;
  readonly state: StatusState;
  readonly targetUrl?: string;
}

/** Makes the check run, or moves on the one of that name that is in progress; answers its id. */
export function reportCheck(world: World, repository: Repository, check: ForeignCheck): number {
  const sha = shaAt(repository, check.at);
  const app = otherApp(world, check.app ?? "github-actions");
  const by = asDoer(app.bot, app);
  const progress =
    check.conclusion === undefined ? { status: "in_progress" } : { conclusion: check.conclusion };
  const open = [...repository.checkRuns.values()].find(
    (run) =>
      run.headSha === sha && run.suite.app === app && run.name === check.name && run.status !== "completed",
  );
  if (open === undefined) {
    const input = { name: check.name, head_sha: sha, ...progress };
    return createCheckRun(world, repository, by, input).id;
  }
  updateCheckRun(world, repository, open, by, progress);
  return open.id;
}

export function reportStatus(
  world: World,
  repository: Repository,
  { at, context, state, targetUrl }: ForeignStatus,
): void {
  const by = asDoer(world.addUser("ci-service", "User"));
  const sha = shaAt(repository, at);
  addStatus(world, repository, by, { sha, context, state, description: null, targetUrl: targetUrl ?? null });
}

function shaAt(repository: Repository, at: string | number): string {
  const sha = typeof at === "number" ? repository.issues.get(at)?.pull?.headSha : at;
  if (sha === undefined) throw new Error(`#${at} of ${fullName(repository)} is no pull request`);
  return sha;
}
