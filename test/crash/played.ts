import type { Execution } from "../../src/core/execution.ts";
import type { Workflow } from "../../src/core/workflow.ts";
import type { Stores } from "../../src/engine/ports/index.ts";
import type { SandboxGitHub } from "../../src/sandbox/github/index.ts";
import type { Counts } from "./point.ts";
import { illegalMoves } from "./walk.ts";

/** What a run came to, in words that are the same in every run that went well, wherever its process died. */
export interface Ending {
  readonly executions: readonly string[];
  readonly steps: Readonly<Record<string, unknown>>;
  /** Who did what, in order. */
  readonly timeline: readonly string[];
  /** Writes that the execution knows of. */
  readonly effects: readonly string[];
  readonly issues: readonly unknown[];
  readonly pullRequests: readonly string[];
  /** On the issue and the pull request, without what differs from run to run; in no order. */
  readonly comments: readonly string[];
  /** The newest at each head, and what the head is called by. */
  readonly checkRuns: readonly string[];
  /** What must not be: things there twice, left over, or done by no rule. */
  readonly wrong: readonly string[];
}

export interface Played {
  readonly ending: Ending;
  /** What the service warned of. */
  readonly complaints: readonly string[];
  readonly counts: Counts;
  /** Names of the points at which the process died. */
  readonly reached: readonly string[];
}

export interface End {
  readonly sandbox: SandboxGitHub;
  readonly repository: string;
  readonly workflow: Workflow;
  readonly stores: Stores;
  /** Every execution as it was saved, in order. */
  readonly saved: readonly Execution[];
}

export async function endingOf(end: End): Promise<Ending> {
  const { sandbox, repository, stores } = end;
  const { executions } = await stores.executions.list({});
  const [execution] = executions;
  const issues = sandbox.issues(repository);
  const pulls = sandbox.pullRequests(repository);
  return {
    executions: executions.map(({ state, workflow }) => `${workflow.stem} ${state}`),
    steps: execution ? stepsOf(execution) : {},
    timeline: (execution?.timeline ?? []).map(({ by, what, step }) => `${by ?? "-"} ${what} ${step ?? "-"}`),
    effects: execution ? effectsOf(execution) : [],
    issues: issues.map(({ state, title, labels, assignees }) => ({
      state,
      title,
      labels: labels.map((label) => (typeof label === "string" ? label : label.name)).toSorted(),
      assignees: (assignees ?? []).map(({ login }) => login),
    })),
    pullRequests: pulls.map(({ title, state, commits }) => `${title}: ${state}, ${commits} commits`),
    comments: [...issues, ...pulls]
      .flatMap(({ number }) => commentsOf(sandbox, repository, number))
      .toSorted(),
    checkRuns: newestCheckRuns(sandbox, repository),
    wrong: [...(await leftOver(end, execution)), ...doubles(end, [...issues, ...pulls]), ...illegalWalk(end)],
  };
}

function stepsOf({ steps }: Execution): Ending["steps"] {
  const told = Object.entries(steps).map(([path, { visits, attempts, runs }]) => {
    const ended = runs.map(
      (run) => `#${run.visit} ${run.state} by ${run.from?.step ?? "start"}#${run.from?.visit ?? 0}`,
    );
    return [path, { visits, attempts, ended }] as const;
  });
  return Object.fromEntries(told);
}

function effectsOf({ steps, id }: Execution): readonly string[] {
  const all = Object.values(steps).flatMap(({ runs }) => runs.flatMap(({ effects }) => effects));
  return all.map(({ key, method }) => `${method} ${key.replace(id, "ID")}`).toSorted();
}

function commentsOf(sandbox: SandboxGitHub, repository: string, number: number): readonly string[] {
  return sandbox.comments(repository, number).map(({ body, user, reactions }) => {
    const { eyes = 0, "+1": taken = 0, confused = 0 } = reactions ?? {};
    return `#${number} ${user?.login} (${eyes}/${taken}/${confused}): ${withoutChance(body)}`;
  });
}

/** Without addresses, ids, hashes and times, which differ in every run. */
function withoutChance(text: string): string {
  return text
    .replaceAll(/127\.0\.0\.1:\d+/g, "HOST")
    .replaceAll(/(issuecomment-|runs\/)\d+/g, "$1N")
    .replaceAll(/\b[0-9a-f]{7,80}\b/g, "HASH")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME");
}

function newestCheckRuns(sandbox: SandboxGitHub, repository: string): readonly string[] {
  const newest = new Map<string, string>();
  for (const { head_sha, name, status, conclusion, output, id } of sandbox
    .checkRuns(repository)
    .toSorted((a, b) => a.id - b.id)) {
    void id;
    newest.set(`${head_sha} ${name}`, `${name}: ${status} ${conclusion}, ${output.title}`);
  }
  return [...newest.values()];
}

async function leftOver(
  { sandbox, stores }: End,
  execution: Execution | undefined,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { id, event } of await stores.deliveries.unfinished(100))
    wrong.push(`${event} ${id} has no outcome`);
  const sent = new Map(sandbox.deliveries().map(({ guid, event, action }) => [guid, `${event}.${action}`]));
  for (const [guid, name] of sent) {
    const delivery = await stores.deliveries.get(guid);
    if (delivery === null) wrong.push(`${name} was lost`);
    else if (delivery.outcome?.startsWith("failed")) wrong.push(`${name} ${delivery.outcome}`);
  }
  for (const id of await stores.messages.waiting(100)) wrong.push(`messages for ${id} are left`);
  for (const { id } of (await stores.reports.behind(100)).owed) wrong.push(`a report of ${id} is owed`);
  const report = execution && (await stores.reports.get(execution.id));
  if (execution && report?.revision !== execution.revision) {
    wrong.push(`reported is revision ${report?.revision} of ${execution.revision}`);
  }
  return wrong;
}

function doubles(
  { sandbox, repository }: End,
  places: readonly { readonly number: number }[],
): readonly string[] {
  const bodies = places.flatMap(({ number }) => sandbox.comments(repository, number).map(({ body }) => body));
  const markers = bodies.flatMap((body) => body.match(/<!-- hishamos:[0-9a-f]+ -->/g) ?? []);
  const checks = sandbox
    .checkRuns(repository)
    .map((run) => `${run.name} at ${run.head_sha} ${run.external_id}`);
  return [...new Set(repeated([...markers, ...checks]))].map((what) => `${what} is there twice`);
}

function repeated(all: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return all.filter((one) => seen.size === seen.add(one).size);
}

function illegalWalk({ workflow, saved }: End): readonly string[] {
  const ids = new Set(saved.map(({ id }) => id));
  return [...ids].flatMap((id) =>
    illegalMoves(
      workflow,
      saved.filter((one) => one.id === id),
    ),
  );
}
