import type { CommandUsers, Execution, RepositoryRef, Subject } from "../../core/execution.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Problem } from "../../core/problem.ts";
import type { Workflow } from "../../core/workflow.ts";
import type { Rehearsal, RehearsalRequest } from "./rehearsal.ts";
import type { Creation, Message, MessageBody } from "./store.ts";

export interface StartRequest {
  readonly workflow: Workflow;
  /** The definition's text, and those of the agents and workflows it names: stored by the hash of all. */
  readonly text: string;
  readonly files?: ReadonlyMap<string, string>;
  readonly commit: string | null;
  readonly repository: RepositoryRef;
  readonly installation: number | null;
  readonly subject: Subject | null;
  readonly actor: string;
  /** The trimmed event; what `from` expressions and `event.…` read. */
  readonly event: JsonObject;
  /** What started it, as `pull_request.synchronize`, `schedule` or `slash_command`; null for a call. */
  readonly trigger?: string | null;
  /** `vars` of the repository's config.yml. */
  readonly vars?: JsonObject;
  /** `commands` of the repository's config.yml: pinned like the definition, whose own come first. */
  readonly commands?: CommandUsers;
  /** How many executions lie between this start and a person. */
  readonly hops?: number;
  /** Login of the outsider whose start has to be allowed first. */
  readonly held?: string | null;
  /** Inputs given by the caller; `from` and `default` fill the rest. */
  readonly input: Readonly<Record<string, Json>>;
  /** What makes this start this start: delivery GUID, cron tick, idempotency key, comment id. */
  readonly occurrence: string;
}

export type Started =
  | { readonly result: Creation; readonly execution: Execution }
  /** It waits for its concurrency group, and begins by itself once that is free. */
  | { readonly result: "queued"; readonly execution: Execution }
  /** `execution` is the one that holds the group; nothing was started. */
  | { readonly result: "rejected"; readonly execution: Execution }
  | { readonly result: "invalid"; readonly problems: readonly Problem[] };

/** What adapters may ask of the engine. */
export interface Engine {
  /** Takes up what an earlier process left and begins to work. */
  run(): Promise<void>;
  /** Durable when it resolves; idempotent by occurrence. */
  start(request: StartRequest): Promise<Started>;
  /** Stores the message and wakes the execution; false if it was sent before. Durable when it resolves. */
  send(message: Message): Promise<boolean>;
  /** Whether the message would change anything now; the problem says why not, for an answer to a person. */
  check(execution: Execution, body: MessageBody): Promise<Problem | null>;
  /** The definition the execution is pinned to. */
  workflowOf(execution: Execution): Promise<Workflow>;
  /** What the workflow would have done at such a start. Does nothing and writes nothing. */
  rehearse(request: RehearsalRequest): Promise<Rehearsal>;
  /** Takes no new work and resolves when everything under way is saved; long steps are left for the next start. */
  stop(): Promise<void>;
  /** Resolves when nothing is under way (waiting executions do not count). */
  idle(): Promise<void>;
}
