/** What was asked, in words that never change: the marker's key of the comment that asks. */
export interface Asking {
  readonly execution: string;
  readonly round: number;
  readonly step: string;
  readonly visit: number;
  /** Counts from 1; grows when a new head voids the decisions and people are asked again. */
  readonly asking: number;
}

export function askKey({ execution, round, step, visit, asking }: Asking): string {
  return `ask/${execution}/${round}/${step}/${visit}/${asking}`;
}
