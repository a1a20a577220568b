import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type Checked, type Counter, checkShare } from "./check-files.ts";
import type { FoundFile } from "./folder.ts";

/** A thread loads the language and runs it slowly at first: below this it costs more than it saves. */
const filesPerThread = 250;
const mostThreads = 4;

/** How many threads so many files are worth on so many cores, this one counted. */
export function threadsFor(files: number, cores: number): number {
  return Math.max(1, Math.min(cores, mostThreads, Math.floor(files / filesPerThread)));
}

/** What is wrong with each of the files, in the order given; many are spread over threads. */
export async function checkAll(
  files: readonly FoundFile[],
  threads = threadsFor(files.length, availableParallelism()),
): Promise<readonly Checked[]> {
  const counter: Counter = new Int32Array(new SharedArrayBuffer(4));
  const others = Array.from({ length: threads - 1 }, () => onThread(files, counter));
  const shares = await Promise.all([...others, checkShare(files, counter)]);
  const checked: Checked[] = [];
  for (const [index, one] of shares.flat()) checked[index] = one;
  return checked;
}

// The same file beside us in the sources and in the build.
const thread = new URL(
  import.meta.url.endsWith(".ts") ? "./check-thread.ts" : "./check-thread.js",
  import.meta.url,
);

type Share = Awaited<ReturnType<typeof checkShare>>;

function onThread(files: readonly FoundFile[], counter: Counter): Promise<Share> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData: { files, counter } });
    worker.on("message", (share: Share) => resolve(share));
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`a thread of the check ended with ${code}`)));
  });
}
