import type { Stores } from "../src/engine/ports/store.ts";
import type { DocumentStorage } from "../src/state/storage.ts";

export const groundNames = ["embedded", "postgres"] as const;
export type GroundName = (typeof groundNames)[number];

/** A database to measure on, and to throw away. */
export interface Ground {
  readonly name: GroundName;
  /** What the figures depend on: version, whether commits reach the disk. */
  readonly facts: Readonly<Record<string, string>>;
  readonly stores: Stores;
  /** The table of executions under the same batching as the stores', without Keyv and engine. */
  readonly executions: DocumentStorage;
  /** One statement each, on one connection, durable when it resolves; false if nothing was written. */
  readonly single: {
    readonly insert: (key: string, text: string) => Promise<boolean>;
    /** Fenced: only over the revision expected. */
    readonly save: (key: string, text: string, expected: number) => Promise<boolean>;
  };
  close(): Promise<void>;
}
