import type { Execution } from "../core/execution.ts";
import { type Effect, isTerminal, owedEffects } from "../core/index.ts";
import { createDuty, type Duty } from "./duty.ts";
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

const second = 1_000;
const minute = 60 * second;
/** A wake follows its message within milliseconds; a person waits for what follows a lost one. */
const messagesEveryMs = 5 * second;
const messageGraceMs = 2 * second;
const savesEveryMs = minute;
/** The same for a save, after which a busy process may have much to do before its wakes. */
const graceMs = 10 * second;
/** What a short look goes back: several times the distance of two, so that some may fail. */
const back = 10;
const allEveryMs = 60 * minute;
const page = 200;
const messagePage = 1_000;

/**
 * Finds executions that owe something and have no job: a process died between a message or a save and the wake that was
 * to follow, or the queue was emptied. One of all processes looks every five seconds at the messages of late, each minute
 * at all of them and at what was saved of late, each hour and after a first start at everything.
 */
export function createSweep({ stores, pinned, clock, log, shared, wake }: SweepOptions): Duty {
  const duty = (name: string, everyMs: number, perform: (signal: AbortSignal) => Promise<number>) =>
    createDuty({
      name,
      everyMs,
      clock,
      log,
      shared,
      async perform(signal) {
        const found = await perform(signal);
        if (found > 0) log.info({ found, duty: name }, "executions without a job are taken up");
      },
    });

  /** Wakes those that nobody is at work on and that have messages of this time; answers how many. */
  async function read(from: number, until: number, signal: AbortSignal): Promise<number> {
    let found = 0;
    for (let after: string | null = null; !signal.aborted; ) {
      const ids: readonly string[] = await stores.messages.waiting(messagePage, after, { from, until });
      for (const id of ids.length > 0 ? await shared.unattended(ids) : []) {
        wake(id);
        found += 1;
      }
      after = ids.at(-1) ?? null;
      if (ids.length < messagePage) break;
    }
    return found;
  }

  /** Takes up those that were saved in this time, owe something, and have no job; answers how many. */
  async function walk(from: number, until: number, signal: AbortSignal): Promise<number> {
    let found = 0;
    for (let cursor: string | null | undefined; cursor !== null && !signal.aborted; ) {
      const { executions, next } = await stores.executions.list({
        states: ["running", "paused"],
        limit: page,
        ...(cursor ? { cursor } : {}),
      });
      const old = executions.filter(({ updatedAt }) => updatedAt >= from && updatedAt <= until);
      const owing: string[] = [];
      for (const each of old) if (await owes(each)) owing.push(each.id);
      for (const id of owing.length > 0 ? await shared.unattended(owing) : []) {
        shared.takeOver(id);
        found += 1;
      }
      const last = executions.at(-1);
      cursor = last !== undefined && last.updatedAt < from ? null : next;
    }
    return found;
  }

  async function owes(execution: Execution): Promise<boolean> {
    if (isTerminal(execution.state)) return false;
    // Whether it is its turn, or its parent still waits, only an activation can tell.
    if (execution.wants !== null || execution.parent !== null) return true;
    const workflow = await pinned.get(execution.workflow);
    return owedEffects(workflow, execution).some(isWork);
  }

  const duties = [
    duty("sweep_messages", messagesEveryMs, (signal) => {
      const now = clock.now();
      return read(now - back * messagesEveryMs, now - messageGraceMs, signal);
    }),
    duty("sweep_executions", savesEveryMs, async (signal) => {
      const now = clock.now();
      const found = await read(0, now - messageGraceMs, signal);
      return found + (await walk(now - back * savesEveryMs, now - graceMs, signal));
    }),
    duty("sweep_all", allEveryMs, (signal) => walk(0, clock.now() - graceMs, signal)),
  ];
  const all = async (each: (duty: Duty) => Promise<void>) => void (await Promise.all(duties.map(each)));
  return {
    start: () => all((each) => each.start()),
    stop: () => all((each) => each.stop()),
    idle: () => all((each) => each.idle()),
  };
}

function isWork({ type }: Effect): boolean {
  return type === "run_step" || type === "start_child" || type === "mind_child";
}
