import type { PacingRow, PacingStore } from "../engine/ports/pacing.ts";
import { openDocuments } from "./documents.ts";
import type { Database } from "./storage.ts";

/** `steps`: the first time, and from each to the next: hundreds of whole times would make every grant write 7 KB. */
type Stored = Omit<PacingRow, "grants"> & { readonly steps: readonly number[] };

export function openPacing(database: Database): PacingStore {
  const documents = openDocuments<Stored>(database, "pacing", ({ revision }) => ({ revision }));
  return {
    async get(installation) {
      const stored = await documents.get(String(installation));
      if (stored === undefined) return null;
      const { steps, ...row } = stored;
      let at = 0;
      const grants = steps.map((step) => {
        at += step;
        return at;
      });
      return { ...row, grants };
    },
    async put({ grants, ...row }) {
      const steps = grants.map((at, index) => at - (grants[index - 1] ?? 0));
      const key = String(row.installation);
      if (row.revision === 1) return (await documents.insert(key, { ...row, steps })) === "created";
      return documents.set(key, { ...row, steps });
    },
  };
}
