import { randomUUID } from "node:crypto";
import type { Clock } from "../engine/ports/clock.ts";
import type { Log } from "../engine/ports/log.ts";
import type { Heard, Queue, SharedQueue, Turn } from "../engine/ports/queue.ts";
import { Channel } from "./pg-boss/channel.ts";
import { type Job, Jobs, nameOf } from "./pg-boss/jobs.ts";
import { Task } from "./pg-boss/task.ts";

export { queueConnections } from "./pg-boss/jobs.ts";

export interface PgBossQueueOptions {
  readonly url: string;
  /** Schema of pg-boss's tables; the channel is named after it. */
  readonly schema?: string;
  /** How many executions are active in this process at once. */
  readonly concurrency: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A third of what pg-boss waits for, so that one sign may fail. */
const signMs = 1_500;
/** What no notification told is found by then. */
const lookMs = 1_000;
const retryMs = 500;
/** Until what was left to be gone on with is given back: a store that can't answer is not asked without pause. */
const giveBackMs = 1_000;
const most = 500;

/** How an activation has ended. */
type Left = "nothing" | "begun" | "untouched";

interface Holding {
  readonly job: Job;
  left: Left;
  /** Whether its activation has ended, and the database is to be told. */
  over: boolean;
  lost: boolean;
  /** The job by which it was woken last, as far as was told. */
  wakenBy: string | null;
}

/**
 * Activations shared by all processes that open the same schema. Rejects where the database can't be reached,
 * with a QueueError where the schema belongs to a newer release.
 */
export async function openPgBossQueue({
  url,
  schema = "hishamos_queue",
  ...rest
}: PgBossQueueOptions): Promise<PgBossQueue> {
  const jobs = await Jobs.open({ url, schema, log: rest.log });
  return new PgBossQueue(jobs, `${schema}_wake`, rest);
}

export class PgBossQueue implements Queue {
  readonly shared: SharedQueue;
  readonly #jobs: Jobs;
  readonly #channel: Channel;
  readonly #concurrency: number;
  readonly #clock: Clock;
  readonly #tasks: { readonly put: Task; readonly take: Task; readonly settle: Task };
  /** To be put in: whether each is to be taken over. */
  #woken = new Map<string, boolean>();
  /** By job and attempt, until the database knows of its end. */
  readonly #holdings = new Map<string, Holding>();
  /** Activations under way, by execution; one that was lost may still be ending as the next begins. */
  readonly #active = new Map<string, Promise<void>>();
  /** Woken while active here: their next job can be taken as soon as the one held is over. */
  readonly #again = new Set<string>();
  #activate: ((id: string, turn: Turn) => Promise<void>) | null = null;
  #heard: Heard | null = null;
  #answeredAt: number | null = null;
  #signDue = false;
  /** No place was free at the last look: there may be more. */
  #full = false;
  #stopped = false;
  #closed = false;
  #cancelTimers: () => void = () => {};

  constructor(
    jobs: Jobs,
    channel: string,
    { concurrency, clock, log }: Omit<PgBossQueueOptions, "url" | "schema">,
  ) {
    this.#jobs = jobs;
    this.#concurrency = concurrency;
    this.#clock = clock;
    this.#channel = new Channel({
      jobs,
      name: channel,
      self: randomUUID(),
      clock,
      log,
      heard: (executions) => this.#hear(executions),
    });
    const task = (what: string, work: () => Promise<void>) =>
      new Task(work, {
        clock,
        retryMs,
        failed: (error) => log.warn({ err: error }, `${what}; trying again`),
      });
    this.#tasks = {
      put: task("executions could not be queued", () => this.#put()),
      take: task("the queue could not be read", () => this.#take()),
      settle: task("the queue could not be told what is under way", () => this.#settle()),
    };
    this.shared = {
      claim: (what, seconds) => jobs.claim(what, seconds),
      unattended: async (executions) => {
        // What is being put in is neither here nor there.
        await this.#tasks.put.rest();
        const attended = await jobs.attended(executions);
        return executions.filter((id) => !attended.has(id) && !this.#woken.has(id));
      },
      answeredAt: () => this.#answeredAt,
      takeOver: (id) => this.#wake(id, true),
    };
  }

  start(activate: (executionId: string, turn: Turn) => Promise<void>, heard?: Heard): void {
    this.#activate = activate;
    this.#heard = heard ?? null;
    this.#channel.open();
    const look = this.#every(lookMs, () => this.#tasks.take.ask());
    const sign = this.#every(signMs, () => {
      this.#signDue = true;
      this.#tasks.settle.ask();
    });
    this.#cancelTimers = () => {
      look();
      sign();
    };
    this.#tasks.take.ask();
  }

  wake(id: string): void {
    this.#wake(id, false);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    while (this.#active.size > 0) await Promise.all(this.#active.values());
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTimers();
    await Promise.all(Object.values(this.#tasks).map((task) => task.close()));
    await this.#channel.close();
    for (const holding of this.#holdings.values()) holding.over = true;
    // Where the database can't answer, whoever misses a sign of life or sweeps takes up what is left.
    await this.#put().catch(() => {});
    await this.#settle().catch(() => {});
    await this.#jobs.close();
  }

  async idle(): Promise<void> {
    for (;;) {
      await this.#quiet();
      if (this.#closed || !(await this.#jobs.any())) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#clock.at(this.#clock.now() + 50, resolve);
      await promise;
    }
  }

  /** Resolves when all that was asked so far is queued, what can be taken is taken, and what is over is gone. */
  async rest(): Promise<void> {
    const tasks = Object.values(this.#tasks);
    do {
      await new Promise(setImmediate);
      for (const task of tasks) await task.rest();
    } while (tasks.some((task) => task.busy));
  }

  async #quiet(): Promise<void> {
    do {
      await Promise.all(this.#active.values());
      await this.rest();
    } while (this.#active.size > 0);
  }

  #every(ms: number, call: () => void): () => void {
    let cancel = () => {};
    const arm = () => {
      cancel = this.#clock.at(this.#clock.now() + ms, () => {
        arm();
        call();
      });
    };
    arm();
    return () => cancel();
  }

  #wake(id: string, takenOver: boolean): void {
    if (this.#closed) return;
    this.#woken.set(id, takenOver || (this.#woken.get(id) ?? false));
    if (this.#active.has(id)) this.#again.add(id);
    this.#tasks.put.ask();
  }

  async #put(): Promise<void> {
    while (this.#woken.size > 0) {
      const batch = new Map([...this.#woken].slice(0, most));
      for (const id of batch.keys()) this.#woken.delete(id);
      try {
        await this.#jobs.put(batch);
        this.#tasks.take.ask();
        await this.#channel.tell([...batch.keys()]);
      } catch (error) {
        for (const [id, takenOver] of batch) {
          this.#woken.set(id, takenOver || (this.#woken.get(id) ?? false));
        }
        throw error;
      }
    }
  }

  #hear(executions: readonly string[] | null): void {
    for (const id of executions ?? this.#active.keys()) {
      if (!this.#active.has(id)) continue;
      this.#again.add(id);
      this.#heard?.woken(id);
    }
    this.#tasks.take.ask();
  }

  async #take(): Promise<void> {
    for (;;) {
      const places = Math.min(this.#concurrency - this.#active.size, most);
      this.#full = places <= 0;
      if (this.#stopped || this.#activate === null || this.#full) return;
      const jobs = await this.#jobs.take(places);
      this.#answeredAt = this.#clock.now();
      for (const job of jobs) this.#begin(job, this.#activate);
      if (jobs.length < places) return;
    }
  }

  #begin(job: Job, activate: (id: string, turn: Turn) => Promise<void>): void {
    const holding: Holding = { job, left: "nothing", over: false, lost: false, wakenBy: null };
    this.#holdings.set(nameOf(job), holding);
    const { execution, takenOver } = job;
    const turn: Turn = { takenOver, leave: (what) => void (holding.left = what) };
    const before = this.#active.get(execution);
    const run = async () => {
      // One that we lost, and were given again.
      if (before) await before;
      await activate(execution, turn);
    };
    const underWay = run().finally(() => {
      const newest = this.#active.get(execution) === underWay;
      if (newest) this.#active.delete(execution);
      this.#end(holding);
    });
    this.#active.set(execution, underWay);
  }

  #end(holding: Holding): void {
    const end = () => {
      holding.over = true;
      this.#tasks.settle.ask();
    };
    if (holding.left === "nothing" || this.#stopped) end();
    else this.#clock.at(this.#clock.now() + giveBackMs, end);
    if (this.#full) this.#tasks.take.ask();
  }

  /** Tells the database which of ours are over, and that we are alive for the others. */
  async #settle(): Promise<void> {
    const over = [...this.#holdings.values()].filter((holding) => holding.over);
    const { nothing = [], untouched = [], begun = [] } = Object.groupBy(over, ({ left }) => left);
    if (untouched.length > 0) {
      // Woken before it is gone: at no time is nobody to go on with it.
      await this.#jobs.put(new Map(untouched.map(({ job }) => [job.execution, job.takenOver])));
    }
    await this.#jobs.remove([...nothing, ...untouched].map(({ job }) => job));
    await this.#jobs.giveBack(begun.map(({ job }) => job));
    for (const { job } of over) this.#holdings.delete(nameOf(job));
    const left = [...untouched, ...begun].map(({ job }) => job.execution);
    if (left.length > 0) await this.#channel.tell(left);
    const next = over.filter(
      ({ job, left: what }) => this.#again.delete(job.execution) || what !== "nothing",
    );
    if (next.length > 0) this.#tasks.take.ask();
    if (this.#signDue) await this.#giveSign();
  }

  async #giveSign(): Promise<void> {
    this.#signDue = false;
    const ours = [...this.#holdings.values()].filter(({ lost }) => !lost);
    const signs = await this.#jobs.keep(ours.map(({ job }) => job)).catch((error: unknown) => {
      this.#signDue = true;
      throw error;
    });
    // With no place free nothing is taken, and these are who is held.
    if (ours.length > 0) this.#answeredAt = this.#clock.now();
    const held = new Map(signs.map((sign) => [sign.name, sign]));
    for (const holding of ours) {
      const { job, over } = holding;
      const sign = held.get(nameOf(job));
      if (!sign) {
        holding.lost = true;
        if (!over) this.#heard?.lost(job.execution);
      } else if (sign.wakenBy !== null && sign.wakenBy !== holding.wakenBy) {
        holding.wakenBy = sign.wakenBy;
        this.#again.add(job.execution);
        if (!over) this.#heard?.woken(job.execution);
      }
    }
  }
}
