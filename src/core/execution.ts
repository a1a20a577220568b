import type { RunRef } from "./event.ts";
import type { Json, JsonObject } from "./json.ts";
import type { FailureClass } from "./workflow.ts";

/** One run of a workflow from its trigger to its end: one JSON document, saved whole after every decision. */
export interface Execution {
  /** Version of this document's shape; older ones are upgraded when read. */
  readonly schema: 2;
  /** Hash of repository id, workflow path and occurrence, so that starting twice is one start. */
  readonly id: string;
  /** Grows by one with every save; a save names the revision it builds on. */
  readonly revision: number;
  /** Grows by one with every retry of an ended execution; late results of an earlier round change nothing. */
  readonly round: number;
  readonly workflow: WorkflowRef;
  readonly repository: RepositoryRef;
  /** The App's installation, or null where there is no GitHub. */
  readonly installation: number | null;
  readonly subject: Subject | null;
  /** The execution whose step this one is the work of, and that step's run; null for one that stands alone. */
  readonly parent: { readonly execution: string; readonly run: RunRef } | null;
  /** How many executions lie between this one and a person: an event on what one of us made adds one. */
  readonly hops: number;
  /** Pull requests that belong to the subject, oldest first. */
  readonly linked: readonly LinkedPullRequest[];
  /** Login of who caused the start. */
  readonly actor: string;
  readonly input: JsonObject;
  /** The event that started it, as `trigger` trims it. */
  readonly event: JsonObject;
  /** `vars` of the repository's config.yml when it started. */
  readonly vars: JsonObject;
  /**
   * `commands` of the repository's config.yml when it started: who may use a command of which the definition itself
   * does not say it. Absent where that was not known.
   */
  readonly commands?: CommandUsers;
  /** Names of the events that its definition's steps wait for; absent in a document of an older release: any. */
  readonly hears?: readonly string[];
  readonly state: ExecutionState;
  /** Login of the outsider whose start waits for `/hishamos allow`, else null. */
  readonly held: string | null;
  /** The concurrency group it is queued for while another execution holds it, else null. */
  readonly wants: string | null;
  /** How it is going to end or has ended; null while nothing decides it. */
  readonly ending: Ending | null;
  /** True from the moment that `finally` is entered until the end. */
  readonly finalizing: boolean;
  /** Per step path its visits and last runs. */
  readonly steps: Readonly<Record<string, StepRecord>>;
  /** Steps to enter once the execution is resumed: routes taken while it was paused. */
  readonly entering: readonly Entry[];
  /** Events that a wait entered soon may look back on, oldest first, bounded. */
  readonly seen: readonly SeenEvent[];
  /** The concurrency group it holds while not terminal, else null. */
  readonly slot: string | null;
  /** When the whole execution times out (ms), else null. */
  readonly deadline: number | null;
  /** When a timer of it is due next (ms), else null. */
  readonly due: number | null;
  readonly spending: Spending;
  /** Ids of messages already applied whose rows may still exist. */
  readonly consumed: readonly string[];
  /** Who did what, oldest first, bounded. */
  readonly timeline: readonly TimelineEntry[];
  readonly outputs: Json;
  /** Milliseconds since 1970 UTC, as all times here. */
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly pausedAt: number | null;
  readonly endedAt: number | null;
}

/** By command, logins, teams (`@org/team`) and least roles (`role:write`). */
export type CommandUsers = Readonly<Record<string, readonly string[]>>;

export type ExecutionState = "running" | "paused" | "completed" | "failed" | "cancelled";
export type TerminalState = "completed" | "failed" | "cancelled";

export interface Ending {
  readonly state: TerminalState;
  /** The failure that decided it, or null. */
  readonly error: StepError | null;
}

export interface WorkflowRef {
  readonly name: string;
  readonly stem: string;
  readonly path: string;
  /** Commit the definition was read at, or null for one that came from elsewhere. */
  readonly commit: string | null;
  readonly hash: string;
}

export interface RepositoryRef {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

export interface Subject {
  readonly type: "issue" | "pull_request";
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly labels: readonly string[];
  readonly url: string;
  /** For a pull request: its head commit and whether it comes from a fork. */
  readonly head_sha: string | null;
  readonly is_fork: boolean;
  readonly state: "open" | "merged" | "closed";
  /** Paths that the pull request changes, as they were read last, bounded; null or absent: not read, or an issue. */
  readonly files?: readonly string[] | null;
}

export interface LinkedPullRequest {
  readonly number: number;
  readonly url: string;
  readonly branch: string;
  readonly head_sha: string;
  readonly state: "open" | "merged" | "closed";
}

/**
 * All that is kept of one step path. `checks/lint` is the step `lint` in the group or branches of `checks`;
 * `each[3]` is the item 3 of `each`, `each[3]/build` a step in it; `poll[]` is the current iteration of `poll`.
 */
export interface StepRecord {
  /** Entries in this round: the number of the last visit. */
  readonly visits: number;
  /** Attempts in this round, over all visits. */
  readonly attempts: number;
  /** Where the group around it was last entered anew: runs up to here belong to an earlier visit of that group. */
  readonly since: { readonly round: number; readonly visit: number };
  /** The last runs, oldest first; the last one is the current. Bounded by `keptRuns`. */
  readonly runs: readonly Run[];
}

interface RunFacts {
  readonly round: number;
  /** Counts from 1 within the round. */
  readonly visit: number;
  /** Counts from 1 within the visit. */
  readonly attempt: number;
  readonly enteredAt: number;
  /** The step this one was entered from, and by which route. */
  readonly from: Arrival | null;
  readonly input: Json;
  /** The ledger: what this run is known to have done outside. */
  readonly effects: readonly EffectRecord[];
  /** True once an attempt was broken off by its timeout: nobody knows what it did outside. */
  readonly inDoubt?: true;
  /** How many of its attempts were looks at something parked that has moved, or were postponed; absent: none. */
  readonly looks?: number;
  /** Number of the issue or pull request it is about, where that is not the execution's subject. */
  readonly subject?: number;
  /** The key under which what it makes exists once for all executions. */
  readonly unique?: string;
}

export type Run = RunFacts &
  (
    | {
        /** Its work is owed or under way (`waiting` null), or it waits for something named. */
        readonly state: "running";
        readonly waiting: Waiting | null;
        /** When it times out, else null. */
        readonly deadline: number | null;
        /** When the next reminder is due, and how many were sent. */
        readonly remind: { readonly at: number; readonly sent: number } | null;
      }
    | {
        readonly state: "completed";
        readonly endedAt: number;
        readonly output: Json;
        /** For an approval: the definition and head commit it was given for. */
        readonly boundTo?: { readonly hash: string; readonly headSha: string | null };
      }
    | { readonly state: "failed"; readonly endedAt: number; readonly output: Json; readonly error: StepError }
    | { readonly state: "skipped"; readonly endedAt: number; readonly reason: SkipReason }
  );

export type RunState = Run["state"];
export type SkipReason = "condition" | "command" | "cancelled";
export type RunningRun = Extract<Run, { state: "running" }>;

export type Via = "start" | "success" | "failure" | "skip" | "timeout" | "exhausted" | "retry";

export interface Arrival {
  readonly step: string;
  readonly visit: number;
  readonly via: Via;
  /** On a failure path: what failed. */
  readonly error: StepError | null;
}

/** A step to be entered: its path and where from. */
export interface Entry {
  readonly path: string;
  readonly from: Arrival | null;
  /** For a retry: what is complete within this step stays; the paths named here are what begins again. */
  readonly resume?: readonly string[];
}

export type Waiting =
  /** The steps, branches or items inside it; `next`: the item to be entered next. */
  | { readonly for: "steps"; readonly next: number; readonly resume?: readonly string[] }
  /** The iteration under way (counts from 0), or the time (ms) at which the next begins. */
  | { readonly for: "repeat"; readonly iteration: number; readonly until: number | null }
  | { readonly for: "child"; readonly execution: string }
  /** The end of a GitHub Actions run; `look` as for checks. */
  | { readonly for: "run"; readonly runId: number; readonly url: string; readonly look?: number }
  | {
      readonly for: "checks";
      readonly which: "required" | "all" | readonly string[];
      readonly headSha: string | null;
      /** When it is looked at (ms) though no event came: one may have been lost. */
      readonly look?: number;
    }
  | { readonly for: "pull_request"; readonly state: "merged" | "closed" }
  /** The next attempt is due at `until`. */
  | { readonly for: "retry"; readonly until: number; readonly error: StepError }
  | { readonly for: "delay"; readonly until: number }
  | { readonly for: "event"; readonly events: readonly string[]; readonly since: number }
  | {
      readonly for: "approval";
      /** Grows when a new head voids the decisions and people are asked again. */
      readonly asking: number;
      /** Head commit the decisions are bound to, or null where there is no pull request. */
      readonly headSha: string | null;
      readonly message: string | null;
      readonly approvals: readonly Decision[];
    }
  | {
      readonly for: "person";
      readonly agent: string;
      readonly question: string;
      readonly outputSchema: JsonObject | null;
      readonly produces: "pull_request" | null;
    };

export interface Decision {
  readonly by: string;
  readonly at: number;
  readonly reason: string | null;
}

export interface StepError {
  readonly step: string;
  /** As `timeout`, `outcome_unknown`, `rejected`, `http_404`, `max_visits`. */
  readonly code: string;
  readonly message: string;
  readonly class: FailureClass;
}

/** One write to the outside world that is known to be done. */
export interface EffectRecord {
  /** Deterministic: execution, round, step path, visit (and a suffix where a step does several). Never the attempt. */
  readonly key: string;
  readonly method: string;
  /** What it made: an issue number, comment id, URL. */
  readonly ref: string | null;
}

export interface SeenEvent {
  /** Message id: a wait that takes it removes it here. */
  readonly id: string;
  /** As `pull_request.closed`. */
  readonly name: string;
  readonly at: number;
  readonly payload: JsonObject;
}

export interface Spending {
  readonly steps: number;
  readonly tokens: number;
  readonly costUsd: number;
  /** How often a person let it go on after a budget was spent: each grants the same budget again. */
  readonly grants: number;
}

export interface TimelineEntry {
  readonly at: number;
  /** Login, or null where the engine did it. */
  readonly by: string | null;
  readonly what: string;
  readonly step: string | null;
  /** What the person gave as the reason; absent where none was given. */
  readonly reason?: string;
}
