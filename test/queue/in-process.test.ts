import { describe } from "vitest";
import { createInProcessQueue } from "../../src/queue/in-process.ts";
import { queueContract } from "../contract/queue.ts";

describe("the queue within the process", () => {
  queueContract(() => createInProcessQueue({ concurrency: 2 }));
});
