import { durationMs } from "../core/duration.ts";
import type { FailureClass, RetryPolicy } from "../core/workflow.ts";
import type { Problems } from "./problems.ts";
import { booleanOf, child, numberOf, type Tree, textOf } from "./tree.ts";
import { readWords } from "./words.ts";

const classes = ["transient", "timeout", "error"] as const satisfies readonly FailureClass[];

export const noRetry: RetryPolicy = {
  maxAttempts: 1,
  initialMs: 10_000,
  factor: 2,
  maxMs: 300_000,
  jitter: true,
  on: classes,
};

/** `retry: 3` or `retry: {max_attempts: 3, backoff: {…}, on: […]}`. */
export function readRetry(tree: Tree, problems: Problems): RetryPolicy {
  const backoff = child(tree, "backoff");
  const on = child(tree, "on");
  const initial = child(backoff, "initial");
  const max = child(backoff, "max");
  return {
    // Who describes how to retry wants retries: three attempts.
    maxAttempts: numberOf(tree) ?? numberOf(child(tree, "max_attempts")) ?? 3,
    initialMs: (initial && readDuration(initial, problems)) ?? noRetry.initialMs,
    factor: numberOf(child(backoff, "factor")) ?? noRetry.factor,
    maxMs: (max && readDuration(max, problems)) ?? noRetry.maxMs,
    jitter: booleanOf(child(backoff, "jitter")) ?? noRetry.jitter,
    on: on ? readWords(on, classes, "a failure class", problems) : noRetry.on,
  };
}

/** Milliseconds; null where the schema has told that it is no duration, or where it is told here to be too long. */
export function readDuration(tree: Tree, problems: Problems): number | null {
  const text = textOf(tree);
  if (text === undefined) return null;
  const ms = durationMs(text);
  // The schema has told a text of another form; one that it takes and that is none is beyond a year.
  if (ms === null && /^[\d.]+(?:ms|s|m|h|d)$/.test(text)) {
    problems.add("outOfRange", tree, `a duration is at most 366 days, and this is ${text}`);
  }
  return ms;
}
