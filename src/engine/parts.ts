import type { Execution } from "../core/execution.ts";
import type { AgentDefinition } from "../core/workflow.ts";
import type { Groups } from "./groups.ts";
import type { LargeValues } from "./large.ts";
import type { PinnedDefinitions } from "./pinned.ts";
import type { Clock, Creation, Log, Message, Reporter, StepRunner, Stores } from "./ports/index.ts";

/** Sees every save, for logs and figures; it must not throw. */
export interface EngineObserver {
  /** `engineMs`: what deciding and saving took, without the steps' own work. */
  saved(before: Execution | null, after: Execution, engineMs: number): void;
}

/** Who does the work of a step, by its kind. */
export interface StepRunners {
  readonly agent: StepRunner;
  readonly action: StepRunner;
}

export interface EngineParts {
  readonly stores: Stores;
  readonly runners: StepRunners;
  readonly roles: ReadonlyMap<string, AgentDefinition>;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly log: Log;
  readonly large: LargeValues;
  readonly pinned: PinnedDefinitions;
  readonly groups: Groups;
  readonly observer: EngineObserver | null;
  /** Whether the first attempt at anything may not be the first. */
  readonly doubtful: boolean;
  /** Milliseconds of a steady clock, for figures only. */
  readonly timer: () => number;
  /** Stores a new execution, tells of it, and has it activated soon. */
  readonly create: (execution: Execution) => Promise<Creation>;
  /** The execution whole, as the store has it now. */
  readonly load: (id: string) => Promise<Execution | null>;
  /** Stores the message and wakes its execution; false if it was stored before. */
  readonly send: (message: Message) => Promise<boolean>;
}
