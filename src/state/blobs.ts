import type { BlobStore } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import type { Database } from "./storage.ts";

export function openBlobs(database: Database): BlobStore {
  const documents = openDocuments<string>(database, "blobs", () => ({}));
  return {
    async put(hash, text) {
      await documents.insert(hash, text);
    },
    async get(hash) {
      return (await documents.get(hash)) ?? null;
    },
  };
}
