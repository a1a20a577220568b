import type { Execution } from "./execution.ts";
import type { Workflow } from "./workflow.ts";

export type NewExecution = Pick<
  Execution,
  "id" | "repository" | "installation" | "subject" | "actor" | "input" | "event"
> &
  Partial<Pick<Execution, "parent" | "hops" | "vars" | "held">> & {
    readonly commit: string | null;
    readonly at: number;
  };

/** An execution that nothing has happened to yet; `transition` with `started` enters its first step. */
export function newExecution(workflow: Workflow, given: NewExecution): Execution {
  const { commit, at, ...rest } = given;
  const { name, stem, path, hash } = workflow;
  return {
    schema: 2,
    parent: null,
    hops: 0,
    vars: {},
    held: null,
    ...rest,
    revision: 0,
    round: 1,
    workflow: { name, stem, path, commit, hash },
    linked: [],
    state: "running",
    wants: null,
    ending: null,
    finalizing: false,
    steps: {},
    entering: [],
    seen: [],
    slot: slotOf(workflow, given),
    deadline: workflow.limits.timeoutMs === null ? null : at + workflow.limits.timeoutMs,
    due: null,
    spending: { steps: 0, tokens: 0, costUsd: 0, grants: 0 },
    consumed: [],
    timeline: [],
    outputs: null,
    startedAt: at,
    updatedAt: at,
    pausedAt: null,
    endedAt: null,
  };
}

/** One execution of a workflow at a time for one subject; without a subject there is no group. */
export function slotOf(
  workflow: Pick<Workflow, "path">,
  { repository, subject }: Pick<Execution, "repository" | "subject">,
): string | null {
  return subject && `${repository.id}/${workflow.path}/${subject.number}`;
}
