import type {
  CommandUsers,
  EffectRecord,
  LinkedPullRequest,
  Spending,
  StepError,
  Subject,
  TerminalState,
  Waiting,
  WorkflowRef,
} from "./execution.ts";
import type { Json, JsonObject } from "./json.ts";

/** Which attempt of which visit an event speaks of; one that is no longer current changes nothing. */
export interface RunRef {
  readonly round: number;
  readonly path: string;
  readonly visit: number;
  readonly attempt: number;
}

export type TimerKind = "retry" | "delay" | "timeout" | "remind" | "repeat" | "look";

/** What the work of a step may be handed to, to be waited for. */
export type Parked = Extract<Waiting, { for: "person" | "run" | "checks" | "child" }>;

/** All that can happen to an execution. `at`: ms since 1970 UTC, from the clock port. */
export type Event = {
  readonly at: number;
} /** Begins; or, for one that was queued, takes the concurrency group and begins. */ & (
  | { readonly type: "started" }
  | {
      readonly type: "step_succeeded";
      readonly run: RunRef;
      readonly output: Json;
      readonly effects: readonly EffectRecord[];
      readonly spending?: Partial<Spending>;
    }
  | {
      readonly type: "step_failed";
      readonly run: RunRef;
      readonly error: Omit<StepError, "step">;
      /** What is known of the failed work, as a run's URL; absent: nothing. */
      readonly output?: Json;
      readonly effects: readonly EffectRecord[];
      readonly spending?: Partial<Spending>;
      /** Earliest time of the next attempt (a rate limit's reset), if the outside world named one. */
      readonly notBefore?: number;
      /** True where the attempt only waits for its turn and counts as none: it is made again at `notBefore`. */
      readonly postponed?: true;
    }
  /** The step's work is handed to somebody and now waits: a person was asked, a child began. */
  | {
      readonly type: "step_parked";
      readonly run: RunRef;
      readonly waiting: Parked;
      readonly effects: readonly EffectRecord[];
    }
  | { readonly type: "timer_fired"; readonly run: RunRef; readonly timer: TimerKind }
  /** The whole execution's deadline has passed. */
  | { readonly type: "timed_out"; readonly round: number }
  | GitHubEvent
  | Decided
  | Commanded
  | ChildFinished
  | SubjectAdopted
);

/** A child execution has come to its end. */
export interface ChildFinished {
  readonly type: "child_finished";
  readonly id: string;
  /** The parent's run that waits for it. */
  readonly run: RunRef;
  readonly child: string;
  readonly state: TerminalState;
  readonly outputs: Json;
  readonly error: StepError | null;
}

/** An execution that had no subject has one now: the issue opened to reach people. */
export interface SubjectAdopted {
  readonly type: "subject_adopted";
  readonly id: string;
  readonly subject: Subject;
}

/** A GitHub event that concerns the execution's subject or a linked pull request. */
export interface GitHubEvent {
  readonly type: "event_received";
  /** The message's id (the delivery's GUID). */
  readonly id: string;
  /** As `pull_request.closed`. */
  readonly name: string;
  readonly payload: JsonObject;
  /** The pull request it speaks of, as it is now, if it is linked or closes the subject. */
  readonly pullRequest?: LinkedPullRequest;
  /** Paths that the subject, a pull request, changes now: told where its head may have moved and the workflow reads them. */
  readonly files?: readonly string[];
  /** Who caused it: our App itself, or the merge of a pull request (which closes the issues it names). */
  readonly cause?: "us" | "merge";
}

/** A person's decision on an approval, or a person's answer to a step that asked. */
export interface Decided {
  readonly type: "decided";
  readonly id: string;
  readonly decision: "approve" | "reject" | "done" | "fail";
  /** Null: the only step that waits for such a decision. */
  readonly step: string | null;
  readonly by: string;
  readonly reason: string | null;
  /** For `done`: the answer. */
  readonly values: JsonObject;
  /** The asking it answers (a button's), or null for the current one. */
  readonly asking: number | null;
}

export interface Commanded {
  readonly type: "commanded";
  readonly id: string;
  readonly command: "pause" | "resume" | "cancel" | "retry" | "skip" | "allow";
  readonly by: string;
  /** For `skip` and `retry from`. */
  readonly step: string | null;
  readonly reason: string | null;
  /** For `retry latest`: the definition to go on with. */
  readonly workflow?: WorkflowRef;
  /** And with it who may use which command from then on. */
  readonly commands?: CommandUsers;
  /** And what the subject changes now, where the new definition reads that. */
  readonly files?: readonly string[];
}
