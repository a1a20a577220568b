import type { Clock } from "./clock.ts";

/** What was awaited did not come in time; it may come yet. */
export class Late extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
    this.name = "Late";
  }
}

/** The promise, or a rejection with `Late` after so long; what it comes to then is of no interest to this caller. */
export async function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.at(clock.now() + ms, () => reject(new Late(ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}
