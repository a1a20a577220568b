import type { Execution } from "../core/execution.ts";
import type { ExecutionStore } from "../engine/ports/index.ts";

/** Every page of a list. */
export async function listAll(
  store: ExecutionStore,
  query: Parameters<ExecutionStore["list"]>[0],
): Promise<readonly Execution[]> {
  const found: Execution[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.list(cursor === null ? query : { ...query, cursor });
    found.push(...page.executions);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}
