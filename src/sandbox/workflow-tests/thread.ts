import { parentPort } from "node:worker_threads";
import { type CaseToPlay, verdictOn } from "./verdict.ts";

// One thread of the pool: plays each case that it is sent, and sends its verdict back.
parentPort?.on("message", ({ index, one }: { readonly index: number; readonly one: CaseToPlay }) => {
  void verdictOn(one).then((verdict) => parentPort?.postMessage({ index, verdict }));
});
