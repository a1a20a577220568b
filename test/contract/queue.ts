import { afterEach, beforeEach, expect, test } from "vitest";
import type { Queue } from "../../src/engine/ports/queue.ts";

/** Activations that end when they are told to. */
class Work {
  /** Ids in the order in which their activations began. */
  readonly begun: string[] = [];
  readonly #underWay = new Map<string, (() => void)[]>();
  #most = 0;

  readonly activate = (id: string): Promise<void> => {
    this.begun.push(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay.set(id, [...(this.#underWay.get(id) ?? []), resolve]);
    this.#most = Math.max(this.#most, this.underWay.length);
    return promise;
  };

  get underWay(): readonly string[] {
    return [...this.#underWay].flatMap(([id, ends]) => ends.map(() => id));
  }

  /** How many were under way at once. */
  get most(): number {
    return this.#most;
  }

  end(id: string): void {
    const ends = this.#underWay.get(id) ?? [];
    this.#underWay.delete(id);
    for (const end of ends) end();
  }
}

/** Until whatever could go on in this process has gone on. */
export async function turnsPass(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}

/**
 * The promises of `Queue`, to be kept by every adapter; `open` gives one that works on two executions at once, and `settled`
 * resolves when it has done all that it could do so far.
 */
export function queueContract<Q extends Queue>(
  open: () => Q | Promise<Q>,
  settled: (queue: Q) => Promise<void> = turnsPass,
): void {
  let queue: Q;
  let work: Work;
  beforeEach(async () => {
    queue = await open();
    work = new Work();
  });
  afterEach(async () => {
    const stopped = queue.stop();
    while (work.underWay.length > 0) await endAll();
    await stopped;
  });

  const rest = () => settled(queue);
  const begin = async (...ids: readonly string[]) => {
    queue.start(work.activate);
    // One after the other: those woken at the same moment have no order.
    for (const id of ids) {
      queue.wake(id);
      await rest();
    }
    await rest();
  };
  const end = async (id: string) => {
    work.end(id);
    await rest();
  };
  const endAll = async () => {
    while (work.underWay.length > 0) for (const id of work.underWay) await end(id);
  };
  /** False while it does not resolve. */
  const resolved = async (promise: Promise<void>) =>
    await Promise.race([promise.then(() => true), rest().then(() => false)]);

  test("what is woken before the start is activated after it", async () => {
    queue.wake("a");
    await rest();
    expect(work.begun).toEqual([]);
    await begin();
    expect(work.begun).toEqual(["a"]);
  });

  test("woken several times while it waits for its turn, it is activated once", async () => {
    await begin("a", "b", "c", "c", "c");
    await endAll();
    expect(work.begun).toEqual(["a", "b", "c"]);
  });

  test("woken while it is active, it is activated once more, and only afterwards", async () => {
    await begin("a");
    for (let wakes = 0; wakes < 3; wakes++) queue.wake("a");
    await rest();
    expect(work.begun).toEqual(["a"]);
    await end("a");
    expect(work.begun).toEqual(["a", "a"]);
    await end("a");
    expect(work.begun).toEqual(["a", "a"]);
  });

  test("woken after its end, it is activated again", async () => {
    await begin("a");
    await end("a");
    queue.wake("a");
    await rest();
    expect(work.begun).toEqual(["a", "a"]);
  });

  test("several are activated side by side, never more than it may", async () => {
    await begin("a", "b", "c", "d");
    expect(work.underWay).toEqual(["a", "b"]);
    await end("b");
    expect(work.underWay).toEqual(["a", "c"]);
    await endAll();
    expect([work.begun, work.most]).toEqual([["a", "b", "c", "d"], 2]);
  });

  test("one that is woken without end does not keep the others from their turn", async () => {
    await begin("a", "b", "c");
    queue.wake("a");
    await end("a");
    expect(work.underWay).toEqual(["b", "c"]);
    await end("b");
    expect(work.underWay).toEqual(["c", "a"]);
  });

  test("it is idle where nothing was woken", async () => {
    await begin();
    await expect(queue.idle()).resolves.toBeUndefined();
  });

  test("it is idle when all is done, what was woken meanwhile included", async () => {
    await begin("a", "b", "c");
    const idle = queue.idle();
    queue.wake("b");
    for (const id of ["a", "b", "c"]) {
      await end(id);
      expect(await resolved(idle)).toBe(false);
    }
    await end("b");
    await idle;
  });

  test("a stop waits for what is under way and leaves the rest to the next start", async () => {
    await begin("a", "b", "c");
    queue.wake("a");
    const stopped = queue.stop();
    await end("a");
    expect(await resolved(stopped)).toBe(false);
    await end("b");
    await stopped;
    queue.wake("d");
    await rest();
    expect(work.begun).toEqual(["a", "b"]);
  });
}
