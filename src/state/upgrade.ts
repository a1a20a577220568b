import type { Execution, StepRecord } from "../core/execution.ts";
import { StateError } from "./error.ts";

/**
 * Brings a stored execution to the shape this release knows; throws for a shape of a newer release, which must not be overwritten.
 */
export function upgradeExecution(document: { readonly schema?: unknown; readonly id?: unknown }): Execution {
  if (document.schema === 2) return document as Execution;
  if (document.schema === 1) return fromFirst(document as FirstExecution);
  throw new StateError({
    code: "HOS604",
    message: `Execution ${String(document.id)} has document schema ${String(document.schema)}; this release knows 1 and 2.`,
    hint: "Start the release that wrote it.",
  });
}

/** Shape 1 knew no groups, children, queues and held starts. */
type FirstExecution = Omit<
  Execution,
  "schema" | "parent" | "hops" | "vars" | "held" | "wants" | "finalizing"
>;

function fromFirst(document: FirstExecution): Execution {
  const steps: [string, StepRecord][] = Object.entries(document.steps).map(([path, record]) => [
    path,
    { ...record, since: { round: 0, visit: 0 } },
  ]);
  return {
    ...document,
    schema: 2,
    subject: document.subject && { ...document.subject, state: "open" },
    parent: null,
    hops: 0,
    vars: {},
    held: null,
    wants: null,
    finalizing: false,
    spending: { ...document.spending, grants: 0 },
    steps: Object.fromEntries(steps),
  };
}
