import type { DefinitionStore } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import type { Database } from "./storage.ts";

export function openDefinitions(database: Database): DefinitionStore {
  const documents = openDocuments<{ readonly path: string; readonly text: string }>(
    database,
    "definitions",
    () => ({}),
  );
  return {
    async put(hash, { path, text }) {
      await documents.insert(hash, { path, text });
    },
    async get(hash) {
      return (await documents.get(hash)) ?? null;
    },
  };
}
