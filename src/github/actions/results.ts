import type { Octokit } from "@octokit/rest";
import type { EffectRecord } from "../../core/execution.ts";
import type { JsonObject } from "../../core/json.ts";
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
  /** By which our App is known on what it made. */
  readonly appId: number | string;
  /** Nothing that this execution made is older (ms). */
  readonly since: number;
  /** Whether the check run with this address is ours though another App made it. */
  readonly isOwnCheck: (url: string) => boolean;
}

export function effectOf(key: string, method: string, ref: string | null): EffectRecord {
  return { key, method, ref };
}

/** `output`: what is known of the failed work, for the steps that follow the failure. */
export function failed(code: string, message: string, output?: JsonObject): StepResult {
  const known = output === undefined ? {} : { output };
  return { type: "failed", error: { code, message, class: "error" }, ...known, effects: [] };
}

/** `cause`: what came instead of an answer; null where an earlier attempt is in doubt. */
export function outcomeUnknown(action: string, step: string, cause: Error | null): StepResult {
  const why = cause
    ? `No clear answer came to ${action}${cause.message && ` (${cause.message})`}`
    : `An earlier attempt at ${action} may have happened`;
  return failed(
    "outcome_unknown",
    `${why}, and GitHub offers no way to find out, so it is not repeated. Look whether it happened: if not, \`/hishamos retry\`; if it did, \`/hishamos skip ${step}\`, or \`/hishamos retry from\` the step after it.`,
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
