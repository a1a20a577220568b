import type { Problem } from "./problem.ts";

/** Why a command or decision can't be taken now: told to the person who gave it, and nothing changes. */
export const refusals = {
  HOS301: "Nothing here waits for that",
  HOS302: "Several steps wait for that",
  HOS303: "The question was asked anew",
  HOS304: "The execution is not in a state for that",
  HOS305: "There is no such step",
  HOS306: "An approval can't be skipped",
  HOS307: "A retry may not go around an approval",
  HOS308: "Nothing to retry from",
  HOS309: "Another execution is under way",
} as const;

export type RefusalCode = keyof typeof refusals;

export function refuse(code: RefusalCode, message: string, hint?: string): { readonly problem: Problem } {
  return { problem: { code, message, ...(hint ? { hint } : {}) } };
}
