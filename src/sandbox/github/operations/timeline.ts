import type { Doer, Issue } from "../model.ts";
import type { World } from "../world.ts";

/** Adds a line to the issue's history and moves its `updated_at`. */
export function record(
  world: World,
  issue: Issue,
  event: string,
  by: Doer,
  facts: Readonly<Record<string, unknown>> = {},
): void {
  recordLive(world, issue, event, by, () => facts);
}

/** A line whose facts are read when it is shown, as a comment that may be edited later. */
export function recordLive(
  world: World,
  issue: Issue,
  event: string,
  by: Doer,
  facts: () => Readonly<Record<string, unknown>>,
): void {
  const at = world.now();
  issue.timeline.push({ id: world.nextId(), event, by, at, facts });
  issue.updatedAt = at;
}
