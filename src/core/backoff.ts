import type { RetryPolicy } from "./workflow.ts";

/**
 * Milliseconds from a failed attempt (counted from 1) to the next one. Jitter takes up to half of it away,
 * decided by the seed, so that the same execution always gets the same answer.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, seed: string): number {
  const full = Math.min(policy.maxMs, policy.initialMs * policy.factor ** (attempt - 1));
  return Math.round(policy.jitter ? full * (1 - fraction(seed) / 2) : full);
}

/** A number in [0, 1) from a text: FNV-1a, 32 bits. */
function fraction(seed: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
