import type { Execution, RunningRun } from "../../src/core/execution.ts";

/** 2026-01-01 UTC (ms): when executions of the factory start. */
export const startOfTests = Date.UTC(2026, 0, 1);

let made = 0;

/** A running execution on issue 1 that has entered nothing yet, at revision 1. Ids differ unless given. */
export function anExecution(overrides: Partial<Execution> = {}): Execution {
  made += 1;
  return {
    schema: 2,
    id: `execution-${made}`,
    revision: 1,
    round: 1,
    workflow: {
      name: "Bug Lifecycle",
      stem: "bug-lifecycle",
      path: ".hishamos/bug-lifecycle.yml",
      commit: "0123456789abcdef0123456789abcdef01234567",
      hash: "definition-hash",
    },
    repository: { id: 1000, owner: "octo-org", name: "octo-repo" },
    installation: 1,
    subject: {
      type: "issue",
      number: 1,
      title: "It does not start",
      author: "reporter",
      labels: ["bug"],
      url: "https://github.example/octo-org/octo-repo/issues/1",
      head_sha: null,
      is_fork: false,
      state: "open",
    },
    parent: null,
    hops: 0,
    vars: {},
    held: null,
    wants: null,
    linked: [],
    actor: "reporter",
    input: {},
    event: {},
    state: "running",
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
    startedAt: startOfTests,
    updatedAt: startOfTests,
    pausedAt: null,
    endedAt: null,
    ...overrides,
  };
}

/** The first attempt of a first visit, under way. */
export function aRun(overrides: Partial<RunningRun> = {}): RunningRun {
  return {
    round: 1,
    visit: 1,
    attempt: 1,
    enteredAt: 0,
    from: null,
    input: null,
    effects: [],
    state: "running",
    waiting: null,
    deadline: null,
    remind: null,
    ...overrides,
  };
}

/** The execution as its next save would write it. */
export function nextRevision(execution: Execution, changes: Partial<Execution> = {}): Execution {
  return { ...execution, revision: execution.revision + 1, updatedAt: execution.updatedAt + 1, ...changes };
}
