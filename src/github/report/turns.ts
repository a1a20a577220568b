import type { Pacing, Urgency } from "../pacing/index.ts";
import type { Job } from "./jobs.ts";

/** The next write of a report has to wait for its turn. */
export class TurnNeeded extends Error {
  readonly installation: number;
  readonly urgency: Urgency;

  constructor(installation: number, urgency: Urgency) {
    super("the next write has to wait for its turn");
    this.installation = installation;
    this.urgency = urgency;
  }
}

/**
 * Turns of a pass: the one that was waited for, and further ones where they come at once. For any other the pass is
 * broken off, so that what is written later is what is newest then.
 */
export function turnsOf(
  pacing: Pacing,
  installation: number,
  job: Job,
  signal: AbortSignal,
): (urgency: Urgency) => Promise<void> {
  return async (urgency) => {
    signal.throwIfAborted();
    if (job.turn) {
      job.turn = false;
      return;
    }
    const turn = await pacing.turnSoon(installation, urgency, 0, signal);
    if (turn !== "granted") throw new TurnNeeded(installation, urgency);
  };
}
