import { stat } from "node:fs/promises";
import type { SandboxGitHub } from "./github/index.ts";

const turnMs = 25;
/** Of libuv's pool, unless the environment says otherwise. */
const threads = Number(process.env["UV_THREADPOOL_SIZE"]) || 4;
/** As many turns without a request: nothing on loopback takes so long, so what is not idle waits for the clock. */
const turns = 16;

/**
 * Resolves to true once all of these are idle, one after the other, and nothing was done meanwhile (`done` counts it):
 * what one gives to another may come back to the first. Resolves to false where something is not idle but asks the
 * stand-in for nothing any more: it waits for the clock (a refused report is tried again later). Rejects as they do.
 */
export async function quiet(
  sandbox: SandboxGitHub,
  idle: readonly (() => Promise<void>)[],
  done: () => number,
): Promise<boolean> {
  const over = new AbortController();
  const activity = () => done() + sandbox.requests().length + sandbox.deliveries().length;
  const settled = (async () => {
    for (let before = -1; before !== activity(); ) {
      before = activity();
      for (const each of idle) await each();
    }
    return true;
  })();
  try {
    return await Promise.race([settled, stands(sandbox, over.signal)]);
  } finally {
    over.abort();
  }
}

/**
 * Counts turns of the event loop and of the thread pool (where tokens are signed), not time alone: a machine that was busy
 * elsewhere must not look like quiet.
 */
async function stands(sandbox: SandboxGitHub, signal: AbortSignal): Promise<false> {
  let seen = sandbox.requests().length;
  for (let still = 0; still < turns && !signal.aborted; still++) {
    await new Promise((resolve) => setTimeout(resolve, turnMs));
    // As many as there are threads, so that each has come to its next task.
    await Promise.all(Array.from({ length: threads }, () => stat(".")));
    const now = sandbox.requests().length;
    if (now !== seen) still = 0;
    seen = now;
  }
  return false;
}
