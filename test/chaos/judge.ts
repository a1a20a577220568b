import type { Execution } from "../../src/core/execution.ts";
import type { Workflow } from "../../src/core/workflow.ts";
import type { Stores } from "../../src/engine/ports/index.ts";
import type { SandboxGitHub } from "../../src/sandbox/github/index.ts";
import { illegalMoves } from "../crash/walk.ts";
import { type Bug, endOf } from "./bug.ts";
import { historyOf, outcomesIn } from "./history.ts";

export interface Evidence {
  readonly sandbox: SandboxGitHub;
  readonly stores: Stores;
  readonly databaseUrl: string;
  readonly workflow: Workflow;
  readonly bugs: readonly Bug[];
  readonly repositories: readonly string[];
}

/** What is not as it must be, in words, each with its subject; nothing where all is. */
export async function judge(evidence: Evidence): Promise<readonly string[]> {
  const executions = await allExecutions(evidence.stores);
  return [
    ...evidence.bugs.flatMap((bug) => wrongEnd(evidence, bug, executions)),
    ...(await illegalWalks(evidence, executions)),
    ...evidence.repositories.flatMap((repo) => [...doubles(evidence, repo), ...openTwice(evidence, repo)]),
    ...(await unprocessed(evidence)),
    ...(await owed(evidence)),
  ];
}

async function allExecutions({ executions }: Stores): Promise<readonly Execution[]> {
  const all: Execution[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof executions.list>> = await executions.list({
      limit: 100,
      ...(cursor !== null && { cursor }),
    });
    all.push(...page.executions);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

/** One execution for each bug, at the end that people gave it, and on GitHub what that end leaves. */
function wrongEnd({ sandbox }: Evidence, bug: Bug, executions: readonly Execution[]): readonly string[] {
  const { repo, number, fate, shown } = bug;
  const name = `${repo}#${number} (${fate})`;
  const own = executions.filter(
    ({ repository, subject }) =>
      `${repository.owner}/${repository.name}` === repo && subject?.number === number,
  );
  const [execution] = own;
  if (!execution || own.length > 1) return [`${name} has ${own.length} executions`];
  const wrong: string[] = [];
  if (execution.state !== endOf[fate]) {
    const running = Object.entries(execution.steps).flatMap(([path, { runs }]) => {
      const run = runs.at(-1);
      return run?.state === "running" ? [`${path} ${JSON.stringify(run.waiting)?.slice(0, 200)}`] : [];
    });
    wrong.push(
      `${name} is ${execution.state} (${execution.id} revision ${execution.revision}): ${running.join("; ")}`,
    );
  }
  if (shown !== endOf[fate]) wrong.push(`${name} shows ${shown}`);
  if (!bug.settled) wrong.push(`${name} was never brought to its end by people`);
  const issue = sandbox.issue(repo, number);
  if ((issue.state === "closed") !== (fate === "deployed"))
    wrong.push(`${name}: the issue is ${issue.state}`);
  const bodies = sandbox.comments(repo, number).map(({ body }) => body ?? "");
  const expected: readonly (readonly [string, number])[] = [
    ["Thank you for the report", 1],
    ["Fixed by", fate === "deployed" ? 1 : 0],
  ];
  for (const [opening, count] of expected) {
    const found = bodies.filter((body) => body.startsWith(opening)).length;
    if (found !== count) wrong.push(`${name} has ${found} comments "${opening}…"`);
  }
  const labels = issue.labels.map((label) => (typeof label === "string" ? label : label.name));
  if (fate === "backlog" && !labels.includes("backlog")) wrong.push(`${name} has no label backlog`);
  return wrong;
}

async function illegalWalks(
  { databaseUrl, workflow }: Evidence,
  executions: readonly Execution[],
): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const { id, revision } of executions) {
    const saved = await historyOf(databaseUrl, id);
    if (saved.length !== revision)
      wrong.push(`${id} was saved ${saved.length} times up to revision ${revision}`);
    wrong.push(...illegalMoves(workflow, saved).map((move) => `${id}, ${move}`));
  }
  return wrong;
}

function doubles({ sandbox, bugs }: Evidence, repo: string): readonly string[] {
  const wrong: string[] = [];
  const issues = sandbox.issues(repo);
  const pulls = sandbox.pullRequests(repo);
  const reported = bugs.filter((bug) => bug.repo === repo);
  const fixed = reported.filter(({ pull }) => pull !== null);
  if (issues.length !== reported.length)
    wrong.push(`${repo} has ${issues.length} issues of ${reported.length}`);
  if (pulls.length !== fixed.length)
    wrong.push(`${repo} has ${pulls.length} pull requests of ${fixed.length}`);
  const comments = [...issues, ...pulls].flatMap(({ number }) =>
    sandbox.comments(repo, number).filter(({ user }) => user?.type === "Bot"),
  );
  const markers = comments.flatMap(({ body }) => body?.match(/<!-- hishamos:[0-9a-f]+ -->/g) ?? []);
  for (const twice of new Set(repeated(markers))) {
    const where = comments.filter(({ body }) => body?.includes(twice));
    const said = where.map(
      ({ html_url, created_at, body }) => `${html_url} ${created_at} ${body?.slice(0, 60)}`,
    );
    wrong.push(`${repo}: ${twice} is there twice: ${said.join(" | ")}`);
  }
  return wrong;
}

/** A completed check run has a successor once its execution goes on; at no time are two of them open. */
function openTwice({ sandbox }: Evidence, repo: string): readonly string[] {
  const newest = new Map<string, { readonly id: number; readonly status: string }>();
  const wrong: string[] = [];
  for (const { id, name, head_sha, external_id, status } of sandbox
    .checkRuns(repo)
    .toSorted((a, b) => a.id - b.id)) {
    const key = `${name} at ${head_sha} of ${external_id?.split("/")[0]}`;
    const before = newest.get(key);
    if (before && before.status !== "completed") {
      wrong.push(`${repo}: check run ${before.id} ${key} is ${before.status} beside ${id}`);
    }
    newest.set(key, { id, status });
  }
  return wrong;
}

function repeated(all: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return all.filter((one) => seen.size === seen.add(one).size);
}

/** Every webhook that GitHub has sent, delivered or not, has come to something. */
async function unprocessed({ sandbox, databaseUrl }: Evidence): Promise<readonly string[]> {
  const outcomes = await outcomesIn(databaseUrl);
  const sent = new Map(
    sandbox.deliveries().map((one) => [one.guid, `${one.event}.${one.action ?? ""} ${one.guid}`]),
  );
  return [...sent].flatMap(([guid, name]) => {
    const outcome = outcomes.get(guid);
    if (outcome === undefined) return [`webhook ${name} was lost`];
    if (outcome === null) return [`webhook ${name} is not processed`];
    return outcome.startsWith("failed") ? [`webhook ${name}: ${outcome}`] : [];
  });
}

async function owed({ stores }: Evidence): Promise<readonly string[]> {
  const [waiting, behind] = await Promise.all([stores.messages.waiting(1_000), stores.reports.behind(1_000)]);
  return [
    ...waiting.map((id) => `messages for ${id} are left`),
    ...behind.owed.map(({ id }) => `the report of ${id} is not at its newest`),
  ];
}
