import type { Clock } from "../../engine/ports/clock.ts";
import type { EffectClass } from "./classes.ts";
import { isAmbiguous, isPassing, isRequestFailure, type RequestFailure, rateLimit } from "./errors.ts";

export type Outcome =
  | { readonly outcome: "done"; readonly data: unknown }
  /** GitHub refused, or could not be reached after several tries. */
  | { readonly outcome: "refused"; readonly error: RequestFailure }
  /** Nobody knows whether it happened, and nothing can tell. */
  | { readonly outcome: "unknown"; readonly error: RequestFailure | null };

export interface Attempt {
  readonly effect: EffectClass;
  /** An earlier attempt may have done it. */
  readonly mayHaveHappened: boolean;
  call(): Promise<unknown>;
  /** For findable ones: what an earlier call made, or null. */
  find(): Promise<unknown>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const tries = 4;

/**
 * Does it once, as far as its class allows: looks before it repeats, repeats what may be repeated up to
 * three times after a 5xx or a lost answer, and never repeats blindly. Rejects with what is not GitHub's
 * refusal, and when the signal is aborted.
 */
export async function perform(attempt: Attempt): Promise<Outcome> {
  const { effect, clock, signal } = attempt;
  let doubtful = attempt.mayHaveHappened;
  if (doubtful && effect.class === "once") return { outcome: "unknown", error: null };
  for (let n = 1; ; n++) {
    signal.throwIfAborted();
    try {
      const found = doubtful && effect.class === "findable" ? await attempt.find() : null;
      return { outcome: "done", data: found ?? (await attempt.call()) };
    } catch (error) {
      signal.throwIfAborted();
      if (!isRequestFailure(error)) throw error;
      if (doubtful && effect.class === "repeatable" && effect.done.includes(error.status)) {
        return { outcome: "done", data: null };
      }
      const limited = rateLimit(error, clock.now()) !== null;
      if (isAmbiguous(error)) {
        if (effect.class === "once") return { outcome: "unknown", error };
        doubtful = true;
      }
      if (limited || !isPassing(error) || n === tries) return { outcome: "refused", error };
    }
    await pause(clock, 500 * 2 ** (n - 1), signal);
  }
}

function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      stop();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const stop = clock.at(clock.now() + ms, end);
    signal.addEventListener("abort", end);
  });
}
