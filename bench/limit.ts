import type { DocumentStorage } from "../src/state/storage.ts";
import type { Copy } from "./documents.ts";
import type { Ground } from "./ground.ts";
import { each, type Samples } from "./samples.ts";

/**
 * The bare limit: what these executions write, an insert and then their saves, as a plain loop writes it: texts
 * ready, no engine, no Keyv. One after the other each is a statement of its own; several at once they go through
 * the stores' batching.
 */
export async function measureLimit(
  ground: Ground,
  copies: readonly Copy[],
  concurrency: number,
): Promise<Samples> {
  const { insert, save } = concurrency === 1 ? ground.single : coalesced(ground.executions);
  const eachMs: number[] = [];
  const timed = async (write: () => Promise<boolean>) => {
    const before = performance.now();
    if (!(await write())) throw new Error("a bare upsert wrote nothing");
    eachMs.push(performance.now() - before);
  };
  const began = performance.now();
  await each(copies, concurrency, async ({ key, created, saved }) => {
    await timed(() => insert(key, created));
    for (const [index, text] of saved.entries()) await timed(() => save(key, text, index + 1));
  });
  return { writes: eachMs.length, elapsedMs: performance.now() - began, eachMs };
}

function coalesced(storage: DocumentStorage): Ground["single"] {
  return {
    insert: async (key, text) => (await storage.insert(key, text)) === "created",
    save: (key, text) => storage.set(key, text),
  };
}
