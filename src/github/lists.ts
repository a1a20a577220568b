import type { Execution } from "../core/execution.ts";
import type { ExecutionStore } from "../engine/ports/index.ts";

/** Every page of a list, until there are `most`. */
export async function listAll(
  store: ExecutionStore,
  query: Parameters<ExecutionStore["list"]>[0],
  most = Number.POSITIVE_INFINITY,
): Promise<readonly Execution[]> {
  const found: Execution[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.list(cursor === null ? query : { ...query, cursor });
    found.push(...page.executions);
    cursor = page.next;
  } while (cursor !== null && found.length < most);
  return found;
}
