import PQueue from "p-queue";
import type { Queue } from "../engine/ports/queue.ts";

/** Activations within this process: at most `concurrency` at once, one at a time per execution. */
export function createInProcessQueue({ concurrency }: { readonly concurrency: number }): Queue {
  const pool = new PQueue({ concurrency, autoStart: false });
  const queued = new Set<string>();
  /** Stands before the oldest of them, or has come to its end. */
  let line = queued.values();
  const active = new Set<string>();
  const again = new Set<string>();
  let activate: ((id: string) => Promise<void>) | null = null;
  /** In the pool, each for whatever is next: after a start with 100,000 to look at, only their ids are held. */
  let tasks = 0;
  let stopped = false;

  function wake(id: string): void {
    if (stopped || queued.has(id)) return;
    if (active.has(id)) {
      again.add(id);
      return;
    }
    queued.add(id);
    if (tasks < concurrency) put();
  }

  function put(): void {
    tasks += 1;
    void pool.add(async () => {
      try {
        const id = next();
        if (id !== undefined) await run(id);
      } finally {
        tasks -= 1;
        if (queued.size > 0) put();
      }
    });
  }

  /** A new iterator for each would walk over the gaps that those taken before have left in the set. */
  function next(): string | undefined {
    if (queued.size === 0) return undefined;
    const { value, done } = line.next();
    if (done !== true) return value;
    line = queued.values();
    return line.next().value;
  }

  async function run(id: string): Promise<void> {
    queued.delete(id);
    active.add(id);
    try {
      await activate?.(id);
    } finally {
      active.delete(id);
      if (again.delete(id)) wake(id);
    }
  }

  return {
    start(work) {
      activate = work;
      pool.start();
    },
    wake,
    async stop() {
      stopped = true;
      queued.clear();
      pool.clear();
      await pool.onIdle();
    },
    idle: () => pool.onIdle(),
  };
}
