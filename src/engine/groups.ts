import type { Execution } from "../core/execution.ts";
import { groupOf } from "../core/index.ts";
import type { OnConflict, Workflow } from "../core/workflow.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { ExecutionStore } from "./ports/store.ts";

const retryMs = 1_000;
const headMoved = new Set(["pull_request.synchronize", "push"]);

/** What a start does where its group is held: what the workflow says; else a new head makes older work moot. */
export function policyOf({ concurrency }: Workflow, trigger: string | null): OnConflict {
  return concurrency.onConflict ?? (headMoved.has(trigger ?? "") ? "cancel_running" : "join");
}

/** The order of a queue. */
export function isBefore(a: Execution, b: Execution): boolean {
  return a.startedAt < b.startedAt || (a.startedAt === b.startedAt && a.id < b.id);
}

/** Which concurrency group the execution has its place in, holding it or queued for it. */
function placeOf({ slot, wants, state }: Execution): string | null {
  return slot ?? (state === "running" ? wants : null);
}

/** Concurrency groups: one execution holds a group, others are queued for it, and the oldest of them is next. */
export class Groups {
  readonly #store: ExecutionStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #wake: (id: string) => void;

  constructor(store: ExecutionStore, clock: Clock, log: Log, wake: (id: string) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#wake = wake;
  }

  /** Who holds it now. */
  async holder(repositoryId: number, group: string): Promise<Execution | null> {
    const { executions } = await this.#store.list({ repository: repositoryId, slot: group, limit: 1 });
    return executions[0] ?? null;
  }

  /** Whether somebody waits for it, so that a new start has to stand behind. */
  async isAwaited(repositoryId: number, group: string): Promise<boolean> {
    return (await this.#store.queued(repositoryId, group, 1)).length > 0;
  }

  /** Whether it is the queued execution's turn, as soon as the group is free. */
  async isNext({ id, repository, wants, state }: Execution): Promise<boolean> {
    if (wants === null || state !== "running") return false;
    const [next] = await this.#store.queued(repository.id, wants, 1);
    return next === id;
  }

  /** All that have a place in it: who is queued, paused ones too, and who holds it. */
  async members(repositoryId: number, group: string): Promise<readonly Execution[]> {
    const found = new Map<string, Execution>();
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = { repository: repositoryId, wants: group, ...(cursor ? { cursor } : {}) };
      const page = await this.#store.list(query);
      for (const each of page.executions) found.set(each.id, each);
      cursor = page.next;
    }
    // The queue first: who takes the group between the two looks is then seen at least once.
    const holder = await this.holder(repositoryId, group);
    return [...found.values(), ...(holder && !found.has(holder.id) ? [holder] : [])];
  }

  /**
   * Wakes who is next where a save gave a place up: the group, or the head of its queue. Never rejects: a wake that a
   * crash loses is made up for by the next start, which wakes all.
   */
  async moved(before: Execution, after: Execution): Promise<void> {
    const left = placeOf(before);
    if (left === null || placeOf(after) === left) return;
    await this.#wakeNext(after.repository.id, left);
  }

  /** As `moved`, where a process that is gone may have saved that a place is free and not have woken who is next. */
  async settle(workflow: Workflow, execution: Execution): Promise<void> {
    const group = groupOf(workflow, execution, execution.startedAt);
    if (typeof group === "string") await this.#wakeNext(execution.repository.id, group);
  }

  async #wakeNext(repositoryId: number, group: string): Promise<void> {
    try {
      for (const id of await this.#store.queued(repositoryId, group, 1)) this.#wake(id);
    } catch (error) {
      this.#log.error(
        { err: error, group },
        "the next of a concurrency group could not be woken; trying again",
      );
      this.#clock.at(this.#clock.now() + retryMs, () => void this.#wakeNext(repositoryId, group));
    }
  }
}
