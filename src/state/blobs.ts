import type { BlobStore } from "../engine/ports/store.ts";
import { openDocuments } from "./documents.ts";
import type { Database } from "./storage.ts";

/** A text with whom it belongs to; an older release stored the text alone, under its hash, for all who name it. */
type Stored = string | { readonly owner: string; readonly text: string };

export function openBlobs(database: Database): BlobStore {
  const documents = openDocuments<Stored>(database, "blobs", (stored) => ({
    owner: typeof stored === "string" ? null : stored.owner,
  }));
  return {
    async put(hash, text, owner) {
      await documents.insert(`${owner}/${hash}`, { owner, text });
    },
    async get(hash, owner) {
      const own = await documents.get(`${owner}/${hash}`);
      const stored = own ?? (await documents.get(hash));
      if (stored === undefined) return null;
      return { text: typeof stored === "string" ? stored : stored.text, owned: own !== undefined };
    },
  };
}
