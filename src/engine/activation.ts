import type { Execution } from "../core/execution.ts";
import {
  defers,
  dueTimers,
  type Effect,
  type Event,
  owedEffects,
  runKey,
  transition,
} from "../core/index.ts";
import type { Workflow } from "../core/workflow.ts";
import { attempt } from "./attempt.ts";
import { Bell } from "./bell.ts";
import { startChild } from "./child.ts";
import { isEarly, orphan, settleFamily, type Taken, tellChildren, tellParent } from "./family.ts";
import type { EngineParts } from "./parts.ts";
import { type Message, type MessageBody, SlotTaken } from "./ports/store.ts";

export interface ActivationInput {
  readonly execution: Execution;
  /** True where work it owes may have been begun by a process that is gone. */
  readonly recovered: boolean;
  /** False where it was just created here: nobody can have sent it a message. */
  readonly unread: boolean;
  /** True where what it owes its parent and children may not have been told. */
  readonly unsettled: boolean;
}

const keptConsumed = 20;

type Work = Extract<Effect, { type: "run_step" | "start_child" }>;

/** One execution in work: goes from step to step until it blocks or ends. It holds nothing that a crash could lose. */
export class Activation {
  readonly #parts: EngineParts;
  readonly #unsettled: boolean;
  #workflow: Workflow;
  readonly #bell = new Bell();
  readonly #attempts = new Map<string, AbortController>();
  #execution: Execution;
  #recovered: boolean;
  #results: Event[] = [];
  #broken: { readonly error: unknown } | null = null;
  #unread: boolean;
  /** What the last look found and left where it was. */
  #kept: readonly Event[] = [];
  #stopping = false;
  #graceOver = false;

  constructor(parts: EngineParts, workflow: Workflow, { execution, ...input }: ActivationInput) {
    this.#parts = parts;
    this.#workflow = workflow;
    this.#execution = execution;
    this.#recovered = input.recovered;
    this.#unsettled = input.unsettled;
    this.#unread = input.unread;
  }

  /** There are messages to read, or its concurrency group may be free. */
  poke(): void {
    this.#unread = true;
    this.#bell.ring();
  }

  /** True where a message came after the last look: the execution needs one more activation. */
  get unread(): boolean {
    return this.#unread;
  }

  /** True where steps are under way; after its end: where they were left. */
  get working(): boolean {
    return this.#attempts.size > 0;
  }

  /** Begin no more work; `graceOver`: leave even what is under way to the next process. */
  stop({ graceOver }: { readonly graceOver: boolean }): void {
    this.#stopping = true;
    this.#graceOver = graceOver;
    this.#bell.ring();
  }

  /**
   * Resolves with the execution as saved last, or null where another holder has gone on with it. Rejects where the
   * store can't answer: then it is to be activated again, unsettled.
   */
  async run(): Promise<Execution | null> {
    try {
      if (this.#recovered) await tellParent(this.#parts, this.#execution);
      if (this.#unsettled) await settleFamily(this.#parts, this.#workflow, this.#execution);
      this.#perform();
      this.#recovered = false;
      for (;;) {
        if (!(await this.#round())) return null;
        await this.#takeTurn();
        if (this.#broken) throw this.#broken.error;
        if (this.#graceOver) return this.#execution;
        if (this.#unread || this.#results.length > 0) continue;
        if (this.#attempts.size === 0) return this.#execution;
        await this.#wait();
      }
    } finally {
      for (const abort of this.#attempts.values()) abort.abort(new Error("left to another activation"));
    }
  }

  /** Takes in all that has happened, saves once, and brings what is under way in line with what is owed. */
  async #round(): Promise<boolean> {
    const { stores, clock, timer } = this.#parts;
    const began = timer();
    const now = clock.now();
    const before = this.#execution;
    const messages = await this.#read();
    const taken: MessageBody[] = [];
    const kept: Event[] = [];
    for (const { body } of messages ?? []) {
      const event = { ...body, at: now };
      if (this.#keeps(event)) {
        kept.push(event);
        continue;
      }
      await this.#takeMessage(event);
      taken.push(body);
    }
    if (messages) this.#kept = kept;
    for (const timerEvent of dueTimers(this.#execution, now)) this.#take(timerEvent);
    const results = this.#results.splice(0);
    for (const result of results) this.#take(result);
    if (this.#kept.some((event) => !this.#keeps(event))) this.#unread = true;
    const ids = taken.map(({ id }) => id);
    if (this.#execution !== before) {
      const { consumed: all } = this.#execution;
      const consumed = messages ? forgetful(all, messages) : all;
      this.#execution = { ...this.#execution, revision: before.revision + 1, consumed };
      const saved = await this.#save();
      if (saved === "overtaken") return false;
      if (saved === "slot_taken") {
        // A retry that came after another start on the same subject: it is as if it had never been given.
        this.#parts.log.warn(
          { execution: before.id },
          "not retried: another execution of its group is under way",
        );
        this.#execution = before;
        await stores.messages.remove(before.id, ids);
        return true;
      }
      await this.#saved(before, timer() - began, familyIn(results, taken));
    }
    if (ids.length > 0) await stores.messages.remove(this.#execution.id, ids);
    return true;
  }

  /** Where it is queued and next, it takes its group and begins. */
  async #takeTurn(): Promise<void> {
    const before = this.#execution;
    if (before.wants === null || this.#stopping || !(await this.#parts.groups.isNext(before))) return;
    const began = this.#parts.timer();
    if (!this.#take({ type: "started", at: this.#parts.clock.now() }) || this.#execution === before) return;
    this.#execution = { ...this.#execution, revision: before.revision + 1 };
    if ((await this.#save()) === "saved") {
      return await this.#saved(before, this.#parts.timer() - began, noFamily);
    }
    // Whoever holds the group wakes the next as it ends; and whoever has gone on with this one goes on with it.
    this.#execution = before;
  }

  /** The decision is durable: what it makes owed is begun, and those whom it concerns are told. */
  async #saved(before: Execution, engineMs: number, family: Taken): Promise<void> {
    const { reporter, observer, groups } = this.#parts;
    const after = this.#execution;
    observer?.saved(before, after, engineMs);
    reporter.changed(after);
    this.#perform();
    await tellChildren(this.#parts, this.#workflow, before, after, family);
    if (after.endedAt !== before.endedAt || after.round !== before.round) {
      await tellParent(this.#parts, after);
    }
    await groups.moved(before, after);
  }

  async #save(): Promise<"saved" | "overtaken" | "slot_taken"> {
    const { stores, large } = this.#parts;
    try {
      const saved = await stores.executions.save(await large.apart(this.#execution));
      return saved ? "saved" : "overtaken";
    } catch (error) {
      if (error instanceof SlotTaken) return "slot_taken";
      throw error;
    }
  }

  async #read(): Promise<readonly Message[] | null> {
    if (!this.#unread) return null;
    this.#unread = false;
    return await this.#parts.stores.messages.list(this.#execution.id);
  }

  /** Whether the message stays where it is for now. */
  #keeps(event: Event): boolean {
    return defers(this.#execution, event) || isEarly(this.#workflow, this.#execution, event);
  }

  async #takeMessage(event: MessageBody & { readonly at: number }): Promise<void> {
    if (event.type === "child_finished") {
      this.#take({
        ...event,
        outputs: await this.#parts.large.valueTogether(event.outputs, this.#execution.id),
      });
      return;
    }
    // A retry with the latest definition brings the definition it goes on with.
    const latest = event.type === "commanded" ? event.workflow : undefined;
    const workflow = latest ? await this.#parts.pinned.get(latest) : this.#workflow;
    if (this.#take(event, workflow)) this.#workflow = workflow;
  }

  #take(event: Event, workflow = this.#workflow): boolean {
    const next = transition(workflow, this.#execution, event);
    if ("problem" in next) {
      const { id } = this.#execution;
      this.#parts.log.info({ execution: id, event: event.type, problem: next.problem }, "refused");
      return false;
    }
    this.#execution = next.execution;
    return true;
  }

  #perform(): void {
    const owed = new Map<string, Work>();
    for (const effect of owedEffects(this.#workflow, this.#execution)) {
      if (effect.type === "run_step" || effect.type === "start_child") owed.set(runKey(effect.run), effect);
    }
    for (const [key, abort] of this.#attempts) {
      if (owed.has(key)) continue;
      abort.abort(new Error("the step was cancelled"));
      this.#attempts.delete(key);
    }
    if (this.#stopping) return;
    for (const [key, work] of owed) if (!this.#attempts.has(key)) this.#begin(key, work);
  }

  #begin(key: string, work: Work): void {
    const abort = new AbortController();
    this.#attempts.set(key, abort);
    void this.#carryOut(key, this.#attempt(work, abort.signal));
  }

  #attempt(work: Work, signal: AbortSignal): Promise<Event> {
    const given = { workflow: this.#workflow, execution: this.#execution, run: work.run };
    if (work.type === "start_child") return startChild(this.#parts, { ...given, reference: work.workflow });
    return attempt(this.#parts, { ...given, recovered: this.#recovered }, signal);
  }

  async #carryOut(key: string, attempted: Promise<Event>): Promise<void> {
    try {
      const result = await attempted;
      if (this.#attempts.delete(key)) this.#results.push(result);
      // What was cancelled meanwhile is of no interest any more; but a child begun is to hear of it.
      else for (const child of begunIn([result])) await orphan(this.#parts, child, this.#execution);
    } catch (error) {
      this.#broken ??= { error };
    }
    this.#bell.ring();
  }

  /** Until an attempt ends, a message comes, a timer of the execution is due, or the process is to stop. */
  async #wait(): Promise<void> {
    const { due } = this.#execution;
    const cancel = due === null ? () => {} : this.#parts.clock.at(due, () => this.#bell.ring());
    await this.#bell.heard();
    cancel();
  }
}

const noFamily: Taken = { begun: [], finished: [] };

function familyIn(results: readonly Event[], messages: readonly MessageBody[]): Taken {
  const finished = messages.flatMap((body) => (body.type === "child_finished" ? [body.child] : []));
  return { begun: begunIn(results), finished };
}

/** The children that attempts have started. */
function begunIn(results: readonly Event[]): readonly string[] {
  return results.flatMap((result) =>
    result.type === "step_parked" && result.waiting.for === "child" ? [result.waiting.execution] : [],
  );
}

/**
 * The consumed ids without those whose rows are gone, except the last few: a delivery that was being processed
 * when the process died is processed again, and sends its messages again.
 */
function forgetful(consumed: readonly string[], rows: readonly Message[]): readonly string[] {
  const kept = new Set([...consumed.slice(-keptConsumed), ...rows.map(({ id }) => id)]);
  return consumed.filter((id) => kept.has(id));
}
