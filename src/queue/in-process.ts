import PQueue from "p-queue";
import type { Queue } from "../engine/ports/queue.ts";

/** Activations within this process: at most `concurrency` at once, one at a time per execution. */
export function createInProcessQueue({ concurrency }: { readonly concurrency: number }): Queue {
  const pool = new PQueue({ concurrency, autoStart: false });
  const queued = new Set<string>();
  const active = new Set<string>();
  const again = new Set<string>();
  let activate: ((id: string) => Promise<void>) | null = null;
  let stopped = false;

  function wake(id: string): void {
    if (stopped || queued.has(id)) return;
    if (active.has(id)) {
      again.add(id);
      return;
    }
    queued.add(id);
    void pool.add(() => run(id));
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
