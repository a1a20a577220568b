import type { Octokit } from "@octokit/rest";
import type { EffectRecord } from "../../core/execution.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import type { Log } from "../../engine/ports/log.ts";
import type { StepRequest, StepResult } from "../../engine/ports/runner.ts";

/** What GitHub is called with for one step. */
export interface ActionContext {
  readonly request: StepRequest;
  readonly action: string;
  readonly octokit: Octokit;
  readonly clock: Clock;
  readonly log: Log;
  readonly slug: () => Promise<string>;
}

export function effectOf(key: string, method: string, ref: string | null): EffectRecord {
  return { key, method, ref };
}

export function failed(code: string, message: string): StepResult {
  return { type: "failed", error: { code, message, class: "error" }, effects: [] };
}

export function outcomeUnknown(action: string, reason: string | null): StepResult {
  const why = reason
    ? `No clear answer came to ${action} (${reason})`
    : `An earlier attempt at ${action} may have happened`;
  return failed(
    "outcome_unknown",
    `${why}, and GitHub offers no way to find out, so it is not repeated. Look whether it happened: if it did, \`/hishamos skip STEP\`; if not, \`/hishamos retry\`.`,
  );
}

export function aborted(action: string, signal: AbortSignal): StepResult {
  const timedOut = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  const [code, words] = timedOut
    ? (["timeout", "took too long"] as const)
    : (["cancelled", "was cancelled"] as const);
  const error = { code, message: `${action} ${words}.`, class: timedOut ? "timeout" : "error" } as const;
  return { type: "failed", error, effects: [] };
}
