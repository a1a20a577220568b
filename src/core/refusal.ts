import type { Problem, ProblemMeaning } from "./problem.ts";

/** Why a command or decision can't be taken now: told to the person who gave it, and nothing changes. */
export const refusals = {
  HOS301: {
    title: "Nothing here waits for that",
    help: "No step waits for this decision, answer or skip: it was given already, its turn has not come, or it belongs to another issue or pull request. `/hishamos status` says what waits.",
  },
  HOS302: {
    title: "Several steps wait for that",
    help: "The command fits more than one step. Name the one you mean, as `/hishamos approve STEP`.",
  },
  HOS303: {
    title: "The question was asked anew",
    help: "New commits came after the question, and an approval speaks of the commits that were looked at. Decide on the latest question.",
  },
  HOS304: {
    title: "The execution is not in a state for that",
    help: "What runs can be paused or cancelled, what is paused resumed, and what has ended only retried. The message says what fits now.",
  },
  HOS305: {
    title: "There is no such step",
    help: "The workflow that this execution is pinned to has no step of this id; the message lists its steps. A step added since is there after `/hishamos retry latest`.",
  },
  HOS306: {
    title: "An approval is given or refused",
    help: "Neither `skip` nor `done` nor `fail` goes past an approval. Approve it, reject it, or cancel the execution.",
  },
  HOS307: {
    title: "A retry may not go around an approval",
    help: "The way to the step leads over an approval that was not given for this definition and these commits. Retry from the approval, or from a step before it.",
  },
  HOS308: {
    title: "Nothing to retry from",
    help: "No step of the execution failed, so there is none to begin with. Name one: `/hishamos retry from STEP`.",
  },
  HOS309: {
    title: "Another execution is under way",
    help: "A retry takes the concurrency group again, and another execution holds it by now. Let that one end, or cancel it.",
  },
} as const satisfies Record<string, ProblemMeaning>;

export type RefusalCode = keyof typeof refusals;

export function refuse(code: RefusalCode, message: string, hint?: string): { readonly problem: Problem } {
  return { problem: { code, message, ...(hint ? { hint } : {}) } };
}
