export interface WaitOptions {
  /** What is awaited, for the message when it does not come; the predicate's own text if left out. */
  readonly what?: string;
  /** 10,000 if left out. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/**
 * Resolves to the predicate's first answer that is not null, undefined or false; it is asked now and after each
 * call of what `subscribe` was given. Rejects once the time is over, saying what was awaited, or with what the
 * predicate throws.
 */
export async function until<T>(
  predicate: () => T | Promise<T>,
  subscribe: (listener: () => void) => () => void,
  options: WaitOptions = {},
): Promise<Exclude<T, null | undefined | false>> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const what = options.what ?? predicate.toString().replaceAll(/\s+/g, " ");
  let wake = Promise.withResolvers<"changed">();
  const unsubscribe = subscribe(() => wake.resolve("changed"));
  const over = Promise.withResolvers<"over">();
  const timer = setTimeout(() => over.resolve("over"), timeoutMs);
  try {
    for (;;) {
      const changed = wake.promise;
      const answer = await predicate();
      if (answer !== null && answer !== undefined && answer !== false)
        return answer as Exclude<T, null | undefined | false>;
      if ((await Promise.race([changed, over.promise])) === "over")
        throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
      wake = Promise.withResolvers<"changed">();
    }
  } finally {
    clearTimeout(timer);
    unsubscribe();
  }
}
