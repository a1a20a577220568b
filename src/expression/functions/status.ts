import { entry } from "../values.ts";
import type { Work } from "../work.ts";
import type { FunctionRecord } from "./record.ts";

/** The root `execution` has an `ending` once it is marked: completed, failed or cancelled. */
function endsAs(ending: string, work: Work): boolean {
  return entry(work.scope.root("execution") ?? null, "ending") === ending;
}

const none = { minArgs: 0, maxArgs: 0 };

/** Registered only where ParseOptions.statusFunctions says so: in `finally`, where there is an ending to ask for. */
export const statusFunctions: readonly FunctionRecord[] = [
  {
    ...none,
    name: "success",
    signature: "success()",
    description: "Whether the execution ends completed. Only in finally.",
    call: (_, work) => endsAs("completed", work),
  },
  {
    ...none,
    name: "failure",
    signature: "failure()",
    description: "Whether the execution ends failed. Only in finally.",
    call: (_, work) => endsAs("failed", work),
  },
  {
    ...none,
    name: "always",
    signature: "always()",
    description: "True, whatever the ending. Only in finally.",
    call: () => true,
  },
];
