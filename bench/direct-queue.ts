import type { Queue } from "../src/engine/ports/queue.ts";

/** No queue: a wake is the activation itself. One at a time per execution, and no bound on how many in all. */
export function createDirectQueue(): Queue {
  const active = new Map<string, Promise<void>>();
  const again = new Set<string>();
  let activate: (id: string) => Promise<void> = async () => {};

  async function run(id: string): Promise<void> {
    do await activate(id);
    while (again.delete(id));
    active.delete(id);
  }

  async function idle(): Promise<void> {
    while (active.size > 0) await Promise.all(active.values());
  }

  return {
    start(work) {
      activate = work;
    },
    wake(id) {
      if (active.has(id)) again.add(id);
      else active.set(id, run(id));
    },
    stop: idle,
    idle,
  };
}
