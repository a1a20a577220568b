import type { ChildFinished, Commanded, Decided, GitHubEvent, SubjectAdopted } from "../../core/event.ts";
import type { Execution, ExecutionState, RepositoryRef } from "../../core/execution.ts";
import type { JsonObject } from "../../core/json.ts";
import type { LeaseStore, MemberStore, NoteStore } from "./members.ts";
import type { PacingStore } from "./pacing.ts";
import type { RetentionStore } from "./retention.ts";

/** `slot_taken`: another execution holds the concurrency group; `exists`: this very start was made before. */
export type Creation = "created" | "exists" | "slot_taken";

/** A save would take a concurrency group that another execution holds: nothing was written. */
export class SlotTaken extends Error {
  constructor(executionId: string, options?: ErrorOptions) {
    super(`another execution holds the concurrency group of execution ${executionId}`, options);
    this.name = "SlotTaken";
  }
}

export interface ExecutionQuery {
  readonly repository?: number;
  /** Number of the subject, of a linked pull request, or of what a step under way is about instead. */
  readonly subject?: number;
  /** Unfinished ones that await one of these at least (keys of `awaited`); one of an older release may await any. */
  readonly awaits?: readonly string[];
  readonly workflow?: string;
  readonly states?: readonly ExecutionState[];
  readonly slot?: string;
  /** Queued for this group. */
  readonly wants?: string;
  /** At most this many (default 100), newest first by `updatedAt`, then id. */
  readonly limit?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
}

export interface ExecutionPage {
  readonly executions: readonly Execution[];
  readonly next: string | null;
}

/**
 * Executions, one document each. Every method rejects when the database can't answer (it never returns
 * "nothing" for "don't know").
 */
export interface ExecutionStore {
  create(execution: Execution): Promise<Creation>;
  load(id: string): Promise<Execution | null>;
  /**
   * Durable when it resolves. Fenced: true only if the stored revision was `execution.revision - 1`;
   * false means that another holder went on, and nothing was written. Rejects with SlotTaken where the execution
   * would newly take a concurrency group that another one holds.
   */
  save(execution: Execution): Promise<boolean>;
  list(query: ExecutionQuery): Promise<ExecutionPage>;
  /** Ids of executions that are not terminal, in pages of `limit` after `afterId`: what recovery walks. */
  unfinished(afterId: string | null, limit: number): Promise<readonly string[]>;
  /** Ids and times of the executions due at or before `until` (ms), soonest first. */
  due(until: number, limit: number): Promise<readonly { readonly id: string; readonly due: number }[]>;
  /** When the next execution is due (ms), or null. */
  nextDue(): Promise<number | null>;
  /** Ids of the running executions queued for the repository's group, oldest first by `startedAt`, then id. */
  queued(repositoryId: number, group: string, limit: number): Promise<readonly string[]>;
}

/** Something for one execution that came from outside and is kept until the document has taken it in. */
export type MessageBody = GitHubEvent | Decided | Commanded | ChildFinished | SubjectAdopted;
export interface Message {
  /** Delivery GUID, command or decision id: a second row of the same id is not made. */
  readonly id: string;
  readonly executionId: string;
  /** When it was received (ms). */
  readonly at: number;
  readonly body: MessageBody;
}

export interface MessageStore {
  /** False if this id is stored for this execution already. */
  add(message: Message): Promise<boolean>;
  /** The execution's messages, oldest first by (at, id). */
  list(executionId: string): Promise<readonly Message[]>;
  remove(executionId: string, ids: readonly string[]): Promise<void>;
  /** Ids of executions that have messages, or such of this time, in pages of `limit` after `afterId`. */
  waiting(
    limit: number,
    afterId?: string | null,
    /** When they were received (ms), both ends included. */
    received?: { readonly from: number; readonly until: number },
  ): Promise<readonly string[]>;
}

/** A definition with all that it needs, so that nothing else has to be read to run it. */
export interface StoredDefinition {
  readonly path: string;
  readonly text: string;
  /** Texts of the agents and workflows it names, by path or reference; absent where there are none. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Definitions that executions are pinned to, by hash of text and files; never changed, so safe to cache. */
export interface DefinitionStore {
  /**
   * Makes it, or notes that it was needed at `at` (ms) once more: retention leaves it alone for a day from then, though
   * no execution names it yet. Durable when it resolves.
   */
  put(hash: string, definition: StoredDefinition, at: number): Promise<void>;
  get(hash: string): Promise<StoredDefinition | null>;
}

/** Characters of JSON above which an input or output is stored apart from the document. */
export const inlineLimit = 65_536;
/** The only key of what stands for such a value in a stored document; its value is the SHA-256 of the JSON, in hex. */
export const blobReference = "$blob";

/** Large values stored apart, before the document that names them: by hash, for each execution its own, gone with it. */
export interface BlobStore {
  /** Durable when it resolves; nothing where the execution `owner` has it already. */
  put(hash: string, text: string, owner: string): Promise<void>;
  /** As `owner` has it, or as an older release stored it for all. */
  get(hash: string, owner: string): Promise<{ readonly text: string; readonly owned: boolean } | null>;
}

/** A webhook delivery as it came, stored before GitHub gets its answer. */
export interface Delivery {
  /** X-GitHub-Delivery, a GUID. */
  readonly id: string;
  readonly event: string;
  readonly receivedAt: number;
  readonly payload: JsonObject;
  /** Null until processed; then what came of it, for people who look. */
  readonly outcome: string | null;
  /** How often processing it began. */
  readonly attempts: number;
  /** How many of those ended in a failure that may pass: they took no process down with them. Absent: none. */
  readonly survived?: number;
  /** The member that has it in hand until it has an outcome; null: nobody. */
  readonly holder: string | null;
  /** 1 where it is new; each update has the next one. 0: an older release stored it. */
  readonly revision: number;
}

/** Whose unfinished deliveries: those that one member holds, or those that none of these members holds. */
export type HeldBy = { readonly member: string } | { readonly noneOf: readonly string[] };

/** Deliveries that say that a label was put on an issue or a pull request. */
export interface LabeledQuery {
  readonly repository: number;
  /** Of the issue or pull request. */
  readonly number: number;
  /** GitHub's label names ignore case. */
  readonly label: string;
  /** Received at or after (ms). */
  readonly since: number;
}

export interface DeliveryStore {
  /** False if this id is stored already. */
  add(delivery: Delivery): Promise<boolean>;
  get(id: string): Promise<Delivery | null>;
  /**
   * Durable when it resolves. Fenced: true only if the stored revision was `delivery.revision - 1`; false means that
   * another member has taken it up, and nothing was written.
   */
  update(delivery: Delivery): Promise<boolean>;
  /** Deliveries without an outcome, oldest first; everybody's, or those held so. */
  unfinished(limit: number, held?: HeldBy): Promise<readonly Delivery[]>;
  /** Oldest first; those that an older release stored are not found. */
  labeled(query: LabeledQuery): Promise<readonly Delivery[]>;
  /** Those of these events (as `issues`) that came from the repository, processed or not, newest first. */
  recent(query: {
    readonly repository: number;
    readonly events: readonly string[];
    readonly limit: number;
  }): Promise<readonly Delivery[]>;
}

/** What has been shown of one execution: its own document, so that reporting never touches the execution's revision. */
export interface ReportRecord {
  readonly executionId: string;
  /** The execution's revision that everything shown is at. */
  readonly revision: number;
  /** The reporter's own notes: comment ids, check run ids, asked questions. */
  readonly shown: JsonObject;
}

export interface OwedReports {
  readonly owed: readonly { readonly id: string; readonly revision: number }[];
  readonly next: string | null;
}

export interface ReportStore {
  get(executionId: string): Promise<ReportRecord | null>;
  put(record: ReportRecord): Promise<void>;
  /**
   * Which of `limit` executions have a newer revision than was reported, or were never reported: owed after a crash.
   * Those that changed last come first; `from`: the `next` of the page before, which is null after the last.
   */
  behind(limit: number, from?: string | null): Promise<OwedReports>;
}

/** One `schedule` trigger of a repository's workflow on its default branch. */
export interface Schedule {
  /** Hash of repository id, path, cron and timezone. */
  readonly id: string;
  readonly repository: RepositoryRef;
  readonly installation: number | null;
  /** Repository path of the workflow's file. */
  readonly path: string;
  readonly cron: string;
  readonly timezone: string;
  /** When it fires next (ms). */
  readonly next: number;
}

/** What fires by the clock. Several processes may ask at once: who advances a schedule is who fires it. */
export interface ScheduleStore {
  /**
   * The repository's whole set: others of it are gone afterwards, and those that were there keep their `next`.
   * Repeated after a crash it comes to the same.
   */
  replaceFor(repositoryId: number, schedules: readonly Schedule[]): Promise<void>;
  /** Schedules that fire at or before `until` (ms), soonest first. */
  due(until: number, limit: number): Promise<readonly Schedule[]>;
  /** When the next one fires (ms), or null. */
  nextDue(): Promise<number | null>;
  /** Fenced: true, and durable, only if its `next` was `from`; false, and nothing written, where it is gone or was not. */
  advance(id: string, from: number, to: number): Promise<boolean>;
  removeInstallation(installation: number): Promise<void>;
}

export interface Stores {
  readonly executions: ExecutionStore;
  readonly messages: MessageStore;
  readonly definitions: DefinitionStore;
  readonly deliveries: DeliveryStore;
  readonly reports: ReportStore;
  readonly blobs: BlobStore;
  readonly schedules: ScheduleStore;
  readonly members: MemberStore;
  readonly leases: LeaseStore;
  readonly notes: NoteStore;
  readonly retention: RetentionStore;
  readonly pacing: PacingStore;
  close(): Promise<void>;
}
