import type { Execution } from "../../core/execution.ts";
import type { Clock } from "../../engine/ports/index.ts";
import type { News } from "./happened.ts";

export interface ListenOptions {
  readonly clock: Clock;
  /** Between two looks at first (ms); where nothing comes they grow to a minute. */
  readonly everyMs: number;
  /** The unfinished executions. */
  readonly executions: () => Promise<readonly Execution[]>;
  readonly look: (executions: readonly Execution[]) => Promise<readonly News[]>;
  /** Rejects where it may be done later. */
  readonly take: (news: News, again: boolean) => Promise<void>;
  /** Hears why a look failed. */
  readonly trouble: (error: unknown) => void;
}

export interface Ears {
  /** Looks no more, and resolves when what was heard last is done. Never rejects. */
  stop(): Promise<void>;
}

const longestMs = 60_000;
const mostTries = 5;

/** Looks again and again at what no webhook brings to a job, and hands on what is new, in its order, each once. */
export function listen(options: ListenOptions): Ears {
  const { clock, everyMs, executions, look, take, trouble } = options;
  const known = new Set<string>();
  let waiting: { readonly news: News; tries: number }[] = [];
  let intervalMs = everyMs;
  let stopped = false;
  let cancel = () => {};
  let current: Promise<void> = Promise.resolve();

  async function round(): Promise<void> {
    try {
      const found = (await look(await executions())).filter(({ id }) => !known.has(id));
      for (const { id } of found) known.add(id);
      waiting.push(...found.map((news) => ({ news, tries: 0 })));
      intervalMs = found.length > 0 ? everyMs : Math.min(Math.max(longestMs, everyMs), intervalMs * 1.5);
      for (const each of waiting) {
        if (stopped) return;
        each.tries += 1;
        await take(each.news, each.tries > 1);
        waiting = waiting.filter((other) => other !== each);
      }
    } catch (error) {
      waiting = waiting.filter(({ tries }) => tries < mostTries);
      if (!stopped) trouble(error);
    }
    if (!stopped) next(intervalMs);
  }

  function next(ms: number): void {
    cancel = clock.at(clock.now() + ms, () => {
      current = round();
    });
  }

  next(0);
  return {
    stop() {
      stopped = true;
      cancel();
      return current;
    },
  };
}
