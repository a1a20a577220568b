import type { Execution } from "./execution.ts";
import { groupOf } from "./group.ts";
import { heardEvents } from "./hears.ts";
import type { Workflow } from "./workflow.ts";

export type NewExecution = Pick<
  Execution,
  "id" | "repository" | "installation" | "subject" | "actor" | "input" | "event"
> &
  Partial<Pick<Execution, "parent" | "hops" | "vars" | "commands" | "held">> & {
    readonly commit: string | null;
    readonly at: number;
  };

/**
 * An execution that nothing has happened to yet; `transition` with `started` enters its first step. It holds its
 * concurrency group, unless it is held back itself; a group that can't be told is none (`groupOf` says why).
 */
export function newExecution(workflow: Workflow, given: NewExecution): Execution {
  const { commit, at, ...rest } = given;
  const { name, stem, path, hash } = workflow;
  const held = given.held ?? null;
  const blank: Execution = {
    schema: 2,
    parent: null,
    hops: 0,
    vars: {},
    ...rest,
    held,
    revision: 0,
    round: 1,
    workflow: { name, stem, path, commit, hash },
    hears: heardEvents(workflow),
    linked: [],
    state: held === null ? "running" : "paused",
    wants: null,
    ending: null,
    finalizing: false,
    steps: {},
    entering: [],
    seen: [],
    slot: null,
    deadline: null,
    due: null,
    spending: { steps: 0, tokens: 0, costUsd: 0, grants: 0 },
    consumed: [],
    timeline: [],
    outputs: null,
    startedAt: at,
    updatedAt: at,
    pausedAt: held === null ? null : at,
    endedAt: null,
  };
  const group = held === null ? groupOf(workflow, blank, at) : null;
  return { ...blank, slot: typeof group === "string" ? group : null };
}
