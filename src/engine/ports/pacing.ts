/** When what makes content was written to GitHub for one installation: GitHub limits it for all processes together. */
export interface PacingRow {
  readonly installation: number;
  /** 1 where it is new, else one more than that of the row read before. */
  readonly revision: number;
  /** When the writes of the last hour were granted (ms since 1970 UTC), oldest first. */
  readonly grants: readonly number[];
  /** GitHub asked for no more before then (ms). */
  readonly pausedUntil: number;
}

export interface PacingStore {
  get(installation: number): Promise<PacingRow | null>;
  /** Fenced: true, and durable, only if the stored revision was the one before; false, and nothing written, otherwise. */
  put(row: PacingRow): Promise<boolean>;
}
