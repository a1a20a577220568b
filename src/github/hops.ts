import type { Execution, Run } from "../core/execution.ts";
import { isTerminal } from "../core/tables.ts";
import type { Happening } from "./happening.ts";
import { writtenBy } from "./marker.ts";
import { numberAt, objectAt, textAt } from "./payload.ts";
import { isOurLogin, type Work } from "./room.ts";
import type { Cause } from "./triggers.ts";

/** So many executions one after another, none of them a person's doing, are a loop. */
export const mostHops = 3;
/** A bot that answers what we wrote does so within this time (ms). */
const answersWithinMs = 2 * 60_000;
/** Executions looked at where nothing of the event says which one caused it. */
const recent = 50;

/**
 * How many executions lie between this event and a person: none for what a person does; one more than the execution has
 * that caused it, for what we do and for what another bot does to it or in answer to it.
 */
export async function hopsOf(work: Work, cause: Cause): Promise<number> {
  if (cause === "person" || cause === "bot") return 0;
  const maker = (await makerOf(work)) ?? (cause === "us" ? await actorOf(work) : await askerOf(work));
  if (maker !== null) return maker.hops + 1;
  return cause === "us" ? 1 : 0;
}

/** The execution that made what the event is about: by the marker in the newest text that the event brings. */
async function makerOf(work: Work): Promise<Execution | null> {
  const { room, happening } = work;
  const { payload, action } = happening;
  const kinds = [
    "comment",
    "review",
    ...(action === "opened" ? ["issue", "pull_request", "discussion"] : []),
  ];
  for (const kind of kinds) {
    const made = objectAt(payload, kind);
    if (made === null) continue;
    const login = textAt(made, "user", "login");
    if (login === null || !(await isOurLogin(room, login))) return null;
    const id = writtenBy(textAt(made, "body") ?? "");
    return id === null ? null : room.stores.executions.load(id);
  }
  return null;
}

/** The execution that did what our App did here: a label, a close, a push. */
async function actorOf({ room, happening }: Work): Promise<Execution | null> {
  const { repository, number } = happening;
  const list = room.stores.executions;
  if (number !== null) {
    const { executions } = await list.list({ repository: repository.id, subject: number, limit: recent });
    const writer = lastWriter(executions, (method) => causes(method, happening));
    const found = writer ?? executions.find(({ state }) => !isTerminal(state));
    if (found !== undefined) return found;
  }
  const { executions } = await list.list({ repository: repository.id, limit: recent });
  const elsewhere = executions.find((execution) =>
    Object.values(execution.steps).some(({ runs }) => {
      const input = runs.at(-1)?.input;
      return (
        number !== null && (numberAt(input, "issue_number") ?? numberAt(input, "pull_number")) === number
      );
    }),
  );
  return elsewhere ?? executions.find(({ state }) => !isTerminal(state)) ?? executions[0] ?? null;
}

/** The execution that wrote here so shortly before that another bot's deed is an answer to it. */
async function askerOf({ room, happening }: Work): Promise<Execution | null> {
  const { repository, number, receivedAt } = happening;
  if (number === null) return null;
  const { executions } = await room.stores.executions.list({
    repository: repository.id,
    subject: number,
    limit: recent,
  });
  return lastWriter(executions, () => true, receivedAt - answersWithinMs) ?? null;
}

/** Of these, the one that wrote last by such a method, at or after `since` (ms). */
function lastWriter(
  executions: readonly Execution[],
  fits: (method: string) => boolean,
  since = 0,
): Execution | undefined {
  let found: { readonly execution: Execution; readonly at: number } | undefined;
  for (const execution of executions) {
    for (const { runs } of Object.values(execution.steps)) {
      for (const run of runs) {
        const at = endOf(run, execution);
        if (!run.effects.some(({ method }) => fits(method)) || at < since) continue;
        if (found === undefined || at > found.at) found = { execution, at };
      }
    }
  }
  return found?.execution;
}

function endOf(run: Run, { updatedAt }: Execution): number {
  return run.state === "running" ? updatedAt : run.endedAt;
}

/** Which methods of octokit.rest cause an event, by its name and action; an event not here: any of its own area. */
const methodsOf: ReadonlyMap<string, RegExp> = new Map([
  ["issues.labeled", /^issues\.(addLabels|setLabels|create|update)$/],
  ["issues.unlabeled", /^issues\.(removeLabel|removeAllLabels|setLabels|update)$/],
  ["issues.closed", /^(issues\.update|pulls\.merge)$/],
  ["issues.assigned", /^issues\.(addAssignees|update|create)$/],
  ["issues.unassigned", /^issues\.(removeAssignees|update)$/],
  ["pull_request.labeled", /^issues\.(addLabels|setLabels|update)$/],
  ["pull_request.unlabeled", /^issues\.(removeLabel|removeAllLabels|setLabels|update)$/],
  ["pull_request.closed", /^(pulls\.(update|merge)|issues\.update)$/],
  ["pull_request.assigned", /^issues\.(addAssignees|update)$/],
  ["pull_request.synchronize", /^(repos|git|pulls)\./],
]);

/** The area of octokit.rest that an event's name begins with; the rest (push, release, create …) is `repos` and `git`. */
const areas: readonly (readonly [string, RegExp])[] = [
  ["issue", /^issues\./],
  ["pull_request", /^pulls\./],
  ["check_", /^checks\./],
  ["workflow_", /^actions\./],
  ["", /^(repos|git)\./],
];

function causes(method: string, { event, name }: Happening): boolean {
  const known = methodsOf.get(name) ?? areas.find(([start]) => event.startsWith(start))?.[1];
  return known?.test(method) ?? false;
}
