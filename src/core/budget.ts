import { type Draft, note } from "./draft.ts";
import { end } from "./ending.ts";
import { advance, goOn } from "./enter.ts";
import type { Spending } from "./execution.ts";
import type { Located } from "./locate.ts";

export function spend(draft: Draft, spending: Partial<Spending> = {}): void {
  const { tokens, costUsd } = draft.execution.spending;
  draft.execution.spending = {
    ...draft.execution.spending,
    tokens: tokens + (spending.tokens ?? 0),
    costUsd: costUsd + (spending.costUsd ?? 0),
  };
}

/** Whether more was spent than the limits allow, times what people granted after that. */
export function isOverBudget({ workflow, execution }: Draft): boolean {
  const { tokens, costUsd } = workflow.limits;
  const { spending } = execution;
  const times = 1 + spending.grants;
  return (
    (tokens !== null && spending.tokens > tokens * times) ||
    (costUsd !== null && spending.costUsd > costUsd * times)
  );
}

/** The step that spent too much has ended as it did; nothing more is begun until a person resumes it, or at all. */
export function takeBudget(draft: Draft, at: Located): void {
  const { workflow, execution } = draft;
  if (execution.state === "running" && workflow.limits.onBudget === "fail") {
    const { tokens, costUsd } = execution.spending;
    const message = `${tokens} tokens and ${costUsd.toFixed(2)} USD were spent, which is over its limits`;
    return advance(
      draft,
      end(draft, { state: "failed", error: { step: at.path, code: "budget", message, class: "error" } }),
    );
  }
  if (execution.state === "running") {
    execution.state = "paused";
    execution.pausedAt = draft.at;
    note(draft, { by: null, what: "budget", step: at.path });
  }
  goOn(draft, at);
}

/** A person lets it go on: the same budget again, as often as what was spent already needs. */
export function grant(draft: Draft): void {
  while (isOverBudget(draft)) {
    const { spending } = draft.execution;
    draft.execution.spending = { ...spending, grants: spending.grants + 1 };
  }
}
