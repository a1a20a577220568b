import type { DefinitionStore, StoredDefinition } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import type { Database } from "./storage.ts";

/** As it is stored: with the time (ms) at which it was needed last; absent where an older release stored it. */
type Stored = StoredDefinition & { readonly storedAt?: number };

export function openDefinitions(database: Database): DefinitionStore {
  const documents = openDocuments<Stored>(database, "definitions", ({ storedAt }) => ({
    stored_at: storedAt ?? null,
  }));
  return {
    async put(hash, definition, at) {
      if ((await documents.insert(hash, { ...definition, storedAt: at })) === "created") return;
      const known = await documents.get(hash);
      // Where it was removed meanwhile, this makes it anew.
      const storedAt = Math.max(at, known?.storedAt ?? 0);
      await documents.set(hash, { ...(known ?? definition), storedAt });
    },
    async get(hash) {
      const stored = await documents.get(hash);
      if (stored === undefined) return null;
      const { storedAt: _, ...definition } = stored;
      return definition;
    },
  };
}
