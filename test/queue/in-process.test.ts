import { describe, expect, test } from "vitest";
import { createInProcessQueue } from "../../src/queue/in-process.ts";
import { queueContract } from "../contract/queue.ts";

describe("the queue within the process", () => {
  queueContract(() => createInProcessQueue({ concurrency: 2 }));

  test("takes them in the order of their wakes, again and again after it was empty", async () => {
    const queue = createInProcessQueue({ concurrency: 2 });
    const ids = Array.from({ length: 50 }, (_, index) => `execution-${index}`);
    const taken: string[] = [];
    for (const id of ids) queue.wake(id);
    queue.start(async (id) => {
      taken.push(id);
      // One that is under way goes to the end of the line.
      if (id === "execution-0" && taken.length <= 2) queue.wake(id);
      await Promise.resolve();
    });
    await queue.idle();
    expect(taken.filter((id, place) => taken.indexOf(id) === place)).toEqual(ids);
    expect(taken).toHaveLength(ids.length + 1);
    expect(taken.at(-1)).toBe("execution-0");
    for (const id of ids.slice(0, 3)) queue.wake(id);
    await queue.idle();
    expect(taken.slice(ids.length + 1)).toEqual(ids.slice(0, 3));
    await queue.stop();
  });
});
