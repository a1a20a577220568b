import type { DefinitionStore, StoredDefinition } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import type { Database } from "./storage.ts";

export function openDefinitions(database: Database): DefinitionStore {
  const documents = openDocuments<StoredDefinition>(database, "definitions", () => ({}));
  return {
    async put(hash, definition) {
      await documents.insert(hash, definition);
    },
    async get(hash) {
      return (await documents.get(hash)) ?? null;
    },
  };
}
