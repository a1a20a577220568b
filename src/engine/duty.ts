import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { SharedQueue } from "./ports/queue.ts";

export interface Duty {
  /** Does it at once, if it is its turn, and from then on every so often; resolves after the first time. Never rejects. */
  start(): Promise<void>;
  /** Aborts what is under way and resolves when it has ended. */
  stop(): Promise<void>;
  /** Resolves when it is not being done. */
  idle(): Promise<void>;
}

export interface DutyOptions {
  /** Its name among all duties, as `sweep_deliveries`. */
  readonly name: string;
  /** How often one of all processes does it (ms). */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** After its first time it is done once more when so long is over (ms), whoever else does it: for what is known late. */
  readonly againMs?: number;
  /** Absent where there is one process only. */
  readonly shared?: Pick<SharedQueue, "claim"> | undefined;
  /** Does it; a rejection is logged, and this process tries again within a minute. */
  readonly perform: (signal: AbortSignal) => Promise<void>;
}

const retryMs = 60_000;

/** Something that one of all processes does again and again, for as long as any lives. */
export function createDuty(options: DutyOptions): Duty {
  const { name, everyMs, againMs, clock, log, shared, perform } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let underWay: Promise<void> = Promise.resolve();
  let cancel = () => {};
  /** It is this process's turn, and it could not do it. */
  let owed = false;
  let times = 0;

  async function once(): Promise<void> {
    times += 1;
    if (times === 2 && againMs !== undefined) owed = true;
    try {
      // A little less than the distance of two: who asks a moment early would leave a gap of two.
      const seconds = Math.max(1, Math.floor((everyMs * 0.9) / 1_000));
      owed ||= shared === undefined || (await shared.claim(name, seconds));
      if (owed) await perform(signal);
      owed = false;
    } catch (error) {
      if (!signal.aborted) log.error({ err: error, duty: name }, "a duty could not be done; trying again");
    }
    if (!signal.aborted) {
      const soonMs = owed ? retryMs : times === 1 ? (againMs ?? everyMs) : everyMs;
      cancel = clock.at(clock.now() + Math.min(everyMs, soonMs), () => {
        underWay = once();
      });
    }
  }

  return {
    start() {
      underWay = once();
      return underWay;
    },
    async stop() {
      stopping.abort(new Error("the service is stopping"));
      cancel();
      await underWay;
    },
    idle: () => underWay,
  };
}
