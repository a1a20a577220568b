import { type Draft, scopedRun } from "./draft.ts";
import { durationMs } from "./duration.ts";
import type { RunningRun, Waiting } from "./execution.ts";
import type { Scope } from "./expression.ts";
import { unreachable } from "./problem.ts";
import { headSha } from "./scope.ts";
import type { Step } from "./workflow.ts";

/** What the step waits for from its entry on; null where it has work to be done. */
export function waitingOf(
  draft: Draft,
  step: Step,
  run: RunningRun,
  scope: Scope,
): Waiting | { readonly problem: string } | null {
  const { kind } = step;
  switch (kind.kind) {
    case "agent":
    case "action":
    case "wait_for_checks":
    case "workflow":
      return null;
    case "parallel":
    case "steps":
      return { for: "steps", next: 0 };
    case "delay": {
      const duration = kind.duration.evaluate(scope);
      if ("problem" in duration) return { problem: duration.problem.message };
      const ms = durationMs(duration.value);
      if (ms === null)
        return {
          problem: `delay needs a duration as 90s, 10m, 2h or 7d, not ${JSON.stringify(duration.value)}`,
        };
      return { for: "delay", until: draft.at + ms };
    }
    case "approval": {
      const message = kind.message?.evaluate(scope) ?? { value: null };
      if ("problem" in message) return { problem: message.problem.message };
      const text = typeof message.value === "string" ? message.value : null;
      return { for: "approval", asking: 1, headSha: headSha(draft.execution), message: text, approvals: [] };
    }
    case "wait_for": {
      const since = kind.since?.evaluate(scope) ?? { value: null };
      if ("problem" in since) return { problem: since.problem.message };
      const from = typeof since.value === "number" ? since.value : enteredBefore(draft, run);
      return { for: "event", events: kind.events, since: from };
    }
    case "wait_for_pull_request":
      return { for: "pull_request", state: kind.state };
    default:
      return unreachable(kind);
  }
}

/** When the step before this one was entered: events since then are this wait's too. */
function enteredBefore({ execution }: Draft, run: RunningRun): number {
  let before = run.from ? scopedRun(execution, run.from.step) : undefined;
  // The first step inside a group: the step before it is the one before the group.
  for (let via = run.from?.via; via === "start" && before; ) {
    via = before.from?.via;
    before = before.from ? scopedRun(execution, before.from.step) : undefined;
  }
  return before?.enteredAt ?? execution.startedAt;
}
