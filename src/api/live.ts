import type { Execution } from "../core/execution.ts";
import type { Clock, ExecutionStore, Log } from "../engine/ports/index.ts";

/** What a watcher hears: the newest state, once it is newer than what it knows. */
export interface Live {
  /** Somebody saved it in this process: who watches hears of it at once. */
  saved(execution: Execution): void;
  /**
   * The execution at every revision above `after` that is the newest when it is asked for: states in between are
   * skipped where the watcher is slow, none is lost at the end. Ends when the signal is aborted or all is stopped.
   */
  watch(id: string, after: number, signal: AbortSignal): AsyncGenerator<Execution, void>;
  /** How many watch now. */
  readonly watchers: number;
  stop(): void;
}

/** Another process may be the one at work: its saves are seen by looking. */
const lookMs = 1_000;

interface Watcher {
  newest: Execution | null;
  wake: () => void;
}

export function createLive({
  executions,
  clock,
  log,
}: {
  readonly executions: Pick<ExecutionStore, "load">;
  readonly clock: Clock;
  readonly log: Log;
}): Live {
  const watched = new Map<string, Set<Watcher>>();
  const stopping = new AbortController();
  let cancel: (() => void) | null = null;

  function tell(execution: Execution): void {
    for (const watcher of watched.get(execution.id) ?? []) {
      if (watcher.newest !== null && execution.revision <= watcher.newest.revision) continue;
      watcher.newest = execution;
      watcher.wake();
    }
  }

  async function look(): Promise<void> {
    for (const id of watched.keys()) {
      const execution = await executions.load(id);
      if (execution !== null) tell(execution);
    }
  }

  function lookAgain(): void {
    if (watched.size === 0 || stopping.signal.aborted) {
      cancel = null;
      return;
    }
    cancel = clock.at(clock.now() + lookMs, () => {
      look()
        .catch((error: unknown) =>
          log.warn({ err: error }, "what is watched could not be read; trying again"),
        )
        .finally(lookAgain);
    });
  }

  function add(id: string, watcher: Watcher): () => void {
    const all = watched.get(id) ?? new Set();
    all.add(watcher);
    watched.set(id, all);
    if (cancel === null) lookAgain();
    return () => {
      all.delete(watcher);
      if (all.size === 0) watched.delete(id);
    };
  }

  return {
    saved: tell,
    async *watch(id, after, signal) {
      const over = AbortSignal.any([signal, stopping.signal]);
      const watcher: Watcher = { newest: null, wake: () => {} };
      // Before it is read, so that no save falls between the two.
      const remove = add(id, watcher);
      const end = () => watcher.wake();
      over.addEventListener("abort", end);
      try {
        const stored = await executions.load(id);
        if (stored !== null) tell(stored);
        for (let known = after; !over.aborted; ) {
          if (watcher.newest !== null && watcher.newest.revision > known) {
            known = watcher.newest.revision;
            yield watcher.newest;
            continue;
          }
          await new Promise<void>((resolve) => {
            watcher.wake = resolve;
          });
        }
      } finally {
        over.removeEventListener("abort", end);
        remove();
      }
    },
    get watchers() {
      return [...watched.values()].reduce((sum, all) => sum + all.size, 0);
    },
    stop() {
      stopping.abort();
      cancel?.();
    },
  };
}
