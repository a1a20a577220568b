import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { CaseToPlay } from "./case.ts";
import { type Verdict, verdictOn } from "./verdict.ts";

/** Below this a thread costs more to start (it loads the whole service) than it saves. */
const casesPerThread = 6;
/** Cases wait for loopback a little: two at once keep a core busy. */
const atOnce = 2;

/** Plays all cases, on as many threads as there are cores and it is worth; `each` hears of them as they end. */
export async function playAll(
  cases: readonly CaseToPlay[],
  each: (verdict: Verdict, index: number) => void,
  most = availableParallelism(),
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const threads = Math.min(most, Math.ceil(cases.length / casesPerThread));
  let next = 0;
  const take = () => (next < cases.length ? { index: next, one: cases[next++] } : null);
  const keep = (index: number, verdict: Verdict) => {
    verdicts[index] = verdict;
    each(verdict, index);
  };
  const here = async () => {
    for (let job = take(); job?.one; job = take()) keep(job.index, await verdictOn(job.one));
  };
  if (threads <= 1) await Promise.all(Array.from({ length: atOnce }, here));
  else await Promise.all(Array.from({ length: threads }, () => onThread(take, keep)));
  return verdicts;
}

// The same file beside us in the sources and in the build.
const thread = new URL(import.meta.url.endsWith(".ts") ? "./thread.ts" : "./thread.js", import.meta.url);

interface Job {
  readonly index: number;
  readonly one: CaseToPlay | undefined;
}

function onThread(take: () => Job | null, keep: (index: number, verdict: Verdict) => void): Promise<void> {
  const worker = new Worker(thread);
  return new Promise((resolve, reject) => {
    let open = 0;
    const give = () => {
      const job = take();
      if (job?.one) {
        open += 1;
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage(job);
      } else if (open === 0) {
        void worker.terminate().then(() => resolve());
      }
    };
    worker.on("message", ({ index, verdict }: { index: number; verdict: Verdict }) => {
      open -= 1;
      keep(index, verdict);
      give();
    });
    worker.on("error", reject);
    for (let i = 0; i < atOnce; i++) give();
  });
}
