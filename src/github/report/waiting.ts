import type { Execution, RunningRun, Waiting } from "../../core/execution.ts";
import type { ApprovalOptions, Step, Workflow } from "../../core/workflow.ts";

export type ApprovalWait = Extract<Waiting, { for: "approval" }>;
export type PersonWait = Extract<Waiting, { for: "person" }>;

/** A step whose current run waits. */
export interface WaitingStep<Wait extends Waiting = Waiting> {
  readonly step: Step;
  readonly run: RunningRun;
  readonly waiting: Wait;
}

/** All that waits, in the file's order. */
export function waitingSteps(workflow: Workflow, execution: Execution): readonly WaitingStep[] {
  return workflow.steps.steps.flatMap((step) => {
    const run = currentRun(execution, step.id);
    return run?.state === "running" && run.waiting ? [{ step, run, waiting: run.waiting }] : [];
  });
}

export function waitingApprovals(
  workflow: Workflow,
  execution: Execution,
): readonly WaitingStep<ApprovalWait>[] {
  return waitingSteps(workflow, execution).flatMap(({ step, run, waiting }) =>
    waiting.for === "approval" ? [{ step, run, waiting }] : [],
  );
}

export function waitingPersons(workflow: Workflow, execution: Execution): readonly WaitingStep<PersonWait>[] {
  return waitingSteps(workflow, execution).flatMap(({ step, run, waiting }) =>
    waiting.for === "person" ? [{ step, run, waiting }] : [],
  );
}

/** The step's latest run in this round. */
export function currentRun(execution: Execution, path: string) {
  const steps = new Map(Object.entries(execution.steps));
  const run = steps.get(path)?.runs.at(-1);
  return run?.round === execution.round ? run : undefined;
}

/** The issue or pull request that comments of the execution go to, or null where it has neither. */
export function placeOf(execution: Execution): number | null {
  return execution.subject?.number ?? execution.linked.at(-1)?.number ?? null;
}

export const anyWriter = "anyone with the role write or higher";

/**
 * Who may decide, in words. Logins and teams come from the workflow on the default branch, so they are called
 * by their names on purpose: they are to be told.
 */
export function decidersOf(options: ApprovalOptions): string {
  const from = options.from.map((one) => {
    if (one.startsWith("role:")) return `anyone with the role ${one.slice("role:".length)} or higher`;
    return one.startsWith("@") ? one : `@${one}`;
  });
  const who = from.length > 0 ? from.join(", ") : anyWriter;
  const excluded = options.exclude.map((one) => excludedWords.get(one) ?? one);
  return excluded.length > 0 ? `${who}; not ${excluded.join(" nor ")}` : who;
}

const excludedWords: ReadonlyMap<string, string> = new Map([
  ["actor", "who started it"],
  ["author", "the author"],
]);
