import { atWork } from "../../core/draft.ts";
import type { Execution, RunningRun, Waiting } from "../../core/execution.ts";
import { own } from "../../core/json.ts";
import { unreachable } from "../../core/problem.ts";
import type { ApprovalOptions, Step, Workflow } from "../../core/workflow.ts";
import { usersFor } from "../command-users.ts";
import { shortId } from "../room.ts";

export type ApprovalWait = Extract<Waiting, { for: "approval" }>;
export type PersonWait = Extract<Waiting, { for: "person" }>;

/** A step whose current run waits for something outside it. */
export interface WaitingStep<Wait extends Waiting = Waiting> {
  readonly path: string;
  readonly step: Step;
  readonly run: RunningRun;
  readonly waiting: Wait;
}

/** All that waits, in the file's order; a group that only waits for the steps inside it does not count. */
export function waitingSteps(workflow: Workflow, execution: Execution): readonly WaitingStep[] {
  return atWork({ workflow, execution }).flatMap(({ at, run }) =>
    run.waiting && isOutside(run.waiting)
      ? [{ path: at.path, step: at.step, run, waiting: run.waiting }]
      : [],
  );
}

/** False for what is only around steps that are at work themselves. */
export function isOutside(waiting: Waiting): boolean {
  return waiting.for !== "steps" && (waiting.for !== "repeat" || waiting.until !== null);
}

export function waitingApprovals(
  workflow: Workflow,
  execution: Execution,
): readonly WaitingStep<ApprovalWait>[] {
  return waitingSteps(workflow, execution).flatMap(({ waiting, ...rest }) =>
    waiting.for === "approval" ? [{ ...rest, waiting }] : [],
  );
}

export function waitingPersons(workflow: Workflow, execution: Execution): readonly WaitingStep<PersonWait>[] {
  return waitingSteps(workflow, execution).flatMap(({ waiting, ...rest }) =>
    waiting.for === "person" ? [{ ...rest, waiting }] : [],
  );
}

/** What a step waits for, as the end of "it waits for". Text of strangers is not made safe here. */
export function waitingWords(waiting: Waiting): string {
  switch (waiting.for) {
    case "retry":
      return `another attempt at ${utc(waiting.until)} (${waiting.error.code})`;
    case "delay":
      return `its time, ${utc(waiting.until)}`;
    case "event":
      return waiting.events.join(" or ");
    case "approval":
      return "approval";
    case "person":
      return waiting.produces === "pull_request" ? "a pull request" : `a person's answer (${waiting.agent})`;
    case "steps":
      return "the steps inside it";
    case "repeat":
      return waiting.until === null
        ? `its iteration ${waiting.iteration + 1}`
        : `its iteration ${waiting.iteration + 1}, ${utc(waiting.until)}`;
    case "child":
      return `its workflow, execution ${shortId(waiting.execution)}`;
    case "run":
      return `[run ${waiting.runId}](${waiting.url})`;
    case "checks":
      return typeof waiting.which === "string"
        ? `${waiting.which} checks`
        : `checks ${waiting.which.join(", ")}`;
    case "pull_request":
      return waiting.state === "merged"
        ? "the merge of the pull request"
        : "the pull request to be merged or closed";
    default:
      return unreachable(waiting);
  }
}

/** As `2026-11-22 14:05 UTC`. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The issue or pull request that comments of the execution go to, or null where it has neither. */
export function placeOf(execution: Execution): number | null {
  return execution.subject?.number ?? execution.linked.at(-1)?.number ?? null;
}

/**
 * How a command names the execution and the step, as its words behind the command: a child stands beside others of its
 * workflow on the same issue, so it is named by its id.
 */
export function called({ id, parent }: Execution, path: string): string {
  return parent === null ? path : `${shortId(id)} ${path}`;
}

export const anyWriter = "anyone with the role write or higher";

/**
 * Who may decide, in words. Logins and teams come from the workflow on the default branch, so they are called
 * by their names on purpose: they are to be told.
 */
export function decidersOf(options: ApprovalOptions): string {
  const who = usersIn(options.from);
  const excluded = options.exclude.map((one) => excludedWords.get(one) ?? one);
  return excluded.length > 0 ? `${who}; not ${excluded.join(" nor ")}` : who;
}

/** Whom the command is limited to, by the workflow, else by the settings it started with; null where by neither. */
export function limitOf(workflow: Workflow, { commands = {} }: Execution, name: string): string | null {
  const users =
    usersFor((each) => workflow.commands.get(each), name) ?? usersFor((each) => own(commands, each), name);
  return users === undefined ? null : usersIn(users);
}

/** Logins, teams and least roles, in words; nobody named: role write and up. */
export function usersIn(from: readonly string[]): string {
  const named = from.map((one) => {
    if (one.startsWith("role:")) return `anyone with the role ${one.slice("role:".length)} or higher`;
    return one.startsWith("@") ? one : `@${one}`;
  });
  return named.length > 0 ? named.join(", ") : anyWriter;
}

const excludedWords: ReadonlyMap<string, string> = new Map([
  ["actor", "who started it"],
  ["author", "the author"],
]);
