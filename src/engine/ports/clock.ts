/** Time as a port, so that a workflow of seven days runs in milliseconds in a test. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Calls back once at or after `at` (ms); the returned function cancels it. */
  at(at: number, call: () => void): () => void;
}
