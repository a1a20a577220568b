import type { Octokit } from "@octokit/rest";
import type { Execution } from "../core/execution.ts";
import { allSteps, stepAt } from "../core/locate.ts";
import type { Workflow } from "../core/workflow.ts";
import { awaited } from "../engine/ports/index.ts";
import { hasStatus } from "./failures.ts";
import type { Happening } from "./happening.ts";
import { closedIssues } from "./links.ts";
import { listAll } from "./lists.ts";
import { listAt, numberAt, textAt, valueAt } from "./payload.ts";
import { waitingSteps } from "./pending.ts";
import type { Work } from "./room.ts";

/** What an event is about, as far as it can be told: issues and pull requests, a commit, a GitHub Actions run. */
interface About {
  readonly numbers: readonly number[];
  readonly sha: string | null;
  readonly runId: number | null;
}

/**
 * The unfinished executions that an event concerns: by the numbers of their subject and linked pull requests; for an
 * event that only names a commit (check_run, check_suite, status, deployment_status, workflow_run) those whose head or
 * waited-for commit it is, or that wait for that very run; for any other (push, release, repository_dispatch) those that
 * wait for it by name. The store finds all of them by key. Payloads name the pull requests of a commit only for branches of the same repository, so where
 * neither they nor any execution tells, GitHub is asked for them.
 */
export async function concerned(work: Work): Promise<readonly Execution[]> {
  const { room, happening, octokit } = work;
  const unfinished = { repository: happening.repository.id, states: ["running", "paused"] } as const;
  const about = aboutOf(happening);
  const found = new Map<string, Execution>();
  const add = (executions: readonly Execution[]) => {
    for (const execution of executions) found.set(execution.id, execution);
  };
  const addNumbers = async (numbers: Iterable<number>) => {
    for (const subject of new Set(numbers))
      add(await listAll(room.stores.executions, { ...unfinished, subject }));
  };

  await addNumbers([...about.numbers, ...closingOf(happening)]);
  if (happening.number !== null) return [...found.values()];
  const awaits = keysOf(happening, about);
  for (const execution of await listAll(room.stores.executions, { ...unfinished, awaits })) {
    if (waitsForThis(execution, about) || (await waitsByName(work, execution, about))) add([execution]);
  }
  if (found.size === 0 && about.numbers.length === 0 && about.sha !== null) {
    await addNumbers(await pullsWithHead(octokit, happening, about.sha));
  }
  return [...found.values()];
}

function aboutOf({ number, payload, event }: Happening): About {
  if (number !== null) return { numbers: [number], sha: null, runId: null };
  for (const key of ["check_run", "check_suite", "workflow_run"]) {
    const run = valueAt(payload, key);
    if (run === undefined) continue;
    const numbers = listAt(run, "pull_requests").flatMap((pull) => numberAt(pull, "number") ?? []);
    return {
      numbers,
      sha: textAt(run, "head_sha"),
      runId: key === "workflow_run" ? numberAt(run, "id") : null,
    };
  }
  const sha = textAt(payload, "deployment", "sha") ?? (event === "status" ? textAt(payload, "sha") : null);
  return { numbers: [], sha, runId: null };
}

/** Under which keys the store finds who may await the event. */
function keysOf({ event, name }: Happening, { sha, runId }: About): readonly string[] {
  const names = [...new Set([name, event])].map(awaited.event);
  const commit = sha === null ? [] : [awaited.commit(sha)];
  const run = runId === null ? [] : [awaited.run(runId)];
  return [...run, ...commit, ...names, awaited.anyEvent];
}

function headOf({ linked, subject }: Execution): string | null {
  return linked.at(-1)?.head_sha ?? subject?.head_sha ?? null;
}

function waitsForThis(execution: Execution, { sha, runId }: About): boolean {
  if (sha === null) return false;
  if (headOf(execution) === sha) return true;
  return [...waitingSteps(execution).values()].some(
    (waiting) =>
      (waiting.for === "run" && waiting.runId === runId) ||
      (waiting.for === "checks" && waiting.headSha === sha),
  );
}

/** An event about no issue or pull request is heard by who waits for it by name, but for one about another commit. */
async function waitsByName(
  { room, happening }: Work,
  execution: Execution,
  { sha }: About,
): Promise<boolean> {
  const workflow = await room.engine.workflowOf(execution);
  // A short run may end before the step that dispatched it is saved as waiting for it.
  if (happening.name === "workflow_run.completed" && dispatches(workflow, execution)) return true;
  if (sha !== null && headOf(execution) !== null) return false;
  for (const { step } of allSteps(workflow).values()) {
    if (step.kind.kind !== "wait_for") continue;
    if (step.kind.events.some((name) => name === happening.name || name === happening.event)) return true;
  }
  return false;
}

function dispatches(workflow: Workflow, { steps }: Execution): boolean {
  return Object.entries(steps).some(([path, { runs }]) => {
    const run = runs.at(-1);
    if (run?.state !== "running" || run.waiting !== null) return false;
    const kind = stepAt(workflow, path)?.step.kind;
    return kind?.kind === "action" && kind.action === "actions.run";
  });
}

/** Issues that the event's pull request says it closes. */
export function closingOf({ payload, repository }: Happening): readonly number[] {
  const pull = valueAt(payload, "pull_request");
  if (pull === undefined) return [];
  return closedIssues(`${textAt(pull, "title") ?? ""}\n${textAt(pull, "body") ?? ""}`, repository);
}

async function pullsWithHead(
  octokit: Octokit,
  { repository }: Happening,
  sha: string,
): Promise<readonly number[]> {
  try {
    const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
      owner: repository.owner,
      repo: repository.name,
      commit_sha: sha,
    });
    return data.filter(({ head }) => head.sha === sha).map(({ number }) => number);
  } catch (error) {
    // A commit that this repository does not have.
    if (hasStatus(error, 404, 422)) return [];
    throw error;
  }
}
