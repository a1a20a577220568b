import type { Execution } from "../../core/execution.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Shown } from "./shown.ts";

/** One execution that is behind on GitHub, or may be. */
export interface Job {
  readonly id: string;
  /** Where it is shown, once known. */
  installation: number | null;
  /** The newest revision that is known, and the one that is shown. */
  newest: number;
  shown: number;
  /** The execution as it was told last; null: to be read. */
  document: Execution | null;
  /** What is known to be shown, in the pass under way. */
  notes: Shown | null;
  /** True where what it shows of its children may have changed since, or a pass was broken off. */
  stale: boolean;
  /** True where another process may have been at it at the same time. */
  doubtful: boolean;
  /** True where it has its turn for one write. */
  turn: boolean;
  failures: number;
  cancelTimer: (() => void) | null;
}

type Owed = Execution | { readonly id: string; readonly revision: number };

export interface Jobs {
  /** Shows it at this revision or a later one; nothing where it is in hand already and will come to that. */
  add(owed: Owed, options?: { readonly stale: boolean }): void;
  get(id: string): Job | undefined;
  size(): number;
  /** It can go on now. */
  queue(job: Job): void;
  /** It can go on at that time (ms). */
  later(job: Job, at: number): void;
  /** A pass has ended; where more has come meanwhile there is another. */
  end(job: Job): void;
  /** Resolves when there are none, or they are stopped. */
  idle(): Promise<void>;
  /** Begins no more passes and resolves when those under way have ended. */
  stop(): Promise<void>;
}

export interface JobsOptions {
  /** How many passes are made at once. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Aborted when no more are to be begun. */
  readonly signal: AbortSignal;
  /** Makes one pass and says by the methods above what becomes of the job. Never rejects. */
  readonly attempt: (job: Job) => Promise<void>;
}

/** The executions in hand, each once, so many at a time; those that wait for something take no place. */
export function createJobs({ concurrency, clock, signal, attempt }: JobsOptions): Jobs {
  const jobs = new Map<string, Job>();
  const ready: Job[] = [];
  const passes = new Set<Promise<void>>();
  let awaiting: (() => void)[] = [];

  function pump(): void {
    while (passes.size < concurrency && !signal.aborted) {
      const job = ready.shift();
      if (!job) return;
      const pass = attempt(job).finally(() => {
        passes.delete(pass);
        pump();
      });
      passes.add(pass);
    }
  }

  function queue(job: Job): void {
    ready.push(job);
    pump();
  }

  function release(): void {
    const all = awaiting;
    awaiting = [];
    for (const resolve of all) resolve();
  }

  return {
    add(owed, { stale } = { stale: false }) {
      if (signal.aborted) return;
      const known = jobs.get(owed.id);
      if (known) {
        known.stale ||= stale;
        if (owed.revision <= known.newest) return;
        known.newest = owed.revision;
        // Who waits holds no document; it is read when it is its turn.
        known.document = known.document && "workflow" in owed ? owed : null;
        return;
      }
      const made: Job = {
        id: owed.id,
        installation: null,
        newest: owed.revision,
        shown: 0,
        document: "workflow" in owed ? owed : null,
        notes: null,
        stale,
        doubtful: false,
        turn: false,
        failures: 0,
        cancelTimer: null,
      };
      jobs.set(made.id, made);
      queue(made);
    },
    get: (id) => jobs.get(id),
    size: () => jobs.size,
    queue,
    later(job, at) {
      if (signal.aborted) return;
      job.cancelTimer = clock.at(at, () => {
        job.cancelTimer = null;
        queue(job);
      });
    },
    end(job) {
      job.notes = null;
      if (job.stale || job.newest > job.shown) return queue(job);
      jobs.delete(job.id);
      if (jobs.size === 0) release();
    },
    async idle() {
      if (jobs.size === 0 || signal.aborted) return;
      await new Promise<void>((resolve) => awaiting.push(resolve));
    },
    async stop() {
      for (const job of jobs.values()) job.cancelTimer?.();
      release();
      await Promise.all(passes);
    },
  };
}
