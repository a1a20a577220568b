import type { Execution } from "../core/execution.ts";
import { textAt, valueAt } from "./payload.ts";
import { isOurOwn, type Work } from "./room.ts";
import { readPullRequest } from "./subject.ts";

/** An issue closed by a merge is closed within this time (ms) of it. */
const closesWithinMs = 2 * 60_000;

/** What an event was caused by, as the core asks: our App, or the merge of a pull request that closed the issue. */
export type EventCause = "us" | "merge" | null;

/** Answers for each execution told of the event; GitHub is asked once for each pull request. */
export async function createCauses(work: Work): Promise<(execution: Execution) => Promise<EventCause>> {
  const us = await isOurOwn(work);
  const merges = new Map<number, Promise<number | null>>();
  const closedAt = Date.parse(textAt(work.happening.payload, "issue", "closed_at") ?? "");

  async function mergedAt(number: number): Promise<number | null> {
    const pull = await readPullRequest(work.octokit, work.happening.repository, number);
    return pull === null || pull.merged_at === null ? null : Date.parse(pull.merged_at);
  }

  return async (execution) => {
    if (us) return "us";
    const { name, number, payload } = work.happening;
    const newest = execution.linked.at(-1);
    if (name !== "issues.closed" || newest === undefined || execution.subject?.number !== number) return null;
    // Whoever gives up an issue says so.
    if (valueAt(payload, "issue", "state_reason") === "not_planned") return null;
    const known = merges.get(newest.number) ?? mergedAt(newest.number);
    merges.set(newest.number, known);
    const merged = await known;
    return merged !== null && !(Math.abs(closedAt - merged) > closesWithinMs) ? "merge" : null;
  };
}
