import { parentPort } from "node:worker_threads";
import type { CaseToPlay } from "./case.ts";
import { verdictOn } from "./verdict.ts";

// One thread of the pool: plays each case that it is sent, and sends its verdict back.
parentPort?.on("message", (job: { readonly index: number; readonly one: CaseToPlay }) => void answer(job));

async function answer({ index, one }: { readonly index: number; readonly one: CaseToPlay }): Promise<void> {
  const verdict = await verdictOn(one);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage({ index, verdict });
}
