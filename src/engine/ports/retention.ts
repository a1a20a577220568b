/** A place in a walk; null: at its beginning, or at its end. */
export type Place = readonly (string | number)[] | null;

/** What one small step of a walk removed, and where the next begins. */
export interface Removed {
  readonly executions: number;
  readonly deliveries: number;
  readonly blobs: number;
  readonly definitions: number;
  readonly next: Place;
}

/**
 * Removes what is kept no longer, each call a small step: one short transaction, that waits for nobody and that nobody
 * waits for. What somebody changes at the same time stays. Every method rejects when the store can't answer.
 */
export interface RetentionStore {
  /**
   * Of those that ended, and were last saved, at or before `until` (ms), the next `limit` after `place`, oldest first, with
   * their messages, reports, leases and large values. A child stays for as long as its parent is there.
   */
  executions(until: number, limit: number, place: Place): Promise<Removed>;
  /** Deliveries with an outcome that were received at or before `until` (ms). */
  deliveries(until: number, limit: number, place: Place): Promise<Removed>;
  /** Definitions that no execution names and that were needed last at or before `until` (ms). */
  definitions(until: number, limit: number, place: Place): Promise<Removed>;
  /** Large values of an older release, which several executions may name: once none is left that such a release saved. */
  blobs(limit: number, place: Place): Promise<Removed>;
}
