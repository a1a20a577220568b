/** One activation as a queue of several processes sees it. */
export interface Turn {
  /** True where an earlier activation may have begun work of which nothing is known: its process died or left it. */
  readonly takenOver: boolean;
  /**
   * The activation ends with something left to do, for any process to go on with: `begun` where work under way was
   * broken off, `untouched` where what is owed was not begun.
   */
  leave(what: "begun" | "untouched"): void;
}

/** What a queue of several processes tells of an execution that is active in this one. */
export interface Heard {
  /** It was woken in another process: there may be messages for it. */
  woken(executionId: string): void;
  /** Another process takes it over, because this one gave no sign of life for too long. */
  lost(executionId: string): void;
}

/** What a queue can do beyond waking where several processes take from it. Every promise rejects when it can't answer. */
export interface SharedQueue {
  /** True for one of all the processes that ask within so many seconds: it does what one of them has to do. */
  claim(what: string, seconds: number): Promise<boolean>;
  /** Those of them that no process is at work on, and that are not to be activated either. */
  unattended(executionIds: readonly string[]): Promise<readonly string[]>;
  /** When it answered last that it is there (ms), which it is asked each second at least; null: not yet. */
  answeredAt(): number | null;
  /** As `wake`, for one whose activation was lost: its turn is told to be taken over. */
  takeOver(executionId: string): void;
}

/**
 * Who is to be activated. Each execution is activated by at most one caller at a time: in the process, or where the queue
 * is shared in all of them.
 */
export interface Queue {
  /** There where several processes take from it; absent: what a process leaves is for the next to recover. */
  readonly shared?: SharedQueue;
  /** Starts to take work; `activate` never rejects. A shared queue gives a turn with each, and tells what it hears. */
  start(activate: (executionId: string, turn?: Turn) => Promise<void>, heard?: Heard): void;
  /** Activates it soon; a wake during an activation causes one more afterwards. */
  wake(executionId: string): void;
  /** Takes no new work, resolves when nothing is under way. */
  stop(): Promise<void>;
  /** Resolves when nothing is queued or under way . */
  idle(): Promise<void>;
}
