import type { Execution } from "../core/execution.ts";
import { StateError } from "./error.ts";

/**
 * Brings a stored execution to the shape this release knows. Shape 1 is the first, so there is nothing to
 * change yet; throws for a shape of a newer release, which must not be overwritten.
 */
export function upgradeExecution(document: { readonly schema?: unknown; readonly id?: unknown }): Execution {
  if (document.schema === 1) return document as Execution;
  throw new StateError({
    code: "HOS604",
    message: `Execution ${String(document.id)} has document schema ${String(document.schema)}; this release knows 1.`,
    hint: "Start the release that wrote it.",
  });
}
