/** Who is to be activated. Each execution is activated by at most one caller at a time per process. */
export interface Queue {
  /** Starts to take work; `activate` never rejects. */
  start(activate: (executionId: string) => Promise<void>): void;
  /** Activates it soon; a wake during an activation causes one more afterwards. */
  wake(executionId: string): void;
  /** Takes no new work, resolves when nothing is under way. */
  stop(): Promise<void>;
  /** Resolves when nothing is queued or under way . */
  idle(): Promise<void>;
}
