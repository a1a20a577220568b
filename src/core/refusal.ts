import type { Problem } from "./problem.ts";

/** Why a command or decision can't be taken now: told to the person who gave it, and nothing changes. */
export const refusals = {
  HOS601: "Nothing here waits for that",
  HOS602: "Several steps wait for that",
  HOS603: "The question was asked anew",
  HOS604: "The execution is not in a state for that",
  HOS605: "There is no such step",
  HOS606: "An approval can't be skipped",
  HOS607: "A retry may not go around an approval",
  HOS608: "Nothing to retry from",
} as const;

export type RefusalCode = keyof typeof refusals;

export function refuse(code: RefusalCode, message: string, hint?: string): { readonly problem: Problem } {
  return { problem: { code, message, ...(hint ? { hint } : {}) } };
}
