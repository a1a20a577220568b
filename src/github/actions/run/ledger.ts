import type { EffectRecord, Run } from "../../../core/execution.ts";
import { effectOf } from "../results.ts";

const dispatched = "actions.run";
const ended = "actions.run.ended";

/** What the step's ledger says of the runs it has dispatched. */
export interface RunLedger {
  /** The run that was dispatched and whose end was not seen yet, or null. */
  readonly open: { readonly runId: number } | null;
  /** Key of the next dispatch: a retry after a failed run dispatches another one. */
  readonly nextKey: string;
  /** Ids of the step's runs that are over. */
  readonly ended: ReadonlySet<number>;
}

/** `key`: the step's effects in this visit. */
export function ledgerOf(run: Run, key: string): RunLedger {
  const ids = (method: string) =>
    run.effects.filter((effect) => effect.method === method).map(({ ref }) => Number(ref));
  const over = new Set(ids(ended));
  const open = ids(dispatched).findLast((id) => !over.has(id));
  return {
    open: open === undefined ? null : { runId: open },
    nextKey: over.size === 0 ? key : `${key}/${over.size + 1}`,
    ended: over,
  };
}

export function dispatchEffect(key: string, runId: number): EffectRecord {
  return effectOf(key, dispatched, String(runId));
}

/** Written with a failure, so that a retry does not find the run that failed. */
export function endEffect(key: string, runId: number): EffectRecord {
  return effectOf(`${key}/ended/${runId}`, ended, String(runId));
}
