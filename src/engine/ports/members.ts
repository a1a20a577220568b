import type { Json } from "../../core/json.ts";

/** Signs of life of the processes that work on the same stores. */
export interface MemberStore {
  /** The process's next sign; its first one makes it known. Durable when it resolves. */
  beat(id: string, beats: number): Promise<void>;
  /** All that are known, with the number of their last sign. */
  list(): Promise<readonly { readonly id: string; readonly beats: number }[]>;
  remove(id: string): Promise<void>;
}

/** Who does what only one process may do at a time, as showing one execution. */
export interface Lease {
  readonly name: string;
  /** A member's id; null where nobody has it. */
  readonly holder: string | null;
  /** 1 where it is new, else one more than that of the lease read before. */
  readonly revision: number;
}

export interface LeaseStore {
  get(name: string): Promise<Lease | null>;
  /** Fenced: true, and durable, only if the stored revision was the one before; false, and nothing written, otherwise. */
  put(lease: Lease): Promise<boolean>;
  remove(names: readonly string[]): Promise<void>;
}

/** What the program remembers of itself, by name: when it last swept, what it found. */
export interface NoteStore {
  get(name: string): Promise<Json | null>;
  /** Overwrites; durable when it resolves. */
  put(name: string, note: Json): Promise<void>;
}

/** This process among those that work on the same stores. */
export interface Members {
  /** Of this process: another one after every start. */
  readonly self: string;
  /** False only for one that has ended, or has given no sign of life for long. Rejects where the store can't answer. */
  isAlive(id: string): Promise<boolean>;
  /** All that are alive, this one among them. */
  alive(): Promise<readonly string[]>;
}

/** What only one process may do at a time. Those of a process that is gone are taken over. */
export interface Leases {
  /** True where this process has it now. Rejects where the store can't answer. */
  take(name: string): Promise<boolean>;
  /** Gives it back. False where another has taken it over meanwhile, as from a process that stood still for long. */
  release(name: string): Promise<boolean>;
}
