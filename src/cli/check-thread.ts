import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";
import type { Counter } from "./check-files.ts";
import type { FoundFile } from "./folder.ts";

// One more thread for hishamos validate: checks its share of the files, and sends what it found.
enableCompileCache();
const { checkShare } = await import("./check-files.ts");
const { files, counter } = workerData as { readonly files: readonly FoundFile[]; readonly counter: Counter };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage(await checkShare(files, counter));
