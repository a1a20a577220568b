import type { Execution, Run, Subject, Waiting } from "../core/execution.ts";
import { isTerminal } from "../core/index.ts";
import type { Json } from "../core/json.ts";
import { shownValue } from "./large.ts";

/** Times as ISO 8601 in UTC; null where there is none yet. */
type Time = string | null;

/** An execution in a list. */
export interface ExecutionSummary {
  readonly id: string;
  readonly revision: number;
  readonly workflow: { readonly name: string; readonly path: string; readonly commit: string | null };
  readonly repository: { readonly id: number; readonly full_name: string };
  readonly subject: Pick<Subject, "type" | "number" | "title" | "url"> | null;
  readonly actor: string;
  readonly state: Execution["state"];
  /** Steps that have ended, of those that were entered; steps still to come are not known, so no percentage. */
  readonly progress: {
    readonly ended: number;
    readonly entered: number;
    readonly waiting: readonly string[];
  };
  readonly error: { readonly step: string; readonly code: string; readonly message: string } | null;
  readonly parent: string | null;
  readonly started_at: string;
  readonly updated_at: string;
  readonly ended_at: Time;
}

export interface StepView {
  /** As `checks/lint`, `each[3]/build`. */
  readonly path: string;
  readonly state: Run["state"] | "waiting";
  /** What it waits for, as `approval` or `person`. */
  readonly waits_for: Waiting["for"] | null;
  /** What is asked of people, where they are. */
  readonly question: string | null;
  readonly visits: number;
  readonly attempt: number;
  readonly entered_at: string;
  readonly ended_at: Time;
  /** A large one as `{"$large": …}`. */
  readonly output: Json;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Of a for_each: how many items it has (null: not known), how many have ended, and how many of these failed. */
  readonly items: { readonly all: number | null; readonly ended: number; readonly failed: number } | null;
  /** Id of the execution that it waits for. */
  readonly child: string | null;
}

export interface ExecutionView extends ExecutionSummary {
  readonly round: number;
  readonly held: string | null;
  readonly queued_for: string | null;
  readonly linked: readonly { readonly number: number; readonly url: string; readonly state: string }[];
  readonly steps: readonly StepView[];
  readonly timeline: readonly {
    readonly at: string;
    readonly by: string | null;
    readonly what: string;
    readonly step: string | null;
    readonly reason: string | null;
  }[];
  readonly spending: { readonly steps: number; readonly tokens: number; readonly cost_usd: number };
  readonly outputs: Json;
}

export function summaryOf(execution: Execution): ExecutionSummary {
  const { id, revision, workflow, repository, subject, actor, state, ending } = execution;
  const current = Object.entries(execution.steps).flatMap(([path, { runs }]) => {
    const run = runs.at(-1);
    return run ? [{ path, run }] : [];
  });
  const error = isTerminal(state) ? (ending?.error ?? null) : null;
  return {
    id,
    revision,
    workflow: { name: workflow.name, path: workflow.path, commit: workflow.commit },
    repository: { id: repository.id, full_name: `${repository.owner}/${repository.name}` },
    subject: subject && {
      type: subject.type,
      number: subject.number,
      title: subject.title,
      url: subject.url,
    },
    actor,
    state,
    progress: {
      ended: current.filter(({ run }) => run.state !== "running").length,
      entered: current.length,
      waiting: current.flatMap(({ path, run }) => (stateOf(run) === "waiting" ? [path] : [])),
    },
    error: error && { step: error.step, code: error.code, message: error.message },
    parent: execution.parent?.execution ?? null,
    started_at: iso(execution.startedAt),
    updated_at: iso(execution.updatedAt),
    ended_at: time(execution.endedAt),
  };
}

export function viewOf(execution: Execution): ExecutionView {
  const { steps, tokens, costUsd } = execution.spending;
  const items = itemRuns(execution);
  return {
    ...summaryOf(execution),
    round: execution.round,
    held: execution.held,
    queued_for: execution.wants,
    linked: execution.linked.map(({ number, url, state }) => ({ number, url, state })),
    steps: Object.entries(execution.steps).flatMap(([path, { visits, runs }]) => {
      const run = runs.at(-1);
      return run
        ? [{ ...stepOf(execution.id, path, visits, run), items: itemsOf(run, items.get(path)) }]
        : [];
    }),
    timeline: execution.timeline.map(({ at, by, what, step, reason = null }) => ({
      at: iso(at),
      by,
      what,
      step,
      reason,
    })),
    spending: { steps, tokens, cost_usd: costUsd },
    outputs: shownValue(execution.outputs, execution.id),
  };
}

/** By path of a for_each the newest runs of its items, as far as they were entered. */
function itemRuns({ steps }: Execution): ReadonlyMap<string, readonly Run[]> {
  const found = new Map<string, Run[]>();
  for (const [path, { runs }] of Object.entries(steps)) {
    const around = /^(.*)\[\d+\]$/.exec(path)?.[1];
    const run = runs.at(-1);
    if (around === undefined || run === undefined) continue;
    const known = found.get(around);
    if (known) known.push(run);
    else found.set(around, [run]);
  }
  return found;
}

/** Items of an earlier visit count no longer. */
function itemsOf({ input, round, enteredAt }: Run, entered: readonly Run[] = []): StepView["items"] {
  const items = entered.filter((run) => run.round === round && run.enteredAt >= enteredAt);
  if (items.length === 0) return null;
  const ended = items.filter(({ state }) => state !== "running");
  const failed = ended.filter(({ state }) => state === "failed");
  const all = Array.isArray(input) ? input.length : null;
  return { all, ended: ended.length, failed: failed.length };
}

function stepOf(execution: string, path: string, visits: number, run: Run): Omit<StepView, "items"> {
  return {
    path,
    state: stateOf(run),
    waits_for: run.state === "running" ? (run.waiting?.for ?? null) : null,
    question: questionOf(run),
    visits,
    attempt: run.attempt,
    entered_at: iso(run.enteredAt),
    ended_at: run.state === "running" ? null : iso(run.endedAt),
    output: run.state === "completed" || run.state === "failed" ? shownValue(run.output, execution) : null,
    error: run.state === "failed" ? { code: run.error.code, message: run.error.message } : null,
    child: run.state === "running" && run.waiting?.for === "child" ? run.waiting.execution : null,
  };
}

/** The steps inside a group are what it waits for: it is under way like them. */
function stateOf(run: Run): StepView["state"] {
  if (run.state !== "running" || run.waiting === null) return run.state;
  return run.waiting.for === "steps" || run.waiting.for === "child" ? "running" : "waiting";
}

function questionOf(run: Run): string | null {
  if (run.state !== "running") return null;
  if (run.waiting?.for === "approval") return run.waiting.message;
  return run.waiting?.for === "person" ? run.waiting.question : null;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function time(ms: number | null): Time {
  return ms === null ? null : iso(ms);
}
