import type { Execution } from "../../core/execution.ts";
import { isTerminal } from "../../core/tables.ts";

/** What an event that is about no issue or pull request can name of what executions await. */
export const awaited = {
  /** The end of a GitHub Actions run. */
  run: (id: number) => `run:${id}`,
  /** Something about a commit: checks of it, or the head of what the execution is about. */
  commit: (sha: string) => `sha:${sha}`,
  /** An event by its name, as a step of the definition waits for it: `release.published`, `push`. */
  event: (name: string) => `event:${name}`,
  /** It is not known for which events its steps wait: any may be one. */
  anyEvent: "event:?",
} as const;

/** The keys under which an unfinished execution is found by such events; none for one that has ended. */
export function awaitsOf(execution: Execution): readonly string[] {
  const { state, linked, subject, steps, round, hears } = execution;
  if (isTerminal(state)) return [];
  const keys = new Set(hears?.map(awaited.event) ?? [awaited.anyEvent]);
  const head = linked.at(-1)?.head_sha ?? subject?.head_sha ?? null;
  if (head !== null) keys.add(awaited.commit(head));
  for (const { runs } of Object.values(steps)) {
    const run = runs.at(-1);
    if (run?.state !== "running" || run.round !== round) continue;
    if (run.waiting?.for === "run") keys.add(awaited.run(run.waiting.runId));
    if (run.waiting?.for === "checks" && run.waiting.headSha !== null)
      keys.add(awaited.commit(run.waiting.headSha));
  }
  return [...keys];
}
