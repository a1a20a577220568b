import type { Execution } from "./execution.ts";
import { scopeOf } from "./scope.ts";
import type { Workflow } from "./workflow.ts";

const longest = 200;

/**
 * The concurrency group: executions of one group run one at a time. As the workflow says, for the whole repository;
 * else the workflow and its subject. Null for none: a child, or no subject and no group named.
 */
export function groupOf(
  workflow: Pick<Workflow, "path" | "concurrency">,
  execution: Execution,
  now: number,
): string | null | { readonly problem: string } {
  if (execution.parent !== null) return null;
  const { repository, subject } = execution;
  const { group } = workflow.concurrency;
  if (group === null) return subject && `${repository.id}/${workflow.path}/${subject.number}`;
  const named = group.evaluate(scopeOf(execution, now));
  if ("problem" in named) return { problem: `concurrency.group: ${named.problem.message}` };
  const { value } = named;
  if (value === null || value === "" || value === false) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (text.length > longest) {
    return { problem: `concurrency.group has ${text.length} characters; it may have ${longest}` };
  }
  return `${repository.id}/group/${text}`;
}
