import type { Execution } from "../core/execution.ts";
import { type Effect, isTerminal, owedEffects } from "../core/index.ts";
import type { PinnedDefinitions } from "./pinned.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { SharedQueue } from "./ports/queue.ts";
import type { Stores } from "./ports/store.ts";

export interface SweepOptions {
  readonly stores: Pick<Stores, "executions" | "messages">;
  readonly pinned: Pick<PinnedDefinitions, "get">;
  readonly clock: Clock;
  readonly log: Log;
  readonly shared: SharedQueue;
  readonly wake: (id: string) => void;
}

const everyMs = 60_000;
/** A wake follows its save or message within milliseconds; one that is missing after so long has been lost. */
const graceMs = 10_000;
/** What the short look goes back: several times the distance of two, so that one may fail. */
const backMs = 10 * everyMs;
const allSeconds = 3_600;
const page = 200;
const messages = 1_000;

/**
 * Finds executions that owe something and have no job: a process died between a save or a message and the wake that was
 * to follow, or the queue was emptied. One of all processes looks, each minute at what was saved of late, each hour and
 * after a first start at everything.
 */
export class Sweep {
  readonly #options: SweepOptions;
  #underWay: Promise<void> = Promise.resolve();
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** Looks at once, and from then on each minute; resolves when it has looked for the first time. Never rejects. */
  async start(): Promise<void> {
    if (!this.#stopped) this.#underWay = this.#lookAndWait();
    await this.#underWay;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.rest();
  }

  /** Resolves when it is not looking. */
  async rest(): Promise<void> {
    await this.#underWay;
  }

  async #lookAndWait(): Promise<void> {
    const { clock, log } = this.#options;
    try {
      await this.#look();
    } catch (error) {
      log.error({ err: error }, "what owes something could not be looked for; trying again in a minute");
    }
    if (!this.#stopped) this.#cancel = clock.at(clock.now() + everyMs, () => void this.start());
  }

  async #look(): Promise<void> {
    const { clock, log, shared, stores, wake } = this.#options;
    const all = await shared.claim("sweep_all", allSeconds);
    if (!all && !(await shared.claim("sweep", everyMs / 1_000))) return;
    const now = clock.now();
    let found = 0;
    for (const id of await shared.unattended(await stores.messages.waiting(messages))) {
      wake(id);
      found += 1;
    }
    found += await this.#walk(all ? 0 : now - backMs, now - graceMs);
    if (found > 0) log.info({ found, all }, "executions without a job are taken up");
  }

  /** Takes up those that were saved in this time, owe something, and have no job; answers how many. */
  async #walk(from: number, until: number): Promise<number> {
    const { shared, stores } = this.#options;
    let found = 0;
    for (let cursor: string | null | undefined; cursor !== null && !this.#stopped; ) {
      const { executions, next } = await stores.executions.list({
        states: ["running", "paused"],
        limit: page,
        ...(cursor ? { cursor } : {}),
      });
      const old = executions.filter(({ updatedAt }) => updatedAt >= from && updatedAt <= until);
      const owing: string[] = [];
      for (const each of old) if (await this.#owes(each)) owing.push(each.id);
      for (const id of owing.length > 0 ? await shared.unattended(owing) : []) {
        shared.takeOver(id);
        found += 1;
      }
      const last = executions.at(-1);
      cursor = last !== undefined && last.updatedAt < from ? null : next;
    }
    return found;
  }

  async #owes(execution: Execution): Promise<boolean> {
    if (isTerminal(execution.state)) return false;
    // Whether it is its turn, or its parent still waits, only an activation can tell.
    if (execution.wants !== null || execution.parent !== null) return true;
    const workflow = await this.#options.pinned.get(execution.workflow);
    return owedEffects(workflow, execution).some(isWork);
  }
}

function isWork({ type }: Effect): boolean {
  return type === "run_step" || type === "start_child" || type === "mind_child";
}
